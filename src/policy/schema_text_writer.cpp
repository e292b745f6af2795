// Schema text from a document, laid out as Cedar does.
//
// JSON says of each mention of a type what kind of thing it is; text says only a name, and looks for a common type
// first, then for an entity type. So a mention is looked up both ways, and where the answers differ text cannot say it:
// that is refused, rather than written down as something else. Built-in types are always called by their full names
// (`__cedar::Long`), which nothing can hide.

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "base/type_name.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_names.hpp"
#include "policy/schema_scope.hpp"

namespace quis::schema_ast {

namespace {

constexpr std::string_view kHelpToRename = "rename one of them";

bool same(const Target& a, const Target& b) noexcept {
  return a.kind == b.kind && a.common == b.common && a.builtin == b.builtin && a.name == b.name;
}

class TextWriter {
 public:
  explicit TextWriter(const Document& document)
      : document_(document), report_(document.source), scope_(document, report_) {}

  Result<std::string> write() {
    check_collisions();
    for (const Namespace& space : document_.namespaces) write_namespace(space);
    if (!report_.empty()) return tl::unexpected(report_.take());
    return std::move(out_);
  }

 private:
  void refuse(Place place, std::string message, std::string help) {
    report_.add(place, ErrorCode::invalid_schema, std::move(message), std::move(help));
  }

  // Cedar refuses them all, whether anything mentions them or not, but for the empty namespace.
  void check_collisions() {
    std::unordered_set<std::string_view> commons;
    for (const DeclaredCommon& common : scope_.commons()) commons.insert(common.full);
    for (const DeclaredEntity& entity : scope_.entities()) {
      if (entity.space->name.text.empty() || !commons.contains(entity.full)) continue;
      refuse(entity.name->place, "`" + entity.full + "` is both an entity type and a common type",
             "text has one kind of name for both: " + std::string(kHelpToRename));
    }
  }

  // --- the outline ---

  void write_namespace(const Namespace& space) {
    if (&space != &document_.namespaces.front()) out_ += '\n';
    space_ = space.name.text;
    write_annotations(space.annotations, 0);
    const bool named = !space_.empty();
    if (named) {
      out_ += "namespace ";
      out_ += space_;
      out_ += " {\n";
    }
    const std::size_t indent = named ? kIndent : 0;
    bool first = true;
    for (const Declaration& declaration : space.declarations) {
      if (!std::exchange(first, false)) out_ += '\n';
      write_annotations(declaration.annotations, indent);
      out_.append(indent, ' ');
      std::visit([&](const auto& what) { write_declaration(what, indent); }, declaration.what);
      out_ += ";\n";
    }
    if (named) out_ += "}\n";
  }

  void write_annotations(const std::vector<Annotation>& annotations, std::size_t indent) {
    for (const Annotation& annotation : annotations) {
      out_.append(indent, ' ');
      out_ += '@';
      out_ += annotation.key.text;
      if (annotation.value) {
        out_ += '(';
        out_ += quoted(*annotation.value);
        out_ += ')';
      }
      out_ += '\n';
    }
  }

  // --- declarations ---

  void write_declaration(const CommonType& common, std::size_t indent) {
    out_ += "type ";
    out_ += common.name.text;
    out_ += " = ";
    write_type(common.type, indent);
  }

  void write_declaration(const Entity& entity, std::size_t indent) {
    out_ += "entity ";
    write_list(entity.names, [&](const Name& name) { out_ += name.text; });
    if (entity.choices) {
      out_ += " enum [";
      write_list(*entity.choices, [&](const Name& choice) { out_ += quoted(choice.text); });
      out_ += ']';
    }
    if (!entity.member_of.empty()) write_names(" in ", entity.member_of);
    if (entity.shape) write_shape(*entity.shape, indent);
    if (entity.tags) {
      out_ += " tags ";
      write_type(*entity.tags, indent);
    }
  }

  void write_shape(const Type& shape, std::size_t indent) {
    if (shape.kind != Type::Kind::record) {
      return refuse(shape.place, "text cannot give an entity type the shape of a common type",
                    "write the record here, with the attributes of the common type");
    }
    if (shape.attributes.empty() && !shape.open) return;
    out_ += " = ";
    write_type(shape, indent);
  }

  void write_declaration(const Action& action, std::size_t indent) {
    out_ += "action ";
    write_list(action.names, [&](const Name& name) { out_ += quoted(name.text); });
    if (!action.groups.empty()) {
      out_ += " in [";
      write_list(action.groups, [&](const ActionGroup& group) {
        if (group.type) {
          out_ += group.type->text;
          out_ += "::";
        }
        out_ += quoted(group.id.text);
      });
      out_ += ']';
    }
    if (action.applies_to) write_applies_to(*action.applies_to, action.names.front(), indent);
  }

