#include "policy/json_shape.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

#include "base/type_name.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

namespace bj = boost::json;

std::string_view view(bj::string_view text) { return {text.data(), text.size()}; }

std::string expected(std::string_view what, const bj::value& found) {
  return fmt::format("expected {}, found `{}`", what, json::kind_name(found));
}

}  // namespace

std::string one_of(std::initializer_list<std::string_view> names) {
  std::string text;
  for (const auto* name = names.begin(); name != names.end(); ++name) {
    if (name != names.begin()) text += name + 1 == names.end() ? " or " : ", ";
    text += fmt::format("`{}`", *name);
  }
  return text;
}

std::optional<std::string_view> find_string(const bj::object& object, std::string_view key) noexcept {
  const bj::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return view(found->get_string());
}

void JsonShape::refuse(const json::Path& path, ErrorCode code, std::string message, std::string help) {
  if (full()) return;
  errors_.push_back(json::at(text_, source_name_, path, code, std::move(message), std::move(help)));
}

const bj::object* JsonShape::object(const bj::value& value, const json::Path& path) {
  if (!value.is_object()) refuse(path, ErrorCode::invalid_json, expected("an object", value));
  return value.if_object();
}

const bj::array* JsonShape::array(const bj::value& value, const json::Path& path) {
  if (!value.is_array()) refuse(path, ErrorCode::invalid_json, expected("an array", value));
  return value.if_array();
}

std::optional<std::string_view> JsonShape::string(const bj::value& value, const json::Path& path) {
  if (value.is_string()) return view(value.get_string());
  refuse(path, ErrorCode::invalid_json, expected("a string", value));
  return std::nullopt;
}

const bj::object* JsonShape::object_of(const bj::value& value, const json::Path& path,
                                       std::initializer_list<std::string_view> keys) {
  const bj::object* found = object(value, path);
  if (found == nullptr) return nullptr;
  for (const auto& member : *found) {
    const std::string_view key = view(member.key());
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    refuse(path.child(key), ErrorCode::invalid_json, "unknown key " + shown(key),
           did_you_mean(key, keys, fmt::format("only {} may stand here", one_of(keys))));
    return nullptr;
  }
  return found;
}

const bj::value* JsonShape::member(const bj::object& object, const json::Path& path, std::string_view key) {
  const bj::value* found = object.if_contains(key);
  if (found == nullptr) refuse(path, ErrorCode::invalid_json, fmt::format("the key `{}` is missing", key), "add it");
  return found;
}

std::optional<std::string_view> JsonShape::string_member(const bj::object& object, const json::Path& path,
                                                         std::string_view key) {
  const bj::value* found = member(object, path, key);
  if (found == nullptr) return std::nullopt;
  return string(*found, path.child(key));
}

TypeId JsonShape::type_name(std::string_view name, const json::Path& path) {
  if (is_normalized_name(name)) return intern_type(name);
  refuse(path, ErrorCode::invalid_entity_uid, shown(name) + " is not the name of an entity type",
         "write identifiers joined by `::`, without spaces or reserved words");
  return {};
}

EntityId JsonShape::entity(const bj::value& value, const json::Path& path) {
  if (const bj::object* outer = value.if_object()) {
    if (find_string(*outer, "__expr")) {
      refuse(path, ErrorCode::invalid_entity_uid, "the escape `__expr` is no longer supported",
             "write {\"type\": …, \"id\": …}");
      return {};
    }
    const auto read = [this](const bj::object& object, const json::Path& at) -> std::optional<EntityId> {
      const auto type = find_string(object, "type");
      const auto id = find_string(object, "id");
      if (!type || !id) return std::nullopt;
      const TypeId known = type_name(*type, at.child("type"));
      return known.valid() ? intern_entity(known, *id) : EntityId{};
    };
    const bj::value* escape = outer->if_contains("__entity");
    if (escape != nullptr && escape->is_object()) {
      if (const auto found = read(escape->get_object(), path.child("__entity"))) return *found;
    }
    if (const auto found = read(*outer, path)) return *found;
  }
  refuse(path, ErrorCode::invalid_entity_uid, "this is not an entity uid",
         "write {\"type\": …, \"id\": …}, both strings");
  return {};
}

}  // namespace quis
