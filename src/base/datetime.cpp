// Datetimes: text with a real calendar on one side, milliseconds since 1970 on the other.
//
// Text covers the years 0000 to 9999, and an offset from UTC may push a value up to a day beyond either end. Values
// made by `offset(…)` reach far further, to the ends of int64, and no text of Cedar's names those: `datetime_text`
// gives them a signed year of as many digits as it takes, which is for people only.
#include <quis/base/extension.hpp>

#include <base/digits.hpp>

namespace quis {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

struct Date {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
};

constexpr bool is_leap(std::int64_t year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) noexcept {
  constexpr std::int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept { return a / b - (a % b < 0 ? 1 : 0); }

// Both directions count in years that begin in March, so that the leap day comes last, and in eras of 400 years, after
// which the calendar repeats (Howard Hinnant, "chrono-compatible low-level date algorithms").
constexpr std::int64_t kDaysOfEra = 146'097;
constexpr std::int64_t kEpochDay = 719'468;  // 1970-01-01, counted from 0000-03-01

constexpr std::int64_t days_since_epoch(const Date& date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
  return era * kDaysOfEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kEpochDay;
}

constexpr Date date_of(std::int64_t days) noexcept {
  days += kEpochDay;
  const std::int64_t era = floor_divide(days, kDaysOfEra);
  const std::int64_t day_of_era = days - era * kDaysOfEra;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

constexpr std::int64_t kFirst = days_since_epoch({0, 1, 1}) * kDay;          // 0000-01-01T00:00:00Z
constexpr std::int64_t kLast = days_since_epoch({10'000, 1, 1}) * kDay - 1;  // 9999-12-31T23:59:59.999Z
constexpr std::int64_t kWidestOffset = 23 * kHour + 59 * kMinute;

bool take_date(std::string_view& rest, std::int64_t& days) noexcept {
  Date date;
  if (!digits::take_fixed(rest, 4, date.year) || !digits::take(rest, '-') || !digits::take_fixed(rest, 2, date.month) ||
      !digits::take(rest, '-') || !digits::take_fixed(rest, 2, date.day)) {
    return false;
  }
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > days_in_month(date.year, date.month))
    return false;
  days = days_since_epoch(date);
  return true;
}

bool take_time(std::string_view& rest, std::int64_t& milliseconds) noexcept {
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t fraction = 0;
  if (!digits::take(rest, 'T') || !digits::take_fixed(rest, 2, hour) || !digits::take(rest, ':') ||
      !digits::take_fixed(rest, 2, minute) || !digits::take(rest, ':') || !digits::take_fixed(rest, 2, second)) {
    return false;
  }
  if (digits::take(rest, '.') && !digits::take_fixed(rest, 3, fraction)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  milliseconds = hour * kHour + minute * kMinute + second * 1000 + fraction;
  return true;
}

/// `Z` or `±hhmm`: what local time is ahead of UTC.
bool take_zone(std::string_view& rest, std::int64_t& ahead) noexcept {
  if (digits::take(rest, 'Z')) {
    ahead = 0;
    return true;
  }
  const bool behind = digits::take(rest, '-');
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if ((!behind && !digits::take(rest, '+')) || !digits::take_fixed(rest, 2, hours) ||
      !digits::take_fixed(rest, 2, minutes)) {
    return false;
  }
  if (hours > 23 || minutes > 59) return false;
  ahead = (hours * kHour + minutes * kMinute) * (behind ? -1 : 1);
  return true;
}

/// Local date and time without a zone.
std::string local_text(std::int64_t milliseconds) {
  const std::int64_t days = floor_divide(milliseconds, kDay);
  const Date date = date_of(days);
  const auto time = static_cast<std::uint64_t>(milliseconds % kDay + (milliseconds % kDay < 0 ? kDay : 0));
  std::string text;
  if (date.year < 0 || date.year > 9999) text += date.year < 0 ? '-' : '+';
  digits::append_padded(text, digits::magnitude(date.year), 4);
  text += '-';
  digits::append_padded(text, static_cast<std::uint64_t>(date.month), 2);
  text += '-';
  digits::append_padded(text, static_cast<std::uint64_t>(date.day), 2);
  text += 'T';
  digits::append_padded(text, time / static_cast<std::uint64_t>(kHour), 2);
  text += ':';
  digits::append_padded(text, time / static_cast<std::uint64_t>(kMinute) % 60, 2);
  text += ':';
  digits::append_padded(text, time / 1000 % 60, 2);
  if (time % 1000 != 0) {
    text += '.';
    digits::append_padded(text, time % 1000, 3);
  }
  return text;
}

}  // namespace

std::optional<std::int64_t> parse_datetime(std::string_view text) noexcept {
  std::int64_t days = 0;
  if (!take_date(text, days)) return std::nullopt;
  if (text.empty()) return days * kDay;
  std::int64_t time = 0;
  std::int64_t ahead = 0;
  if (!take_time(text, time) || !take_zone(text, ahead) || !text.empty()) return std::nullopt;
  return days * kDay + time - ahead;
}

std::string datetime_text(std::int64_t milliseconds) {
  if (milliseconds < kFirst && milliseconds >= kFirst - kWidestOffset)
    return local_text(milliseconds + kWidestOffset) + "+2359";
  if (milliseconds > kLast && milliseconds <= kLast + kWidestOffset)
    return local_text(milliseconds - kWidestOffset) + "-2359";
  return local_text(milliseconds) + "Z";
}

}  // namespace quis
