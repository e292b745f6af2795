// Cedar's JSON form of a schema, keys in the order in which Cedar writes them.
//
// Text may name several types or actions in one declaration and may stop and resume the empty namespace; JSON has one
// entry for each name and one object for each namespace.

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "policy/json_emitter.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_names.hpp"
#include "policy/schema_scope.hpp"

namespace quis::schema_ast {

namespace {

class JsonWriter {
 public:
  JsonWriter(const Document& document, const Scope* scope) : document_(document), scope_(scope) {}

  Result<std::string> write() {
    json_.begin_object();
    for (const Merged& space : merged_namespaces()) write_namespace(space);
    json_.end_object();
    if (json_.deepest() > limits::kMaxJsonDepth) {
      return failure(ErrorCode::limit_exceeded,
                     "the JSON form would be nested deeper than " + std::to_string(limits::kMaxJsonDepth) + " levels",
                     "give inner types names with `type`");
    }
    return std::move(json_).take();
  }

 private:
  // Everything that is declared in one namespace.
  struct Merged {
    std::string_view name;
    const std::vector<Annotation>* annotations;  // only a namespace with a name has any, and that stands once
    std::vector<const Declaration*> declarations;
  };

  [[nodiscard]] std::vector<Merged> merged_namespaces() const {
    std::vector<Merged> merged;
    std::unordered_map<std::string_view, std::size_t> index;
    for (const Namespace& space : document_.namespaces) {
      const auto [found, is_new] = index.emplace(space.name.text, merged.size());
      if (is_new) merged.push_back({space.name.text, &space.annotations, {}});
      Merged& target = merged[found->second];
      target.declarations.reserve(target.declarations.size() + space.declarations.size());
      for (const Declaration& declaration : space.declarations) target.declarations.push_back(&declaration);
    }
    return merged;
  }

  void write_namespace(const Merged& space) {
    space_ = space.name;
    json_.key(space.name);
    json_.begin_object();
    bool any = false;
    for (const Declaration* declaration : space.declarations) {
      const auto* common = std::get_if<CommonType>(&declaration->what);
      if (common == nullptr) continue;
      if (!std::exchange(any, true)) begin("commonTypes");
      begin(common->name.text);
      write_type_fields(common->type);
      write_annotations(declaration->annotations);
      json_.end_object();
    }
    if (any) json_.end_object();
    begin("entityTypes");
    for (const Declaration* declaration : space.declarations) {
      if (const auto* entity = std::get_if<Entity>(&declaration->what)) write_entities(*entity, *declaration);
    }
    json_.end_object();
    begin("actions");
    for (const Declaration* declaration : space.declarations) {
      if (const auto* action = std::get_if<Action>(&declaration->what)) write_actions(*action, *declaration);
    }
    json_.end_object();
    write_annotations(*space.annotations);
    json_.end_object();
  }

  void begin(std::string_view key) {
    json_.key(key);
    json_.begin_object();
  }

  void write_entities(const Entity& entity, const Declaration& declaration) {
    for (const Name& name : entity.names) {
      begin(name.text);
      if (entity.choices) {
        json_.key("enum");
        json_.begin_array();
        for (const Name& choice : *entity.choices) json_.string(choice.text);
        json_.end_array();
      }
      if (!entity.member_of.empty()) write_entity_types("memberOfTypes", entity.member_of);
      if (entity.shape && !is_empty_record(*entity.shape)) write_type("shape", *entity.shape);
      if (entity.tags) write_type("tags", *entity.tags);
      write_annotations(declaration.annotations);
      json_.end_object();
    }
  }

  void write_actions(const Action& action, const Declaration& declaration) {
    static const AppliesTo kNothing;
    for (const Name& name : action.names) {
      begin(name.text);
      const AppliesTo& applies_to = action.applies_to ? *action.applies_to : kNothing;
      begin("appliesTo");
      write_entity_types("resourceTypes", applies_to.resources);
      write_entity_types("principalTypes", applies_to.principals);
      if (applies_to.context && !is_empty_record(*applies_to.context)) write_type("context", *applies_to.context);
      json_.end_object();
      if (!action.groups.empty()) {
        json_.key("memberOf");
        json_.begin_array();
        for (const ActionGroup& group : action.groups) write_group(group);
        json_.end_array();
      }
      write_annotations(declaration.annotations);
      json_.end_object();
    }
  }

