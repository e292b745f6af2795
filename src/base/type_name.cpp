#include "base/type_name.hpp"

#include <algorithm>
#include <array>

namespace quis {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_identifier(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_reserved(std::string_view identifier) noexcept {
  static constexpr std::array<std::string_view, 10> kReserved = {"true", "false", "if",   "then", "else",
                                                                 "in",   "is",    "like", "has",  "__cedar"};
  return std::find(kReserved.begin(), kReserved.end(), identifier) != kReserved.end();
}

bool is_normalized_name(std::string_view text) noexcept {
  for (;;) {
    const std::size_t end = text.find("::");
    const std::string_view part = text.substr(0, end);
    if (!is_identifier(part) || is_reserved(part)) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 2);
  }
}

}  // namespace quis
