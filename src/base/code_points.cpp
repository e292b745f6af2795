// Just enough of Unicode to print text that somebody else wrote.
//
// The tables are ranges of Unicode 14. `kInvisible` is exact but for unassigned code points, which count as visible;
// `kCombining` and `kWide` name the blocks that occur in practice, because an error here moves a caret and no more.

#include "base/code_points.hpp"

#include <algorithm>
#include <iterator>

namespace quis {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr Range kInvisible[] = {
    {0x0, 0x1f},        {0x7f, 0xa0},        {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},     {0x70f, 0x70f},      {0x890, 0x891},     {0x8e2, 0x8e2},     {0x1680, 0x1680},
    {0x180e, 0x180e},   {0x2000, 0x200f},    {0x2028, 0x202f},   {0x205f, 0x2064},   {0x2066, 0x206f},
    {0x3000, 0x3000},   {0xd800, 0xf8ff},    {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xfff9, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd},  {0x13430, 0x13438}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
};

constexpr Range kCombining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x64b, 0x65f},   {0x93c, 0x93c},   {0x941, 0x948},
    {0x94d, 0x94d},   {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20f0}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

constexpr Range kWide[] = {
    {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

template <std::size_t n>
bool in(const Range (&ranges)[n], std::uint32_t code_point) noexcept {
  const Range* const found = std::upper_bound(std::begin(ranges), std::end(ranges), code_point,
                                              [](std::uint32_t c, const Range& range) { return c < range.first; });
  return found != std::begin(ranges) && code_point <= std::prev(found)->last;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::uint32_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  constexpr CodePoint kBroken = {kReplacementCharacter, 1, false};
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < length) {
    return kBroken;
  }
  std::uint32_t value = lead & (0x7fU >> length);
  for (std::uint32_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) {
      return kBroken;
    }
    value = value << 6U | (byte(i) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return value < kLeast[length] || value > 0x10ffff || surrogate ? kBroken : CodePoint{value, length, true};
}

bool is_visible(std::uint32_t code_point) noexcept {
  const bool is_noncharacter = (code_point & 0xfffeU) == 0xfffeU;
  return (code_point >= 0x20 && code_point < 0x7f) || (!is_noncharacter && !in(kInvisible, code_point));
}

bool is_combining(std::uint32_t code_point) noexcept { return code_point >= 0x300 && in(kCombining, code_point); }

std::uint32_t columns_of(std::uint32_t code_point) noexcept {
  if (code_point < 0x300) {
    return 1;
  }
  return in(kCombining, code_point) ? 0 : in(kWide, code_point) ? 2 : 1;
}

std::string visible(std::string_view text) {
  constexpr std::string_view kReplacement = "�";
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    result += c.valid && (c.value == '\t' || is_visible(c.value)) ? text.substr(at, c.bytes) : kReplacement;
    at += c.bytes;
  }
  return result;
}

}  // namespace quis
