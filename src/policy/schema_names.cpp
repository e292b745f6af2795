#include "policy/schema_names.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policy/lexer.hpp"

namespace quis::schema_names {

namespace {

constexpr std::string_view kCommonTypeKeywords[] = {"Bool", "Boolean", "Entity", "Extension",
                                                    "Long", "Record",  "Set",    "String"};
constexpr std::string_view kCedar = "__cedar";

using Builtin = std::pair<std::string_view, Value::Kind>;
constexpr Builtin kPrimitives[] = {
    {"Bool", Value::Kind::boolean}, {"Long", Value::Kind::integer}, {"String", Value::Kind::string}};
constexpr Builtin kExtensions[] = {{"ipaddr", Value::Kind::ip},
                                   {"decimal", Value::Kind::decimal},
                                   {"datetime", Value::Kind::datetime},
                                   {"duration", Value::Kind::duration}};

template <std::size_t n>
std::optional<Value::Kind> find(const Builtin (&types)[n], std::string_view name) noexcept {
  for (const Builtin& type : types) {
    if (type.first == name) return type.second;
  }
  return std::nullopt;
}

// Calls `test` with each part between `::` until it returns false; true when it never did.
template <class Test>
bool all_parts(std::string_view path, Test test) noexcept {
  while (true) {
    const std::size_t end = path.find("::");
    if (!test(path.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 2);
  }
}

}  // namespace

bool is_identifier(std::string_view text) noexcept {
  return quis::is_identifier(text) && (!is_reserved(text) || text == kCedar);
}

bool is_path(std::string_view text) noexcept { return all_parts(text, is_identifier); }

bool mentions_cedar(std::string_view path) noexcept {
  return !all_parts(path, [](std::string_view part) { return part != kCedar; });
}

bool is_common_type_keyword(std::string_view name) noexcept {
  return std::find(std::begin(kCommonTypeKeywords), std::end(kCommonTypeKeywords), name) !=
         std::end(kCommonTypeKeywords);
}

std::optional<Value::Kind> builtin_type(std::string_view name) noexcept {
  const auto primitive = find(kPrimitives, name);
  return primitive ? primitive : extension_type(name);
}

std::optional<Value::Kind> extension_type(std::string_view name) noexcept { return find(kExtensions, name); }

const std::array<std::string_view, 7>& builtin_type_names() noexcept {
  static constexpr std::array<std::string_view, 7> kNames = {"Bool",    "Long",     "String",  "ipaddr",
                                                             "decimal", "datetime", "duration"};
  return kNames;
}

std::string qualified(std::string_view space, std::string_view name) {
  std::string full(space);
  if (!space.empty()) full += "::";
  full += name;
  return full;
}

}  // namespace quis::schema_names
