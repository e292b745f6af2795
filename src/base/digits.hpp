#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The few steps that the extension types' grammars share. A `std::string_view&` is a cursor: what is taken is cut off
/// its front.
namespace quis::digits {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Cuts off the longest run of ASCII digits, which may be empty.
[[nodiscard]] constexpr std::string_view take_digits(std::string_view& rest) noexcept {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  const std::string_view run = rest.substr(0, count);
  rest.remove_prefix(count);
  return run;
}

/// Cuts off `c` if it is next.
[[nodiscard]] constexpr bool take(std::string_view& rest, char c) noexcept {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

/// Cuts off exactly `count` digits into `number`; takes nothing and is false when there are fewer. REQUIRES: count
/// <= 9.
[[nodiscard]] constexpr bool take_fixed(std::string_view& rest, std::size_t count, std::int64_t& number) noexcept {
  if (rest.size() < count) return false;
  std::int64_t value = 0;
  for (const char c : rest.substr(0, count)) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  number = value;
  rest.remove_prefix(count);
  return true;
}

/// The value of a run of digits; false when it is empty or does not fit. Leading zeros are fine.
[[nodiscard]] inline bool to_number(std::string_view run, std::uint64_t& number) noexcept {
  const auto [end, error] = std::from_chars(run.data(), run.data() + run.size(), number);
  return error == std::errc() && end == run.data() + run.size();
}

/// The magnitude of a number, for which the lowest `int64` has no negative.
[[nodiscard]] constexpr std::uint64_t magnitude(std::int64_t number) noexcept {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

/// Puts the sign back; false when the result does not fit.
[[nodiscard]] constexpr bool with_sign(std::uint64_t magnitude, bool negative, std::int64_t& number) noexcept {
  constexpr std::uint64_t kHighest = 0x7fff'ffff'ffff'ffffU;
  if (magnitude > kHighest + (negative ? 1U : 0U)) return false;
  number = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  return true;
}

/// Appends at least `width` digits, with zeros before.
inline void append_padded(std::string& text, std::uint64_t number, std::size_t width) {
  const std::string run = std::to_string(number);
  if (run.size() < width) text.append(width - run.size(), '0');
  text += run;
}

}  // namespace quis::digits
