#include <quis/base/extension.hpp>

#include <base/digits.hpp>

namespace quis {
namespace {

constexpr std::size_t kFractionDigits = 4;
constexpr std::uint64_t kOne = 10'000;

}  // namespace

// The magnitude is read unsigned and the sign put on last, so that the lowest value, whose magnitude no int64 holds, is
// valid.
std::optional<std::int64_t> parse_decimal(std::string_view text) noexcept {
  const bool negative = digits::take(text, '-');
  const std::string_view whole = digits::take_digits(text);
  if (!digits::take(text, '.')) return std::nullopt;
  const std::string_view fraction = digits::take_digits(text);
  if (!text.empty() || fraction.size() > kFractionDigits) return std::nullopt;

  std::uint64_t units = 0;
  std::uint64_t parts = 0;
  if (!digits::to_number(whole, units) || !digits::to_number(fraction, parts)) return std::nullopt;
  for (std::size_t i = fraction.size(); i < kFractionDigits; ++i) parts *= 10;

  std::uint64_t total = 0;
  std::int64_t value = 0;
  if (__builtin_mul_overflow(units, kOne, &total) || __builtin_add_overflow(total, parts, &total)) return std::nullopt;
  if (!digits::with_sign(total, negative, value)) return std::nullopt;
  return value;
}

std::string decimal_text(std::int64_t ten_thousandths) {
  const std::uint64_t total = digits::magnitude(ten_thousandths);
  std::string text = ten_thousandths < 0 ? "-" : "";
  text += std::to_string(total / kOne);
  text += '.';
  digits::append_padded(text, total % kOne, kFractionDigits);
  while (text.back() == '0' && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

}  // namespace quis
