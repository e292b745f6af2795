// Schemas in Cedar's JSON form.
//
// The form is strict: a key that its object does not have is an error. `null` stands for "not there" in just four
// places, as Cedar has it: an action's `appliesTo`, `memberOf` and `attributes`, and the `type` of a group. Two
// liberties that Cedar's reader takes are refused: arrays in the place of objects (their fields by position), and keys
// that stand twice, which not all of Cedar's objects notice.

#include <string>
#include <utility>

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_json_parts.hpp"

namespace quis::schema_ast {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class Reader {
 public:
  explicit Reader(Source& source) noexcept : parts_(source) {}

  std::vector<Namespace> read(const value& root) {
    std::vector<Namespace> namespaces;
    const object* spaces = parts_.as_object(root, {}, "a schema");
    if (spaces == nullptr) return namespaces;
    for (const auto& [key, content] : *spaces) {
      const std::string_view name = view(key);
      const Place place = parts_.child({}, name);
      if (!name.empty()) parts_.check_path(name, place);
      namespaces.push_back(read_namespace({std::string(name), place}, content));
    }
    return namespaces;
  }

  Report& report() noexcept { return parts_.report(); }

 private:
  Namespace read_namespace(Name name, const value& content) {
    Namespace space;
    space.place = name.place;
    space.name = std::move(name);
    const object* fields = parts_.as_object(content, space.place, "a namespace");
    if (fields == nullptr) return space;
    parts_.check_keys(*fields, space.place, {"commonTypes", "entityTypes", "actions", "annotations"});
    space.annotations = parts_.annotations(*fields, space.place);
    if (space.name.text.empty() && !space.annotations.empty()) {
      parts_.error(parts_.child(space.place, "annotations"), ErrorCode::invalid_schema,
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
    const value* found = required ? parts_.required(fields, space.place, key) : fields.if_contains(key);
    const Place place = parts_.child(space.place, key);
    const object* declarations = found == nullptr ? nullptr : parts_.as_object(*found, place, key);
    if (declarations == nullptr) return;
    for (const auto& [name, content] : *declarations) {
      Declaration declaration;
      declaration.place = parts_.child(place, view(name));
      const object* members = parts_.as_object(content, declaration.place, "a declaration");
      if (members == nullptr) continue;
      declaration.annotations = parts_.annotations(*members, declaration.place);
      (this->*read_declaration)(declaration, {std::string(view(name)), declaration.place}, *members);
      space.declarations.push_back(std::move(declaration));
    }
  }

  void read_common_type(Declaration& declaration, Name name, const object& fields) {
    parts_.check_identifier(name);
    declaration.what = CommonType{std::move(name), parts_.read_type(fields, declaration.place, {"annotations"})};
  }

  void read_entity(Declaration& declaration, Name name, const object& fields) {
    const Place place = declaration.place;
    parts_.check_identifier(name);
    parts_.check_keys(fields, place, {"memberOfTypes", "shape", "tags", "enum", "annotations"});
    Entity entity;
    entity.names.push_back(std::move(name));
    if (const value* choices = fields.if_contains("enum")) {
      entity.choices = read_choices(*choices, parts_.child(place, "enum"));
      for (const std::string_view other : {"memberOfTypes", "shape", "tags"}) {
        if (!fields.contains(other)) continue;
        parts_.error(parts_.child(place, other), ErrorCode::invalid_schema,
                     "an enumerated entity type cannot have `" + std::string(other) + "`",
                     "remove either `enum` or `" + std::string(other) + "`");
      }
    }
    if (const value* parents = fields.if_contains("memberOfTypes")) {
      entity.member_of = parts_.read_paths(*parents, parts_.child(place, "memberOfTypes"));
    }
    if (const value* shape = fields.if_contains("shape"))
      entity.shape = parts_.read_type(*shape, parts_.child(place, "shape"));
    if (const value* tags = fields.if_contains("tags"))
      entity.tags = parts_.read_type(*tags, parts_.child(place, "tags"));
    declaration.what = std::move(entity);
  }

  std::vector<Name> read_choices(const value& content, Place place) {
    std::vector<Name> choices;
    const array* elements = parts_.as_array(content, place);
    if (elements == nullptr) return choices;
    if (elements->empty()) {
      parts_.error(place, ErrorCode::invalid_schema, "an enumerated entity type must have at least one entity",
                   "list the ids, e.g. `[\"red\", \"green\"]`");
    }
    for (std::size_t i = 0; i < elements->size(); ++i) {
      const Place at = parts_.child(place, std::to_string(i));
      if (const auto* id = parts_.as_string((*elements)[i], at)) choices.push_back({std::string(view(*id)), at});
    }
    return choices;
  }

  void read_action(Declaration& declaration, Name name, const object& fields) {
    const Place place = declaration.place;
    parts_.check_keys(fields, place, {"attributes", "appliesTo", "memberOf", "annotations"});
    Action action;
    action.names.push_back(std::move(name));
    const value* attributes = fields.if_contains("attributes");
    if (attributes != nullptr && !attributes->is_null()) {
      parts_.error(parts_.child(place, "attributes"), ErrorCode::invalid_schema, "actions cannot have attributes",
                   "remove `attributes`");
    }
    const value* groups = fields.if_contains("memberOf");
    if (groups != nullptr && !groups->is_null()) read_groups(action, *groups, parts_.child(place, "memberOf"));
    const value* applies_to = fields.if_contains("appliesTo");
    if (applies_to != nullptr && !applies_to->is_null()) {
      action.applies_to = read_applies_to(*applies_to, parts_.child(place, "appliesTo"));
    }
    declaration.what = std::move(action);
  }

  void read_groups(Action& action, const value& content, Place place) {
    const array* elements = parts_.as_array(content, place);
    if (elements == nullptr) return;
    for (std::size_t i = 0; i < elements->size(); ++i) {
      const Place at = parts_.child(place, std::to_string(i));
      const object* fields = parts_.as_object((*elements)[i], at, "an action");
      if (fields == nullptr) continue;
      parts_.check_keys(*fields, at, {"id", "type"});
      ActionGroup group;
      group.id.place = at;
      const value* type = fields->if_contains("type");
      if (type != nullptr && !type->is_null()) group.type = parts_.read_path(*type, parts_.child(at, "type"));
      const value* id = parts_.required(*fields, at, "id");
      if (id == nullptr) continue;
      const auto* text = parts_.as_string(*id, parts_.child(at, "id"));
      if (text == nullptr) continue;
      group.id.text = view(*text);
      action.groups.push_back(std::move(group));
    }
  }

  AppliesTo read_applies_to(const value& content, Place place) {
    AppliesTo applies_to;
    const object* fields = parts_.as_object(content, place, "`appliesTo`");
    if (fields == nullptr) return applies_to;
    parts_.check_keys(*fields, place, {"principalTypes", "resourceTypes", "context"});
    if (const value* types = parts_.required(*fields, place, "principalTypes")) {
      applies_to.principals = parts_.read_paths(*types, parts_.child(place, "principalTypes"));
    }
    if (const value* types = parts_.required(*fields, place, "resourceTypes")) {
      applies_to.resources = parts_.read_paths(*types, parts_.child(place, "resourceTypes"));
    }
    if (const value* context = fields->if_contains("context")) {
      applies_to.context = parts_.read_type(*context, parts_.child(place, "context"));
    }
    return applies_to;
  }

  JsonParts parts_;
};

}  // namespace

Result<Document> read_json(std::string_view text, std::string_view source_name) {
  const auto root = json::parse(text, source_name);
  if (!root) return tl::unexpected(root.error());
  Document document{Source::json(text, source_name), {}, {}};
  Reader reader(document.source);
  document.namespaces = reader.read(*root);
  if (!reader.report().empty()) return tl::unexpected(reader.report().take());
  return document;
}

}  // namespace quis::schema_ast
