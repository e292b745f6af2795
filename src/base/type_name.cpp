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
  std::size_t begin = 0;  // of the part that `i` is in
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_letter(text[i]) || (is_digit(text[i]) && i != begin)) continue;
    if (text.substr(i, 2) != "::" || i == begin || is_reserved(text.substr(begin, i - begin))) return false;
    begin = ++i + 1;
  }
  return begin < text.size() && !is_reserved(text.substr(begin));
}

}  // namespace quis
