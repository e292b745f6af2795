#include "model/json_escapes.hpp"

#include <algorithm>

namespace quis {
namespace {

std::optional<std::string_view> string_member(const boost::json::value& json, std::string_view key) noexcept {
  const boost::json::value* found = member(json, key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return text_of(found->get_string());
}

}  // namespace

const boost::json::value* member(const boost::json::value& json, std::string_view key) noexcept {
  const boost::json::object* object = json.if_object();
  return object == nullptr ? nullptr : object->if_contains({key.data(), key.size()});
}

const boost::json::value* sole_member(const boost::json::value& json, std::string_view key) noexcept {
  const boost::json::object* object = json.if_object();
  if (object == nullptr || object->size() != 1 || text_of(object->begin()->key()) != key) return nullptr;
  return &object->begin()->value();
}

std::optional<TypeAndId> as_type_and_id(const boost::json::value& json) noexcept {
  const auto type = string_member(json, "type");
  const auto id = string_member(json, "id");
  if (!type || !id) return std::nullopt;
  return TypeAndId{*type, *id};
}

std::optional<FunctionCall> as_function_call(const boost::json::value& json) noexcept {
  const auto function = string_member(json, "fn");
  if (!function) return std::nullopt;
  if (const boost::json::value* argument = member(json, "arg")) return FunctionCall{*function, {argument, 1}, false};
  const boost::json::value* arguments = member(json, "args");
  if (arguments == nullptr || !arguments->is_array()) return std::nullopt;
  const boost::json::array& list = arguments->get_array();
  return FunctionCall{*function, {list.data(), list.size()}, true};
}

bool all_numbers_are_whole(const boost::json::value& json) noexcept {
  switch (json.kind()) {
    case boost::json::kind::uint64:
    case boost::json::kind::double_: return false;
    case boost::json::kind::array: return std::ranges::all_of(json.get_array(), all_numbers_are_whole);
    case boost::json::kind::object:
      return std::ranges::all_of(json.get_object(),
                                 [](const auto& member) { return all_numbers_are_whole(member.value()); });
    default: return true;
  }
}

}  // namespace quis
