#include <array>
#include <string_view>

#include "generator/literals.hpp"
#include "generator/schema_generator.hpp"

namespace quis::test {
namespace {

using Kind = Shape::Kind;

class SchemaWriter {
 public:
  SchemaWriter(Choices& choices, const SchemaModel& schema) : choices_(choices), schema_(schema) {}

  std::string write() {
    std::vector<std::string> spaces = {""};
    const auto note = [&](const std::string& space) {
      for (const std::string& known : spaces) {
        if (known == space) return;
      }
      spaces.push_back(space);
    };
    for (const CommonTypeModel& type : schema_.common_types) note(type.name.name_space);
    for (const EntityTypeModel& type : schema_.entity_types) note(type.name.name_space);
    for (const ActionModel& action : schema_.actions) note(action.name_space);
    std::string text;
    for (const std::string& space : spaces) {
      space_ = space;
      const std::string body = declarations();
      text += space.empty() ? body : annotation() + "namespace " + space + " {\n" + body + "}\n";
    }
    return text;
  }

 private:
  std::string declarations() {
    std::string text;
    for (const CommonTypeModel& type : schema_.common_types) {
      if (type.name.name_space != space_) continue;
      text += annotation() + "type " + type.name.name + " = " + shape(*type.shape, true) + ";\n";
    }
    for (const EntityTypeModel& type : schema_.entity_types) {
      if (type.name.name_space == space_) text += entity_type(type);
    }
    for (const ActionModel& action : schema_.actions) {
      if (action.name_space == space_) text += this->action(action);
    }
    return text;
  }

  std::string annotation() {
    if (!choices_.chance(4)) return {};
    constexpr std::array<std::string_view, 4> kAnnotations = {"@doc(\"a \\\"word\\\"\") ", "@deprecated ",
                                                              "@a(\"\")\n@b ", "// a comment\n"};
    return std::string(choices_.pick(kAnnotations));
  }

  /// As it may be written here: without the namespace inside of it.
  std::string reference(const DeclaredName& name) {
    if (name.name_space == space_ && !space_.empty() && choices_.chance(50)) return name.name;
    return name.full();
  }

  std::string entity_types(const std::vector<std::size_t>& types) {
    std::string text;
    for (const std::size_t type : types) {
      text += (text.empty() ? "" : ", ") + reference(schema_.entity_types[type].name);
    }
    return types.size() == 1 && choices_.chance(50) ? text : '[' + text + ']';
  }

  std::string entity_type(const EntityTypeModel& type) {
    std::string text = annotation() + "entity " + type.name.name;
    if (!type.choices.empty()) {
      std::string ids;
      for (const std::string& id : type.choices) ids += (ids.empty() ? "" : ", ") + cedar_string(choices_, id);
      return text + " enum [" + ids + "];\n";
    }
    if (!type.parents.empty()) text += " in " + entity_types(type.parents);
    if (!type.attributes.empty() || choices_.chance(10))
      text += (choices_.chance(20) ? " = " : " ") + record(type.attributes);
    if (type.tags != nullptr) text += " tags " + shape(*type.tags);
    return text + ";\n";
  }

  std::string action(const ActionModel& action) {
    const auto name = [&](const std::string& id) {
      return is_identifier(id) && !choices_.chance(10) ? id : cedar_string(choices_, id);
    };
    std::string text = annotation() + "action " + name(action.id);
    if (!action.parents.empty()) {
      std::string groups;
      for (const std::size_t parent : action.parents) {
        const ActionModel& group = schema_.actions[parent];
        const bool near = group.name_space == action.name_space;
        groups += (groups.empty() ? "" : ", ") + (near ? name(group.id) : group.type() + "::" + cedar_string(group.id));
      }
      text += " in [" + groups + ']';
    }
    if (action.applies()) {
      text += " appliesTo { principal: " + entity_types(action.principals) +
              ", resource: " + entity_types(action.resources);
      if (!action.context.empty()) text += ", context: " + record(action.context);
      text += choices_.chance(10) ? ", }" : " }";
    }
    return text + ";\n";
  }

  std::string record(const std::vector<Field>& fields) {
    std::string text;
    for (const Field& field : fields) {
      const bool bare = is_identifier(field.name) && !choices_.chance(5);
      text += (text.empty() ? "" : ", ") + annotation() + (bare ? field.name : cedar_string(choices_, field.name)) +
              (field.required ? ": " : "?: ") + shape(*field.shape);
    }
    return '{' + text + (!text.empty() && choices_.chance(10) ? ",}" : "}");
  }

  std::string builtin(std::string_view name) { return (choices_.chance(8) ? "__cedar::" : "") + std::string(name); }

  std::string shape(const Shape& shape, bool is_declaration = false) {
    if (shape.common && !is_declaration) return reference(schema_.common_types[*shape.common].name);
    switch (shape.kind) {
      case Kind::boolean: return builtin("Bool");
      case Kind::integer: return builtin("Long");
      case Kind::string: return builtin("String");
      case Kind::entity: return reference(schema_.entity_types[shape.entity].name);
      case Kind::set: return "Set<" + this->shape(*shape.element) + '>';
      case Kind::record: return record(shape.fields);
      case Kind::decimal: return builtin("decimal");
      case Kind::ip: return builtin("ipaddr");
      case Kind::datetime: return builtin("datetime");
      case Kind::duration: return builtin("duration");
    }
    return "Bool";
  }

  Choices& choices_;
  const SchemaModel& schema_;
  std::string space_;
};

}  // namespace

std::string schema_text(Choices& choices, const SchemaModel& schema) { return SchemaWriter(choices, schema).write(); }

}  // namespace quis::test
