#include <quis/base/extension.hpp>

#include <base/digits.hpp>

namespace quis {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
constexpr Unit kUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};

}  // namespace

// A unit's name is all letters up to the next digit: `5ms` is five milliseconds, never five minutes with an `s` left
// over.
std::optional<std::int64_t> parse_duration(std::string_view text) noexcept {
  const bool negative = digits::take(text, '-');
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  for (const Unit* next = std::begin(kUnits); !text.empty();) {
    const std::string_view run = digits::take_digits(text);
    std::size_t letters = 0;
    while (letters < text.size() && !digits::is_digit(text[letters])) ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    while (next != std::end(kUnits) && next->name != name) ++next;
    if (next == std::end(kUnits)) return std::nullopt;  // unknown, given twice, or after a smaller unit

    std::uint64_t part = 0;
    if (!digits::to_number(run, part)) return std::nullopt;
    if (__builtin_mul_overflow(part, next->milliseconds, &part)) return std::nullopt;
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
    ++next;
  }
  std::int64_t value = 0;
  if (!digits::with_sign(total, negative, value)) return std::nullopt;
  return value;
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds == 0) return "0ms";
  std::uint64_t left = digits::magnitude(milliseconds);
  std::string text = milliseconds < 0 ? "-" : "";
  for (const Unit& unit : kUnits) {
    if (const std::uint64_t count = left / unit.milliseconds; count != 0) {
      text += std::to_string(count);
      text += unit.name;
      left %= unit.milliseconds;
    }
  }
  return text;
}

}  // namespace quis
