#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <boost/json/value.hpp>

/// The shapes by which Cedar's JSON says what JSON has no words for: entities and calls of extension functions.
///
///     {"__entity": {"type": "User", "id": "alice"}}      the entity User::"alice"
///     {"__extn": {"fn": "ip", "arg": "10.0.0.1"}}        the value of ip("10.0.0.1")
///     {"__extn": {"fn": "offset", "args": [x, y]}}       the value of x.offset(y)
///
/// Keys beside those that a shape needs are ignored (their numbers must be whole all the same). What has not quite the
/// shape is an ordinary record.
namespace quis {

struct TypeAndId {
  std::string_view type;
  std::string_view id;
};

struct FunctionCall {
  std::string_view function;
  std::span<const boost::json::value> arguments;
  bool is_list = false;  ///< the arguments stand in `args`, not in `arg`
};

/// `{"type": "…", "id": "…"}`.
[[nodiscard]] std::optional<TypeAndId> as_type_and_id(const boost::json::value& json) noexcept;
/// `{"fn": "…", "arg": …}` or `{"fn": "…", "args": […]}`; `arg` wins.
[[nodiscard]] std::optional<FunctionCall> as_function_call(const boost::json::value& json) noexcept;

/// False when a number anywhere in it is no 64-bit integer.
[[nodiscard]] bool all_numbers_are_whole(const boost::json::value& json) noexcept;

/// The member of an object, or null.
[[nodiscard]] const boost::json::value* member(const boost::json::value& json, std::string_view key) noexcept;
/// The same, if the object has no other.
[[nodiscard]] const boost::json::value* sole_member(const boost::json::value& json, std::string_view key) noexcept;

[[nodiscard]] inline std::string_view text_of(const boost::json::string& text) noexcept {
  return {text.data(), text.size()};
}
[[nodiscard]] inline std::string_view text_of(boost::json::string_view text) noexcept {
  return {text.data(), text.size()};
}

}  // namespace quis
