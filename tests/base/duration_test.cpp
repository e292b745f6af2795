#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include <quis/base/extension.hpp>

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("a duration is the sum of its parts in milliseconds") {
  const std::pair<std::string_view, std::int64_t> rows[] = {
      {"1d", 86'400'000},
      {"1h", 3'600'000},
      {"5m", 300'000},
      {"5s", 5'000},
      {"5ms", 5},
      {"5m5ms", 300'005},
      {"1d2h3m4s5ms", 93'784'005},
      {"-1d2h3m4s5ms", -93'784'005},
      {"0d", 0},
      {"-0ms", 0},
      {"36h", 129'600'000},
      {"00000000000000000000000000000007ms", 7},
      {"9223372036854775807ms", kHighest},
      {"-9223372036854775808ms", kLowest},
      {"106751991167d7h12m55s807ms", kHighest},
      {"-106751991167d7h12m55s808ms", kLowest},
  };
  for (const auto& [text, value] : rows) {
    CAPTURE(text);
    CHECK(quis::parse_duration(text) == value);
  }
}

TEST_CASE("what is not exactly a duration is refused") {
  for (const std::string_view text : {"",
                                      "-",
                                      "--1d",
                                      "+1d",
                                      "1",
                                      "d",
                                      "1d2",
                                      "1D",
                                      "1 d",
                                      " 1d",
                                      "1d ",
                                      "1d\n",
                                      "1d-2h",
                                      "1.5h",
                                      "1h1d",
                                      "1d1d",
                                      "5ms5m",
                                      "5s5m",
                                      "1mss",
                                      "1msm",
                                      "1w",
                                      "1us",
                                      "٣d",
                                      "1d,2h",
                                      "9223372036854775808ms",
                                      "-9223372036854775809ms",
                                      "18446744073709551615ms",
                                      "18446744073709551616ms",
                                      "-18446744073709551616ms",
                                      "106751991167d7h12m55s808ms",
                                      "-106751991167d7h12m55s809ms",
                                      "106751991168d",
                                      "9223372036854775807d",
                                      "213503982335d"}) {
    CAPTURE(text);
    CHECK_FALSE(quis::parse_duration(text).has_value());
  }
}

TEST_CASE("a duration's text names the units it has") {
  CHECK(quis::duration_text(0) == "0ms");
  CHECK(quis::duration_text(93'784'005) == "1d2h3m4s5ms");
  CHECK(quis::duration_text(-300'005) == "-5m5ms");
  CHECK(quis::duration_text(kLowest) == "-106751991167d7h12m55s808ms");
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{59'999}, kLowest, kHighest}) {
    CHECK(quis::parse_duration(quis::duration_text(value)) == value);
  }
}
