#include "policy/schema_json_parts.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/json.hpp"
#include "policy/lexer.hpp"
#include "policy/schema_names.hpp"

namespace quis::schema_ast {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

bool contains(JsonParts::Keys keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

void JsonParts::check_keys(const object& fields, Place place, Keys known, Keys others) {
  for (const auto& entry : fields) {
    const std::string_view key = view(entry.key());
    if (contains(known, key) || contains(others, key)) continue;
    std::string help = "one of these may stand here: ";
    for (const std::string_view allowed : known) {
      if (allowed != *known.begin()) help += ", ";
      help += "`" + std::string(allowed) + "`";
    }
    for (const std::string_view allowed : others) help += ", `" + std::string(allowed) + "`";
    error(child(place, key), ErrorCode::invalid_json, "unexpected key `" + std::string(key) + "`", std::move(help));
  }
}

const value* JsonParts::required(const object& fields, Place place, std::string_view key) {
  const value* found = fields.if_contains(key);
  if (found == nullptr) {
    error(place, ErrorCode::invalid_json, "the key `" + std::string(key) + "` is missing",
          "add `\"" + std::string(key) + "\": …`");
  }
  return found;
}

const object* JsonParts::as_object(const value& content, Place place, std::string_view what) {
  if (const object* found = content.if_object()) return found;
  wrong_kind(content, place, "an object for " + std::string(what));
  return nullptr;
}

const array* JsonParts::as_array(const value& content, Place place) {
  if (const array* found = content.if_array()) return found;
  wrong_kind(content, place, "an array");
  return nullptr;
}

const boost::json::string* JsonParts::as_string(const value& content, Place place) {
  if (const boost::json::string* found = content.if_string()) return found;
  wrong_kind(content, place, "a string");
  return nullptr;
}

bool JsonParts::flag(const object& fields, Place place, std::string_view key, bool otherwise) {
  const value* found = fields.if_contains(key);
  if (found == nullptr) return otherwise;
  if (found->is_bool()) return found->get_bool();
  wrong_kind(*found, child(place, key), "a boolean");
  return otherwise;
}

void JsonParts::wrong_kind(const value& content, Place place, const std::string& wanted) {
  error(place, ErrorCode::invalid_json,
        "expected " + wanted + ", found `" + std::string(json::kind_name(content)) + "`");
}

std::vector<Name> JsonParts::read_paths(const value& content, Place place) {
  std::vector<Name> paths;
  const array* elements = as_array(content, place);
  if (elements == nullptr) return paths;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    paths.push_back(read_path((*elements)[i], child(place, std::to_string(i))));
  }
  return paths;
}

Name JsonParts::read_path(const value& content, Place place) {
  const auto* text = as_string(content, place);
  if (text == nullptr) return {{}, place};
  check_path(view(*text), place);
  return {std::string(view(*text)), place};
}

void JsonParts::check_path(std::string_view path, Place place) {
  if (schema_names::is_path(path)) return;
  error(place, ErrorCode::invalid_schema, "`" + std::string(path) + "` is not a name",
        "write identifiers joined by `::`, without spaces and reserved words");
}

void JsonParts::check_identifier(const Name& name) {
  if (!schema_names::is_identifier(name.text)) not_identifier(name);
}

void JsonParts::not_identifier(const Name& name) {
  error(name.place, ErrorCode::invalid_schema, "`" + name.text + "` is not an identifier",
        "use letters, digits and underscores, and no reserved word");
}

std::vector<Annotation> JsonParts::annotations(const object& fields, Place place) {
  std::vector<Annotation> list;
  const value* found = fields.if_contains("annotations");
  if (found == nullptr) return list;
  const Place at = child(place, "annotations");
  const object* entries = as_object(*found, at, "`annotations`");
  if (entries == nullptr) return list;
  for (const auto& [key, content] : *entries) {
    Annotation annotation{{std::string(view(key)), child(at, view(key))}, std::nullopt};
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

Type JsonParts::read_type(const value& content, Place place) {
  const object* fields = as_object(content, place, "a type");
  if (fields != nullptr) return read_type(*fields, place, {});
  Type type;
  type.place = place;
  return type;
}

Type JsonParts::read_type(const object& fields, Place place, Keys others) {
  Type type;
  type.place = place;
  const value* found = required(fields, place, "type");
  if (found == nullptr) return type;
  const auto* word = as_string(*found, child(place, "type"));
  if (word == nullptr) return type;
  const std::string_view kind = view(*word);

  if (kind == "Set") {
    type.kind = Type::Kind::set;
    check_keys(fields, place, {"type", "element"}, others);
    const value* element = required(fields, place, "element");
    type.element = std::make_unique<Type>();
    if (element != nullptr) *type.element = read_type(*element, child(place, "element"));
  } else if (kind == "Record") {
    check_keys(fields, place, {"type", "attributes", "additionalAttributes"}, others);
    read_record(type, fields);
  } else if (kind == "Entity" || kind == "EntityOrCommon" || kind == "Extension") {
    check_keys(fields, place, {"type", "name"}, others);
    type.kind = kind == "Entity"           ? Type::Kind::entity
                : kind == "EntityOrCommon" ? Type::Kind::entity_or_common
                                           : Type::Kind::extension;
    if (const value* name = required(fields, place, "name")) {
      type.name = read_path(*name, child(place, "name")).text;
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
      type.name = read_path(*found, child(place, "type")).text;
    }
  }
  return type;
}

void JsonParts::read_record(Type& type, const object& fields) {
  type.open = flag(fields, type.place, "additionalAttributes", false);
  const value* found = required(fields, type.place, "attributes");
  const Place place = child(type.place, "attributes");
  const object* attributes = found == nullptr ? nullptr : as_object(*found, place, "`attributes`");
  if (attributes == nullptr) return;
  for (const auto& [key, content] : *attributes) {
    const Place at = child(place, view(key));
    const object* members = as_object(content, at, "an attribute");
    if (members == nullptr) continue;
    Attribute attribute;
    attribute.name = {std::string(view(key)), at};
    attribute.annotations = annotations(*members, at);
    attribute.required = flag(*members, at, "required", true);
    attribute.type = read_type(*members, at, {"annotations", "required"});
    type.attributes.push_back(std::move(attribute));
  }
}

}  // namespace quis::schema_ast
