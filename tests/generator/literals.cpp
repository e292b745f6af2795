#include "generator/literals.hpp"

#include <array>
#include <cstdio>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace quis::test {
namespace {

using namespace std::string_view_literals;
using Kind = Shape::Kind;

// The simple ones come first: what is shrunk ends there.

constexpr std::array kStrings = {
    ""sv,       "a"sv,          "abc"sv,     "a*b"sv,     "Zürich"sv, "aXbXc"sv,      "10.0.0.1"sv,    "::1"sv,
    "1.5"sv,    "2024-02-29"sv, "1h30m"sv,   "日本"sv,    "it's"sv,   "say \"hi\""sv, "back\\slash"sv, "two\nlines"sv,
    "\ttab"sv,  "nul\0byte"sv,  "𝔘nicode"sv, "e\u0301"sv, "\u00e9"sv, "e0"sv,         "**"sv,          "\\*"sv,
    "\u200b"sv, "?principal"sv};

constexpr std::array kTagKeys = {"k"sv, "a"sv, "x y"sv, ""sv, "if"sv, "é\""sv};

constexpr std::array kOddIds = {""sv, "two words"sv, "it's"sv, "q\"uote"sv, "a\\b"sv, "line\nbreak"sv, "ü"sv, "*"sv};

constexpr std::array kLongs = {"0"sv,
                               "1"sv,
                               "2"sv,
                               "3"sv,
                               "7"sv,
                               "-1"sv,
                               "-2"sv,
                               "100"sv,
                               "9223372036854775807"sv,
                               "-9223372036854775808"sv,
                               "42"sv,
                               "4611686018427387904"sv,
                               "-9223372036854775807"sv,
                               "3037000500"sv,
                               "86400000"sv};

constexpr std::array kPatterns = {"*"sv,       "a*"sv,      "*b"sv,   "a*b*c"sv,     ""sv,         R"(a\*b)"sv,
                                  "*ü*"sv,     "**"sv,      "abc"sv,  R"(\u{2a})"sv, R"(\x61*)"sv, R"(\\*)"sv,
                                  R"(*\"*)"sv, R"(*\n*)"sv, "*日*"sv, "1*.*"sv};

constexpr std::array kDecimals = {
    "0.0"sv, "1.5"sv, "-0.0"sv, "1.50"sv, "-2.25"sv, "00.1"sv, "922337203685477.5807"sv, "-922337203685477.5808"sv};
constexpr std::array kBadDecimals = {"nonsense"sv, "1.00000"sv, "1"sv, "1."sv, "+1.0"sv, "922337203685477.5808"sv,
                                     ".5"sv,       ""sv};

constexpr std::array kIps = {"10.0.0.1"sv,           "10.0.0.0/8"sv,   "10.0.0.1/32"sv, "127.0.0.1"sv,
                             "224.0.0.1"sv,          "224.0.0.0/3"sv,  "::1"sv,         "ff00::1/8"sv,
                             "fe80::/10"sv,          "0.0.0.0/0"sv,    "::/0"sv,        "127.0.0.0/7"sv,
                             "1:2:3:4:5:6:7:8/64"sv, "::ffff:a00:1"sv, "10.0.0.1/24"sv};
constexpr std::array kBadIps = {"1.2.3"sv,          "01.2.3.4"sv, "1.2.3.4/33"sv,       "::1::"sv,       "1.2.3.4/08"sv,
                                "::ffff:1.2.3.4"sv, ""sv,         "1:2:3:4:5:6:7::8"sv, "fe80::1%eth0"sv};

constexpr std::array kDatetimes = {"1970-01-01"sv,
                                   "2024-02-29"sv,
                                   "2024-02-29T12:34:56Z"sv,
                                   "2024-02-29T12:34:56.789Z"sv,
                                   "1969-12-31T23:59:59.999Z"sv,
                                   "0000-01-01"sv,
                                   "9999-12-31T23:59:59+0100"sv,
                                   "2024-01-01T00:00:00-1200"sv,
                                   "2024-01-01T00:00:00.001+2359"sv};
constexpr std::array kBadDatetimes = {"2023-02-29"sv,
                                      "2024-01-01T00:00:00"sv,
                                      "2024-01-01Z"sv,
                                      "2024-13-01"sv,
                                      "2024-01-01T24:00:00Z"sv,
                                      "2024-01-01T00:00:60Z"sv,
                                      "2024-01-01T00:00:00+01:00"sv,
                                      "2024-01-01T00:00:00.1Z"sv,
                                      "2024-01-01T00:00:00+2400"sv,
                                      "2024-01-01\n"sv,
                                      ""sv};

constexpr std::array kDurations = {"0ms"sv,
                                   "1h30m"sv,
                                   "-1d"sv,
                                   "5ms"sv,
                                   "1d2h3m4s5ms"sv,
                                   "86400s"sv,
                                   "9223372036854775807ms"sv,
                                   "-9223372036854775808ms"sv,
                                   "-36h"sv,
                                   "5m"sv,
                                   "106751991167d"sv,
                                   "000001s"sv};
constexpr std::array kBadDurations = {"1x"sv,
                                      ""sv,
                                      "-"sv,
                                      "1m1h"sv,
                                      "1h1h"sv,
                                      "9223372036854775808ms"sv,
                                      "106751991168d"sv,
                                      "1.5h"sv,
                                      "h"sv,
                                      "1 h"sv,
                                      "+1h"sv,
                                      "18446744073709551616ms"sv};

constexpr std::array kReserved = {"true"sv, "false"sv, "if"sv, "then"sv, "else"sv, "in"sv, "is"sv, "like"sv, "has"sv};

/// Code points of well-formed UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    auto point = static_cast<char32_t>(length == 1 ? lead : lead & (0xffU >> (length + 1)));
    for (std::size_t k = 1; k < length; ++k) point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    points.push_back(point);
    i += length;
  }
  return points;
}

