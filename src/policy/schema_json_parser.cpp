// Schemas in Cedar's JSON form.
//
// The form is strict: a key that its object does not have is an error everywhere, except that nothing is said about the
// values of things whose key was wrong. `null` stands for "not there" in just four places, as Cedar has it: an action's
// `appliesTo`, `memberOf` and `attributes`, and the `type` of a group. Two further liberties of Cedar's reader are
// refused: arrays in the place of objects (its fields by position), and keys that stand twice, which not all of Cedar's
// objects notice.
//
// A type is told by the word under `type`; any word that is not of the form's own is the name of a common type.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/lexer.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_names.hpp"

namespace quis::schema_ast {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using Keys = std::initializer_list<std::string_view>;

std::string_view view(const boost::json::string& text) noexcept { return {text.data(), text.size()}; }
std::string_view view(boost::json::string_view text) noexcept { return {text.data(), text.size()}; }

bool contains(Keys keys, std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

class Reader {
 public:
  explicit Reader(Source& source) noexcept : source_(source), report_(source) {}

  std::vector<Namespace> read(const value& root) {
    std::vector<Namespace> namespaces;
    const object* spaces = as_object(root, {}, "a schema");
    if (spaces == nullptr) return namespaces;
    for (const auto& [key, content] : *spaces) {
      const std::string_view name = view(key);
      const Place place = source_.child({}, name);
      if (!name.empty()) check_path(name, place);
      namespaces.push_back(read_namespace({std::string(name), place}, content));
    }
    return namespaces;
  }

  Report& report() noexcept { return report_; }

 private:
  Namespace read_namespace(Name name, const value& content) {
    Namespace space;
    space.place = name.place;
    space.name = std::move(name);
    const object* fields = as_object(content, space.place, "a namespace");
    if (fields == nullptr) return space;
    check_keys(*fields, space.place, {"commonTypes", "entityTypes", "actions", "annotations"});
    space.annotations = annotations(*fields, space.place);
    if (space.name.text.empty() && !space.annotations.empty()) {
      error(source_.child(space.place, "annotations"), ErrorCode::invalid_schema,
            "the empty namespace cannot have annotations", "annotate the declarations instead");
    }
    for_each_declaration(space, *fields, "commonTypes", false, &Reader::read_common_type);
    for_each_declaration(space, *fields, "entityTypes", true, &Reader::read_entity);
    for_each_declaration(space, *fields, "actions", true, &Reader::read_action);
    return space;
  }

  using ReadDeclaration = void (Reader::*)(Declaration& declaration, Name name, const object& fields);

  void for_each_declaration(Namespace& space, const object& fields, std::string_view key, bool required,
                            ReadDeclaration read_declaration) {
    const value* found = member(fields, space.place, key, required);
    const Place place = source_.child(space.place, key);
    const object* declarations = found == nullptr ? nullptr : as_object(*found, place, key);
    if (declarations == nullptr) return;
    for (const auto& [name, content] : *declarations) {
      Declaration declaration;
      declaration.place = source_.child(place, view(name));
      const object* members = as_object(content, declaration.place, "a declaration");
      if (members == nullptr) continue;
      declaration.annotations = annotations(*members, declaration.place);
      (this->*read_declaration)(declaration, {std::string(view(name)), declaration.place}, *members);
      space.declarations.push_back(std::move(declaration));
    }
  }

  void read_common_type(Declaration& declaration, Name name, const object& fields) {
    check_identifier(name);
    declaration.what = CommonType{std::move(name), read_type(fields, declaration.place, {"annotations"})};
  }

  void read_entity(Declaration& declaration, Name name, const object& fields) {
    const Place place = declaration.place;
    check_identifier(name);
    check_keys(fields, place, {"memberOfTypes", "shape", "tags", "enum", "annotations"});
    Entity entity;
    entity.names.push_back(std::move(name));
    if (const value* choices = fields.if_contains("enum")) {
      entity.choices = read_choices(*choices, source_.child(place, "enum"));
      for (const std::string_view other : {"memberOfTypes", "shape", "tags"}) {
        if (!fields.contains(other)) continue;
        error(source_.child(place, other), ErrorCode::invalid_schema,
              "an enumerated entity type cannot have `" + std::string(other) + "`",
              "remove either `enum` or `" + std::string(other) + "`");
      }
    }
    if (const value* parents = fields.if_contains("memberOfTypes")) {
      entity.member_of = read_paths(*parents, source_.child(place, "memberOfTypes"));
    }
    if (const value* shape = fields.if_contains("shape"))
      entity.shape = read_type(*shape, source_.child(place, "shape"));
    if (const value* tags = fields.if_contains("tags")) entity.tags = read_type(*tags, source_.child(place, "tags"));
    declaration.what = std::move(entity);
  }

  std::vector<Name> read_choices(const value& content, Place place) {
    std::vector<Name> choices;
    const array* elements = as_array(content, place);
    if (elements == nullptr) return choices;
    if (elements->empty()) {
      error(place, ErrorCode::invalid_schema, "an enumerated entity type must have at least one entity",
            "list the ids, e.g. `[\"red\", \"green\"]`");
    }
    for (std::size_t i = 0; i < elements->size(); ++i) {
      const Place at = source_.child(place, std::to_string(i));
      if (const auto* id = as_string((*elements)[i], at)) choices.push_back({std::string(view(*id)), at});
    }
    return choices;
  }

  void read_action(Declaration& declaration, Name name, const object& fields) {
    const Place place = declaration.place;
    check_keys(fields, place, {"attributes", "appliesTo", "memberOf", "annotations"});
    Action action;
    action.names.push_back(std::move(name));
    const value* attributes = fields.if_contains("attributes");
    if (attributes != nullptr && !attributes->is_null()) {
      error(source_.child(place, "attributes"), ErrorCode::invalid_schema, "actions cannot have attributes",
            "remove `attributes`");
    }
    const value* groups = fields.if_contains("memberOf");
    if (groups != nullptr && !groups->is_null()) read_groups(action, *groups, source_.child(place, "memberOf"));
    const value* applies_to = fields.if_contains("appliesTo");
    if (applies_to != nullptr && !applies_to->is_null()) {
      action.applies_to = read_applies_to(*applies_to, source_.child(place, "appliesTo"));
    }
    declaration.what = std::move(action);
  }

  void read_groups(Action& action, const value& content, Place place) {
    const array* elements = as_array(content, place);
    if (elements == nullptr) return;
    for (std::size_t i = 0; i < elements->size(); ++i) {
      const Place at = source_.child(place, std::to_string(i));
      const object* fields = as_object((*elements)[i], at, "an action");
      if (fields == nullptr) continue;
      check_keys(*fields, at, {"id", "type"});
      ActionGroup group;
      group.id.place = at;
      const value* type = fields->if_contains("type");
      if (type != nullptr && !type->is_null()) group.type = read_path(*type, source_.child(at, "type"));
      const value* id = member(*fields, at, "id", true);
      if (id == nullptr) continue;
      const auto* text = as_string(*id, source_.child(at, "id"));
      if (text == nullptr) continue;
      group.id.text = view(*text);
      action.groups.push_back(std::move(group));
    }
  }

  AppliesTo read_applies_to(const value& content, Place place) {
    AppliesTo applies_to;
    const object* fields = as_object(content, place, "`appliesTo`");
    if (fields == nullptr) return applies_to;
    check_keys(*fields, place, {"principalTypes", "resourceTypes", "context"});
    if (const value* types = member(*fields, place, "principalTypes", true)) {
      applies_to.principals = read_paths(*types, source_.child(place, "principalTypes"));
    }
    if (const value* types = member(*fields, place, "resourceTypes", true)) {
      applies_to.resources = read_paths(*types, source_.child(place, "resourceTypes"));
    }
    if (const value* context = fields->if_contains("context")) {
      applies_to.context = read_type(*context, source_.child(place, "context"));
    }
    return applies_to;
  }

  Type read_type(const value& content, Place place) {
    const object* fields = as_object(content, place, "a type");
    if (fields != nullptr) return read_type(*fields, place, {});
    Type type;
    type.place = place;
    return type;
  }

  // `others` are keys that the object may have because it is more than a type.
  Type read_type(const object& fields, Place place, Keys others) {
    Type type;
    type.place = place;
    const value* found = member(fields, place, "type", true);
    if (found == nullptr) return type;
    const auto* word = as_string(*found, source_.child(place, "type"));
    if (word == nullptr) return type;
    const std::string_view kind = view(*word);

    if (kind == "Set") {
      type.kind = Type::Kind::set;
      check_keys(fields, place, {"type", "element"}, others);
      const value* element = member(fields, place, "element", true);
      type.element = std::make_unique<Type>();
      if (element != nullptr) *type.element = read_type(*element, source_.child(place, "element"));
    } else if (kind == "Record") {
      check_keys(fields, place, {"type", "attributes", "additionalAttributes"}, others);
      read_record(type, fields);
    } else if (kind == "Entity" || kind == "EntityOrCommon" || kind == "Extension") {
      check_keys(fields, place, {"type", "name"}, others);
      type.kind = kind == "Entity"           ? Type::Kind::entity
                  : kind == "EntityOrCommon" ? Type::Kind::entity_or_common
                                             : Type::Kind::extension;
      if (const value* name = member(fields, place, "name", true)) {
        type.name = read_path(*name, source_.child(place, "name")).text;
      }
    } else {
      check_keys(fields, place, {"type"}, others);
      if (kind == "Boolean") {
        type.kind = Type::Kind::boolean;
      } else if (kind == "Long") {
        type.kind = Type::Kind::integer;
      } else if (kind == "String") {
        type.kind = Type::Kind::string;
      } else {
        type.kind = Type::Kind::common;
        type.name = read_path(*found, source_.child(place, "type")).text;
      }
    }
    return type;
  }

  void read_record(Type& type, const object& fields) {
    if (const value* open = fields.if_contains("additionalAttributes")) {
      const Place at = source_.child(type.place, "additionalAttributes");
      if (!open->is_bool()) {
        wrong_kind(*open, at, "a boolean");
      } else {
        type.open = open->get_bool();
      }
    }
    const value* found = member(fields, type.place, "attributes", true);
    const Place place = source_.child(type.place, "attributes");
    const object* attributes = found == nullptr ? nullptr : as_object(*found, place, "`attributes`");
    if (attributes == nullptr) return;
    for (const auto& [key, content] : *attributes) {
      const Place at = source_.child(place, view(key));
      const object* members = as_object(content, at, "an attribute");
      if (members == nullptr) continue;
      Attribute attribute;
      attribute.name = {std::string(view(key)), at};
      attribute.annotations = annotations(*members, at);
      if (const value* required = members->if_contains("required")) {
        if (!required->is_bool()) {
          wrong_kind(*required, source_.child(at, "required"), "a boolean");
        } else {
          attribute.required = required->get_bool();
        }
      }
      attribute.type = read_type(*members, at, {"annotations", "required"});
      type.attributes.push_back(std::move(attribute));
    }
  }

  std::vector<Annotation> annotations(const object& fields, Place place) {
    std::vector<Annotation> list;
    const value* found = fields.if_contains("annotations");
    if (found == nullptr) return list;
    const Place at = source_.child(place, "annotations");
    const object* entries = as_object(*found, at, "`annotations`");
    if (entries == nullptr) return list;
    for (const auto& [key, content] : *entries) {
      Annotation annotation{{std::string(view(key)), source_.child(at, view(key))}, std::nullopt};
      if (!quis::is_identifier(annotation.key.text)) not_identifier(annotation.key);
      if (!content.is_null()) {
        const auto* text = as_string(content, annotation.key.place);
        if (text == nullptr) continue;
        annotation.value = std::string(view(*text));
      }
      list.push_back(std::move(annotation));
    }
    return list;
  }

  std::vector<Name> read_paths(const value& content, Place place) {
    std::vector<Name> paths;
    const array* elements = as_array(content, place);
    if (elements == nullptr) return paths;
    for (std::size_t i = 0; i < elements->size(); ++i) {
      paths.push_back(read_path((*elements)[i], source_.child(place, std::to_string(i))));
    }
    return paths;
  }

  Name read_path(const value& content, Place place) {
    const auto* text = as_string(content, place);
    if (text == nullptr) return {{}, place};
    check_path(view(*text), place);
    return {std::string(view(*text)), place};
  }

  void check_path(std::string_view path, Place place) {
    if (schema_names::is_path(path)) return;
    error(place, ErrorCode::invalid_schema, "`" + std::string(path) + "` is not a name",
          "write identifiers joined by `::`, without spaces and reserved words");
  }

  void check_identifier(const Name& name) {
    if (!schema_names::is_identifier(name.text)) not_identifier(name);
  }

  void not_identifier(const Name& name) {
    error(name.place, ErrorCode::invalid_schema, "`" + name.text + "` is not an identifier",
          "use letters, digits and underscores, and no reserved word");
  }

  void check_keys(const object& fields, Place place, Keys known, Keys others = {}) {
    for (const auto& entry : fields) {
      const std::string_view key = view(entry.key());
      if (contains(known, key) || contains(others, key)) continue;
      std::string help = "one of these may stand here: ";
      for (const std::string_view allowed : known) {
        if (allowed != *known.begin()) help += ", ";
        help += "`" + std::string(allowed) + "`";
      }
      for (const std::string_view allowed : others) help += ", `" + std::string(allowed) + "`";
      error(source_.child(place, key), ErrorCode::invalid_json, "unexpected key `" + std::string(key) + "`",
            std::move(help));
    }
  }

  const value* member(const object& fields, Place place, std::string_view key, bool required) {
    const value* found = fields.if_contains(key);
    if (found == nullptr && required) {
      error(place, ErrorCode::invalid_json, "the key `" + std::string(key) + "` is missing",
            "add `\"" + std::string(key) + "\": …`");
    }
    return found;
  }

  const object* as_object(const value& content, Place place, std::string_view what) {
    if (const object* found = content.if_object()) return found;
    wrong_kind(content, place, "an object for " + std::string(what));
    return nullptr;
  }

  const array* as_array(const value& content, Place place) {
    if (const array* found = content.if_array()) return found;
    wrong_kind(content, place, "an array");
    return nullptr;
  }

  const boost::json::string* as_string(const value& content, Place place) {
    if (const boost::json::string* found = content.if_string()) return found;
    wrong_kind(content, place, "a string");
    return nullptr;
  }

  void wrong_kind(const value& content, Place place, const std::string& wanted) {
    error(place, ErrorCode::invalid_json,
          "expected " + wanted + ", found `" + std::string(json::kind_name(content)) + "`");
  }

  void error(Place place, ErrorCode code, std::string message, std::string help = {}) {
    report_.add(place, code, std::move(message), std::move(help));
  }

  Source& source_;
  Report report_;
};

}  // namespace

Result<Document> read_json(std::string_view text, std::string_view source_name) {
  const auto root = json::parse(text, source_name);
  if (!root) return tl::unexpected(root.error());
  Document document{Source::json(text, source_name), {}};
  Reader reader(document.source);
  document.namespaces = reader.read(*root);
  if (!reader.report().empty()) return tl::unexpected(reader.report().take());
  return document;
}

}  // namespace quis::schema_ast