  void write_applies_to(const AppliesTo& applies_to, const Name& action, std::size_t indent) {
    const bool no_context = !applies_to.context || is_empty_record(*applies_to.context);
    if (applies_to.principals.empty() && applies_to.resources.empty() && no_context) return;
    if (applies_to.principals.empty() || applies_to.resources.empty()) {
      const std::string missing = applies_to.principals.empty() ? "principalTypes" : "resourceTypes";
      return refuse(action.place, "text cannot say that action `" + action.text + "` has no `" + missing + "`",
                    "name types in both lists, or empty both and remove the context: the action is then only a group");
    }
    const std::string line = "\n" + std::string(indent + kIndent, ' ');
    out_ += " appliesTo {";
    write_names(line + "principal: ", applies_to.principals);
    write_names("," + line + "resource: ", applies_to.resources);
    out_ += ",";
    out_ += line;
    out_ += "context: ";
    write_context(applies_to.context ? *applies_to.context : kEmptyRecord, indent + kIndent);
    out_ += '\n';
    out_.append(indent, ' ');
    out_ += '}';
  }

  // Here text takes a record, or a name that must be that of a common type.
  void write_context(const Type& context, std::size_t indent) {
    if (context.kind == Type::Kind::set) {
      return refuse(context.place, "the context of an action must be a record", "put it into a record: `{ name: … }`");
    }
    write_type(context, indent, Wanted::common);
  }

  // --- types ---

  static bool is_empty_record(const Type& type) noexcept {
    return type.kind == Type::Kind::record && type.attributes.empty() && !type.open;
  }

  // `read_as` is what text will take a name for where this type stands.
  void write_type(const Type& type, std::size_t indent, Wanted read_as = Wanted::either) {
    using Kind = Type::Kind;
    switch (type.kind) {
      case Kind::boolean: out_ += "__cedar::Bool"; break;
      case Kind::integer: out_ += "__cedar::Long"; break;
      case Kind::string: out_ += "__cedar::String"; break;
      case Kind::extension:
        out_ += "__cedar::";
        out_ += type.name;
        break;
      case Kind::set:
        out_ += "Set<";
        write_type(*type.element, indent);
        out_ += '>';
        break;
      case Kind::record: write_record(type, indent); break;
      case Kind::common: write_name(type, Wanted::common, read_as); break;
      case Kind::entity: write_name(type, Wanted::entity, read_as); break;
      case Kind::entity_or_common: write_name(type, Wanted::either, read_as); break;
    }
  }

  void write_name(const Type& type, Wanted meant, Wanted read_as) {
    const Target target = scope_.find(type.name, meant, space_);
    const Target reread = scope_.find(type.name, read_as, space_);
    if (same(target, reread)) {
      out_ += type.name;
    } else if (target.kind == Target::Kind::builtin) {
      out_ += "__cedar::";
      out_ += type.name;
    } else {
      const bool entity = meant == Wanted::entity;
      refuse(type.place,
             "text cannot say that `" + type.name + "` is " + (entity ? "an entity type" : "a common type") + " here",
             "the same name means something else too; " + std::string(kHelpToRename));
    }
  }

  void write_record(const Type& type, std::size_t indent) {
    if (type.open) {
      return refuse(type.place, "`additionalAttributes` cannot be true", "declare every attribute, or use tags");
    }
    out_ += '{';
    const std::size_t inner = indent + kIndent;
    bool first = true;
    for (const Attribute& attribute : type.attributes) {
      out_ += std::exchange(first, false) ? "\n" : ",\n";
      write_annotations(attribute.annotations, inner);
      out_.append(inner, ' ');
      const std::string& name = attribute.name.text;
      out_ += is_identifier(name) && !is_reserved(name) ? name : quoted(name);
      out_ += attribute.required ? ": " : "?: ";
      write_type(attribute.type, inner);
    }
    if (!first) {
      out_ += '\n';
      out_.append(indent, ' ');
    }
    out_ += '}';
  }

  // --- lists ---

  template <class T, class WriteOne>
  void write_list(const std::vector<T>& list, WriteOne write_one) {
    bool first = true;
    for (const T& element : list) {
      if (!std::exchange(first, false)) out_ += ", ";
      write_one(element);
    }
  }

  void write_names(std::string_view before, const std::vector<Name>& names) {
    out_ += before;
    out_ += '[';
    write_list(names, [&](const Name& name) { out_ += name.text; });
    out_ += ']';
  }

  static constexpr std::size_t kIndent = 2;
  inline static const Type kEmptyRecord;

  const Document& document_;
  Report report_;
  Scope scope_;
  std::string_view space_;  // the namespace at hand
  std::string out_;
};

}  // namespace

Result<std::string> to_text(const Document& document) { return TextWriter(document).write(); }

}  // namespace quis::schema_ast
