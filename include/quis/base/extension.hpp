#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <quis/base/value.hpp>

/// Cedar's extension types (decimal, ipaddr, datetime, duration): their text forms and their functions.
/// Source for every rule: docs.cedarpolicy.com, policies/syntax-datatypes and syntax-operators, checked against
/// Cedar 4.13.
namespace quis {

/// Text forms. Null when the text is not one. All take the bytes as they are: no trimming, ASCII only.

/// `-?digits.digits` with one to four digits after the point, from -922337203685477.5808 to 922337203685477.5807; in
/// ten-thousandths.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text) noexcept;
/// An address with an optional `/prefix`: IPv4 without leading zeros, IPv6 without embedded IPv4 or zone; at most 43
/// bytes.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text) noexcept;
/// `YYYY-MM-DD`, or that and `Thh:mm:ss`, optionally `.SSS`, then `Z` or `±hhmm`; in milliseconds since 1970.
[[nodiscard]] std::optional<std::int64_t> parse_datetime(std::string_view text) noexcept;
/// `-?(Nd)?(Nh)?(Nm)?(Ns)?(Nms)?`, at least one part; in milliseconds.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text) noexcept;

/// Texts that the functions above read back to the same value, with one exception: a datetime more than a day outside
/// the years 0000 to 9999, which only `offset` can make, has no text in Cedar. `datetime_text` writes its year with a
/// sign.
[[nodiscard]] std::string decimal_text(std::int64_t ten_thousandths);
[[nodiscard]] std::string ip_text(const IpAddress& address);
[[nodiscard]] std::string datetime_text(std::int64_t milliseconds);
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

/// Every function and method of Cedar's extensions.
enum class ExtensionFunction : std::uint8_t {
  decimal,
  less_than,
  less_than_or_equal,
  greater_than,
  greater_than_or_equal,
  ip,
  is_ipv4,
  is_ipv6,
  is_loopback,
  is_multicast,
  is_in_range,
  datetime,
  duration,
  offset,
  duration_since,
  to_date,
  to_time,
  to_milliseconds,
  to_seconds,
  to_minutes,
  to_hours,
  to_days,
};

/// How one is called. A `constructor` is a function of one string, `ip("…")`; the others are methods, `a.isInRange(b)`,
/// whose receiver counts as the first argument.
struct ExtensionSignature {
  ExtensionFunction function;
  std::string_view name;  ///< as in policy text, e.g. `isInRange`
  bool is_constructor;
  std::uint8_t arity;  ///< the receiver included
  Value::Kind arguments[2];
  Value::Kind result;
};

/// All signatures, indexed by `ExtensionFunction`.
[[nodiscard]] std::span<const ExtensionSignature> extension_signatures() noexcept;
[[nodiscard]] const ExtensionSignature& signature_of(ExtensionFunction function) noexcept;
/// What a method says that says yes or no (`isInRange`, `lessThan`, …), or null where one of the values is of another
/// kind than its signature has. `argument` is looked at where it takes one. For any other function null.
[[nodiscard]] std::optional<bool> call_predicate(ExtensionFunction function, const Value& receiver,
                                                 const Value* argument) noexcept;
/// Null when there is no function or method of that name. Names are case-sensitive.
[[nodiscard]] const ExtensionSignature* find_extension(std::string_view name) noexcept;

}  // namespace quis
