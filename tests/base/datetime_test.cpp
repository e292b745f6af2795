#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include <quis/base/extension.hpp>

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kYear0 = -62'167'219'200'000;      // 0000-01-01T00:00:00Z
constexpr std::int64_t kYear10000 = 253'402'300'800'000;  // 10000-01-01T00:00:00Z
constexpr std::int64_t kWidestOffset = (23 * 60 + 59) * kMinute;

}  // namespace

TEST_CASE("a datetime is its distance from 1970 in milliseconds") {
  const std::pair<std::string_view, std::int64_t> rows[] = {
      {"1970-01-01", 0},
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.001Z", 1},
      {"1969-12-31T23:59:59.999Z", -1},
      {"2024-10-15", 1'728'950'400'000},
      {"2024-10-15T11:35:00Z", 1'728'992'100'000},
      {"2024-10-15T11:35:00.123+0100", 1'728'988'500'123},
      {"2024-10-15T11:35:00-0100", 1'728'995'700'000},
      {"2024-10-15T11:35:00+0000", 1'728'992'100'000},
      {"2024-10-15T11:35:00-0000", 1'728'992'100'000},
      {"2000-02-29", 951'782'400'000},
      {"2024-02-29", 1'709'164'800'000},
      {"0000-01-01", kYear0},
      {"0000-02-29", kYear0 + 59 * kDay},
      {"9999-12-31T23:59:59.999Z", kYear10000 - 1},
      {"0000-01-01T00:00:00+2359", kYear0 - kWidestOffset},
      {"9999-12-31T23:59:59.999-2359", kYear10000 - 1 + kWidestOffset},
  };
  for (const auto& [text, value] : rows) {
    CAPTURE(text);
    CHECK(quis::parse_datetime(text) == value);
  }
}

TEST_CASE("what is not exactly a datetime is refused") {
  for (const std::string_view text : {"",
                                      "2024",
                                      "2024-10",
                                      "2024-10-1",
                                      "24-10-15",
                                      "12024-10-15",
                                      "-2024-10-15",
                                      "+2024-10-15",
                                      "2024/10/15",
                                      " 2024-10-15",
                                      "2024-10-15 ",
                                      "2024-10-15\n",
                                      "2024-10-15Z",
                                      "2024-10-15T",
                                      "2024-10-15T11",
                                      "2024-10-15T11:35",
                                      "2024-10-15T11:35Z",
                                      "2024-10-15T11:35:00",
                                      "2024-10-15t11:35:00Z",
                                      "2024-10-15 11:35:00Z",
                                      "2024-10-15T11:35:00z",
                                      "2024-10-15T11:35:00.Z",
                                      "2024-10-15T11:35:00.1Z",
                                      "2024-10-15T11:35:00.12Z",
                                      "2024-10-15T11:35:00.1234Z",
                                      "2024-10-15T11:35:00.123",
                                      "2024-10-15T11:35:00,123Z",
                                      "2024-10-15T11:35:00+01",
                                      "2024-10-15T11:35:00+01:00",
                                      "2024-10-15T11:35:00+010",
                                      "2024-10-15T11:35:00+01000",
                                      "2024-10-15T11:35:00Z+0100",
                                      "2024-10-15T11:35:00ZZ",
                                      "2024-10-15T11:35:00Z\n",
                                      "2024-10-15T11:35:00+2400",
                                      "2024-10-15T11:35:00+0060",
                                      "2024-10-15T11:35:00-2360",
                                      "2024-10-15T24:00:00Z",
                                      "2024-10-15T11:60:00Z",
                                      "2024-10-15T11:35:60Z",
                                      "2016-12-31T23:59:60Z",
                                      "2024-00-15",
                                      "2024-13-15",
                                      "2024-10-00",
                                      "2024-10-32",
                                      "2024-04-31",
                                      "2023-02-29",
                                      "1900-02-29",
                                      "2100-02-29",
                                      "2024-02-30",
                                      "２024-10-15",
                                      "2024-10-15T1١:35:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(quis::parse_datetime(text).has_value());
  }
}

TEST_CASE("a datetime's text is in UTC") {
  CHECK(quis::datetime_text(0) == "1970-01-01T00:00:00Z");
  CHECK(quis::datetime_text(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(quis::datetime_text(1'728'988'500'123) == "2024-10-15T10:35:00.123Z");
  CHECK(quis::datetime_text(kYear0) == "0000-01-01T00:00:00Z");
  CHECK(quis::datetime_text(kYear10000 - 1) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("every value that a datetime's text can name is read back from its text") {
  const std::int64_t first = kYear0 - kWidestOffset;
  const std::int64_t last = kYear10000 - 1 + kWidestOffset;
  for (const std::int64_t value : {first, first + 1, kYear0 - 1, kYear0, kYear10000 - 1, kYear10000, last - 1, last}) {
    CAPTURE(value);
    CHECK(quis::parse_datetime(quis::datetime_text(value)) == value);
  }
  // Every day of the calendar, at a time of day that wanders.
  for (std::int64_t value = kYear0; value < kYear10000; value += kDay + 1'237) {
    if (quis::parse_datetime(quis::datetime_text(value)) != value) FAIL("lost ", value);
  }
}

TEST_CASE("a datetime that no text can name has a text that is refused, not one that means something else") {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  CHECK(quis::datetime_text(kHighest) == "+292278994-08-17T07:12:55.807Z");
  CHECK(quis::datetime_text(kLowest) == "-292275055-05-16T16:47:04.192Z");
  for (const std::int64_t value : {kLowest, kYear0 - kWidestOffset - 1, kYear10000 + kWidestOffset, kHighest}) {
    CHECK_FALSE(quis::parse_datetime(quis::datetime_text(value)).has_value());
  }
}
