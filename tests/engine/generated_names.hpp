#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/dice.hpp"

/// The small vocabulary that generated worlds, policies and requests share, so that what one mentions the others often
/// have.
namespace quis::test {

enum class Kind : std::uint8_t {
  boolean,
  integer,
  string,
  entity,
  long_set,
  string_set,
  entity_set,
  mixed_set,
  record,
  decimal,
  ip,
  datetime,
  duration
};
inline constexpr std::size_t kKinds = 13;

/// Every attribute and tag has a kind that its value mostly is of.
struct AttributeName {
  std::string_view name;
  Kind kind;
  bool needs_quotes = false;  ///< cannot stand after a dot
};

inline constexpr std::array<AttributeName, 20> kAttributes = {{
    {"flag", Kind::boolean},
    {"on", Kind::boolean},
    {"n", Kind::integer},
    {"m", Kind::integer},
    {"s", Kind::string},
    {"word", Kind::string},
    {"owner", Kind::entity},
    {"peer", Kind::entity},
    {"longs", Kind::long_set},
    {"words", Kind::string_set},
    {"members", Kind::entity_set},
    {"mixed", Kind::mixed_set},
    {"rec", Kind::record},
    {"dec", Kind::decimal},
    {"addr", Kind::ip},
    {"at", Kind::datetime},
    {"span", Kind::duration},
    {"if", Kind::boolean, true},
    {"weird key", Kind::integer, true},
    {"", Kind::string, true},
}};

struct Uid {
  std::string type;
  std::string id;

  [[nodiscard]] std::string text() const { return type + "::\"" + id + '"'; }
  [[nodiscard]] std::string json() const { return R"({"type": ")" + type + R"(", "id": ")" + id + "\"}"; }
};

inline constexpr std::array<std::string_view, 6> kEntityTypes = {"User", "Team", "Org", "Photo", "Album", "NS::Thing"};

/// An entity that policies, attributes and requests all know; it need not be in the store.
[[nodiscard]] inline Uid any_uid(Dice& dice) {
  return {std::string(dice.pick(kEntityTypes)), "e" + std::to_string(dice.below(5))};
}
[[nodiscard]] inline Uid any_group(Dice& dice) { return {"Team", "w" + std::to_string(dice.below(40))}; }
[[nodiscard]] inline Uid any_action(Dice& dice) {
  if (dice.chance(10)) return {"NS::Action", "a0"};
  return {"Action", (dice.chance(60) ? "a" : "g") + std::to_string(dice.below(4))};
}

inline constexpr std::array<std::string_view, 14> kLongs = {"0",
                                                            "1",
                                                            "2",
                                                            "3",
                                                            "7",
                                                            "-1",
                                                            "-2",
                                                            "100",
                                                            "42",
                                                            "9223372036854775807",
                                                            "-9223372036854775808",
                                                            "4611686018427387904",
                                                            "-9223372036854775807",
                                                            "3037000500"};
/// Texts that need no escapes in policies and JSON. Some read as extension values, most as none.
inline constexpr std::array<std::string_view, 14> kStrings = {
    "", "a", "abc", "a*b", "Zürich", "aXbXc", "10.0.0.1", "::1", "1.5", "2024-02-29", "1h30m", "n", "owner", "日本"};
inline constexpr std::array<std::string_view, 9> kPatterns = {"*",       "a*",  "*b", "a*b*c", "",
                                                              R"(a\*b)", "*ü*", "**", "abc"};
inline constexpr std::array<std::string_view, 9> kDecimals = {
    "0.0", "-0.0", "1.5", "1.50", "-2.25", "922337203685477.5807", "-922337203685477.5808", "1.00000", "nonsense"};
inline constexpr std::array<std::string_view, 12> kIps = {"10.0.0.1",  "10.0.0.0/8",  "10.0.0.1/32", "127.0.0.1",
                                                          "224.0.0.1", "224.0.0.0/3", "::1",         "ff00::1/8",
                                                          "fe80::/10", "0.0.0.0/0",   "1.2.3",       "::/0"};
inline constexpr std::array<std::string_view, 9> kDatetimes = {"1970-01-01",
                                                               "2024-02-29",
                                                               "2024-02-29T12:34:56Z",
                                                               "2024-02-29T12:34:56.789Z",
                                                               "1969-12-31T23:59:59.999Z",
                                                               "0000-01-01",
                                                               "9999-12-31T23:59:59+0100",
                                                               "2023-02-29",
                                                               "2024-01-01T00:00:00-1200"};
inline constexpr std::array<std::string_view, 10> kDurations = {
    "0ms", "1h30m", "-1d", "5ms", "1d2h3m4s5ms", "86400s", "9223372036854775807ms", "-9223372036854775808ms",
    "1x",  "-36h"};

}  // namespace quis::test
