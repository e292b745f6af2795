#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include <quis/base/extension.hpp>

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("a decimal is its value in ten-thousandths") {
  const std::pair<std::string_view, std::int64_t> rows[] = {
      {"0.0", 0},
      {"-0.0", 0},
      {"1.0", 10'000},
      {"1.5", 15'000},
      {"-1.5", -15'000},
      {"-0.0001", -1},
      {"0.1234", 1'234},
      {"12.34", 123'400},
      {"007.0700", 70'700},
      {"00000000000000000000000000000000001.0", 10'000},
      {"922337203685477.5807", kHighest},
      {"-922337203685477.5807", -kHighest},
      {"-922337203685477.5808", kLowest},
  };
  for (const auto& [text, value] : rows) {
    CAPTURE(text);
    CHECK(quis::parse_decimal(text) == value);
  }
}

TEST_CASE("what is not exactly a decimal is refused") {
  for (const std::string_view text : {"",
                                      "-",
                                      ".",
                                      "1",
                                      "1.",
                                      ".5",
                                      "-.5",
                                      "1.00000",
                                      "0.12345",
                                      "+1.0",
                                      "--1.0",
                                      "-+1.0",
                                      " 1.0",
                                      "1.0 ",
                                      "1.0\n",
                                      "1 .0",
                                      "1.-5",
                                      "1.0.0",
                                      "1,0",
                                      "1.0e3",
                                      "0x1.0",
                                      "1_0.0",
                                      "NaN",
                                      "inf",
                                      "٣.٤",
                                      "１.0",
                                      "922337203685477.5808",
                                      "-922337203685477.5809",
                                      "922337203685478.0",
                                      "-922337203685478.0",
                                      "99999999999999999999999999.0"}) {
    CAPTURE(text);
    CHECK_FALSE(quis::parse_decimal(text).has_value());
  }
  using namespace std::string_view_literals;
  CHECK_FALSE(quis::parse_decimal("1.0\0"sv).has_value());
}

TEST_CASE("a decimal's text is as short as reading it back allows") {
  CHECK(quis::decimal_text(0) == "0.0");
  CHECK(quis::decimal_text(-1) == "-0.0001");
  CHECK(quis::decimal_text(15'000) == "1.5");
  CHECK(quis::decimal_text(-123'400) == "-12.34");
  CHECK(quis::decimal_text(100'000) == "10.0");
  CHECK(quis::decimal_text(kLowest) == "-922337203685477.5808");
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{9}, std::int64_t{-10'010}, kLowest, kHighest}) {
    CHECK(quis::parse_decimal(quis::decimal_text(value)) == value);
  }
}