std::string escaped(char32_t point) {
  std::array<char, 16> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "\\u{%x}", static_cast<unsigned>(point));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

/// `escape_more(position)` asks whether a character that needs no escape gets one.
template <class EscapeMore>
std::string quoted(std::string_view text, EscapeMore&& escape_more) {
  std::string result = "\"";
  std::size_t offset = 0;
  for (const char32_t point : code_points(text)) {
    const std::size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    switch (point) {
      case U'"': result += "\\\""; break;
      case U'\\': result += "\\\\"; break;
      case U'\n': result += "\\n"; break;
      case U'\t': result += "\\t"; break;
      case U'\r': result += "\\r"; break;
      case U'\0': result += "\\0"; break;
      default:
        if (escape_more()) {
          result += escaped(point);
        } else {
          result += text.substr(offset, length);
        }
    }
    offset += length;
  }
  return result + '"';
}

}  // namespace

std::string any_string(Choices& choices) { return std::string(choices.pick(kStrings)); }
std::string any_tag_key(Choices& choices) { return std::string(choices.pick(kTagKeys)); }

std::string any_entity_id(Choices& choices) {
  if (choices.chance(8)) return std::string(choices.pick(kOddIds));
  return "e" + std::to_string(choices.below(5));
}

std::string any_long(Choices& choices) { return std::string(choices.pick(kLongs)); }
std::string any_pattern(Choices& choices) { return std::string(choices.pick(kPatterns)); }

std::string any_extension_text(Choices& choices, Kind kind, bool faulty) {
  const auto from = [&](const auto& good, const auto& bad) {
    if (!faulty) return std::string(choices.pick(good));
    if (choices.chance(50)) return std::string(choices.pick(bad));
    // One character of a good text changed, doubled or taken out; it may still be good.
    constexpr std::string_view kCharacters = "0123456789.:/-+dhmsTZ af";
    std::string text(choices.pick(good));
    const std::size_t place = choices.below(text.size());
    switch (choices.below(3)) {
      case 0: text[place] = choices.pick(kCharacters); break;
      case 1: text.insert(place, 1, choices.pick(kCharacters)); break;
      default: text.erase(place, 1); break;
    }
    return text;
  };
  switch (kind) {
    case Kind::decimal: return from(kDecimals, kBadDecimals);
    case Kind::ip: return from(kIps, kBadIps);
    case Kind::datetime: return from(kDatetimes, kBadDatetimes);
    default: return from(kDurations, kBadDurations);
  }
}

std::string_view constructor_of(Kind kind) {
  switch (kind) {
    case Kind::decimal: return "decimal";
    case Kind::ip: return "ip";
    case Kind::datetime: return "datetime";
    default: return "duration";
  }
}

std::string cedar_string(Choices& choices, std::string_view text) {
  const bool playful = choices.chance(5);
  return quoted(text, [&] { return playful && choices.chance(50); });
}

std::string cedar_string(std::string_view text) {
  return quoted(text, [] { return false; });
}

std::string json_string(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

bool is_identifier(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char c : text) {
    if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
  }
  for (const std::string_view word : kReserved) {
    if (text == word) return false;
  }
  return text.find("__cedar") == std::string_view::npos;
}

}  // namespace quis::test