  void write_group(const ActionGroup& group) {
    json_.begin_object();
    json_.key("id");
    json_.string(group.id.text);
    if (scope_ != nullptr) {
      json_.key("type");
      json_.string(text_of(type_of(scope_->find_action(group, space_))));
    } else if (group.type) {
      json_.key("type");
      json_.string(group.type->text);
    }
    json_.end_object();
  }

  void write_entity_types(std::string_view key, const std::vector<Name>& names) {
    json_.key(key);
    json_.begin_array();
    for (const Name& name : names) {
      json_.string(scope_ == nullptr ? name.text : scope_->find(name.text, Wanted::entity, space_).name);
    }
    json_.end_array();
  }

  static bool is_empty_record(const Type& type) noexcept {
    return type.kind == Type::Kind::record && type.attributes.empty() && !type.open;
  }

  void write_type(std::string_view key, const Type& type) {
    begin(key);
    write_type_fields(type);
    json_.end_object();
  }

  void field(std::string_view key, std::string_view value) {
    json_.key(key);
    json_.string(value);
  }

  // The members of the object that a type is, which may have more of them.
  void write_type_fields(const Type& type) {
    using Kind = Type::Kind;
    switch (type.kind) {
      case Kind::boolean: return field("type", "Boolean");
      case Kind::integer: return field("type", "Long");
      case Kind::string: return field("type", "String");
      case Kind::set: field("type", "Set"); return write_type("element", *type.element);
      case Kind::record: return write_record_fields(type);
      case Kind::extension: field("type", "Extension"); return field("name", type.name);
      case Kind::common:
      case Kind::entity:
      case Kind::entity_or_common: break;
    }
    if (scope_ != nullptr) return write_resolved_name(type);
    if (type.kind == Kind::common) return field("type", type.name);
    field("type", type.kind == Kind::entity ? "Entity" : "EntityOrCommon");
    field("name", type.name);
  }

  void write_resolved_name(const Type& type) {
    const Wanted wanted = type.kind == Type::Kind::common   ? Wanted::common
                          : type.kind == Type::Kind::entity ? Wanted::entity
                                                            : Wanted::either;
    const Target target = scope_->find(type.name, wanted, space_);
    switch (target.kind) {
      case Target::Kind::common: return field("type", scope_->commons()[target.common].full);
      case Target::Kind::entity:
      case Target::Kind::action_type: field("type", "Entity"); return field("name", target.name);
      case Target::Kind::builtin:
      case Target::Kind::nothing: break;
    }
    field("type", type.name);
  }

  void write_record_fields(const Type& type) {
    field("type", "Record");
    begin("attributes");
    for (const Attribute& attribute : type.attributes) {
      begin(attribute.name.text);
      write_type_fields(attribute.type);
      write_annotations(attribute.annotations);
      if (!attribute.required) {
        json_.key("required");
        json_.boolean(false);
      }
      json_.end_object();
    }
    json_.end_object();
    if (type.open) {
      json_.key("additionalAttributes");
      json_.boolean(true);
    }
  }

  void write_annotations(const std::vector<Annotation>& annotations) {
    if (annotations.empty()) return;
    begin("annotations");
    for (const Annotation& annotation : annotations) {
      field(annotation.key.text, annotation.value ? std::string_view(*annotation.value) : std::string_view());
    }
    json_.end_object();
  }

  const Document& document_;
  const Scope* scope_;
  std::string_view space_;  // the namespace at hand
  JsonEmitter json_;
};

}  // namespace

Result<std::string> to_json(const Document& document, const Scope* scope) {
  return JsonWriter(document, scope).write();
}

}  // namespace quis::schema_ast
