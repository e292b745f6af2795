#include <quis/base/extension.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <string_view>

#include <quis/base/evaluation_error.hpp>

namespace quis {
namespace {

using Function = ExtensionFunction;
using Kind = Value::Kind;
using Outcome = tl::expected<Value, EvaluationError>;

constexpr std::size_t kFunctions = 22;

constexpr ExtensionSignature constructor(Function function, std::string_view name, Kind result) noexcept {
  return {function, name, true, 1, {Kind::string, Kind::string}, result};
}
constexpr ExtensionSignature method(Function function, std::string_view name, Kind receiver, Kind result) noexcept {
  return {function, name, false, 1, {receiver, receiver}, result};
}
constexpr ExtensionSignature method(Function function, std::string_view name, Kind receiver, Kind argument,
                                    Kind result) noexcept {
  return {function, name, false, 2, {receiver, argument}, result};
}

constexpr std::array<ExtensionSignature, kFunctions> kSignatures = {
    constructor(Function::decimal, "decimal", Kind::decimal),
    method(Function::less_than, "lessThan", Kind::decimal, Kind::decimal, Kind::boolean),
    method(Function::less_than_or_equal, "lessThanOrEqual", Kind::decimal, Kind::decimal, Kind::boolean),
    method(Function::greater_than, "greaterThan", Kind::decimal, Kind::decimal, Kind::boolean),
    method(Function::greater_than_or_equal, "greaterThanOrEqual", Kind::decimal, Kind::decimal, Kind::boolean),
    constructor(Function::ip, "ip", Kind::ip),
    method(Function::is_ipv4, "isIpv4", Kind::ip, Kind::boolean),
    method(Function::is_ipv6, "isIpv6", Kind::ip, Kind::boolean),
    method(Function::is_loopback, "isLoopback", Kind::ip, Kind::boolean),
    method(Function::is_multicast, "isMulticast", Kind::ip, Kind::boolean),
    method(Function::is_in_range, "isInRange", Kind::ip, Kind::ip, Kind::boolean),
    constructor(Function::datetime, "datetime", Kind::datetime),
    constructor(Function::duration, "duration", Kind::duration),
    method(Function::offset, "offset", Kind::datetime, Kind::duration, Kind::datetime),
    method(Function::duration_since, "durationSince", Kind::datetime, Kind::datetime, Kind::duration),
    method(Function::to_date, "toDate", Kind::datetime, Kind::datetime),
    method(Function::to_time, "toTime", Kind::datetime, Kind::duration),
    method(Function::to_milliseconds, "toMilliseconds", Kind::duration, Kind::integer),
    method(Function::to_seconds, "toSeconds", Kind::duration, Kind::integer),
    method(Function::to_minutes, "toMinutes", Kind::duration, Kind::integer),
    method(Function::to_hours, "toHours", Kind::duration, Kind::integer),
    method(Function::to_days, "toDays", Kind::duration, Kind::integer),
};

constexpr bool indexed_by_function() noexcept {
  for (std::size_t i = 0; i < kFunctions; ++i) {
    if (static_cast<std::size_t>(kSignatures[i].function) != i) return false;
  }
  return true;
}
static_assert(indexed_by_function());
static_assert(static_cast<std::size_t>(Function::to_days) + 1 == kFunctions);

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

/// Eight bytes as a number whose highest bits are those of the first.
std::uint64_t half_of(const std::uint8_t* bytes) noexcept {
  std::uint64_t half = 0;
  std::memcpy(&half, bytes, sizeof(half));
  return std::endian::native == std::endian::little ? __builtin_bswap64(half) : half;
}

/// True when the first `prefix` bits, at most 128, are the same.
bool same_network(const IpAddress& a, const IpAddress& b, unsigned prefix) noexcept {
  const std::uint64_t high = half_of(a.bytes) ^ half_of(b.bytes);
  if (prefix <= 64) return prefix == 0 || high >> (64 - prefix) == 0;
  return high == 0 && (half_of(a.bytes + 8) ^ half_of(b.bytes + 8)) >> (128 - prefix) == 0;
}

/// Every address of `inner` is one of `outer`. IPv4 and IPv6 are worlds apart, even for IPv6 that embeds IPv4.
bool contains(const IpAddress& outer, const IpAddress& inner) noexcept {
  return outer.is_v6 == inner.is_v6 && inner.prefix >= outer.prefix && same_network(outer, inner, outer.prefix);
}

constexpr IpAddress kLoopback4{{127}, 8, false};
constexpr IpAddress kLoopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, true};
constexpr IpAddress kMulticast4{{224}, 4, false};
constexpr IpAddress kMulticast6{{0xFF}, 8, true};

/// What is left of a datetime when the days are taken off, in [0, 1 day).
constexpr std::int64_t time_of_day(std::int64_t milliseconds) noexcept {
  const std::int64_t time = milliseconds % kDay;
  return time < 0 ? time + kDay : time;
}

Outcome construct(Function function, std::string_view text, ValueArena& arena) {
  if (function == Function::ip) {
    const auto address = parse_ip(text);
    if (!address) return tl::unexpected(EvaluationError::extension(function));
    return arena.ip(*address);
  }
  const auto number = function == Function::decimal    ? parse_decimal(text)
                      : function == Function::datetime ? parse_datetime(text)
                                                       : parse_duration(text);
  if (!number) return tl::unexpected(EvaluationError::extension(function));
  return function == Function::decimal    ? Value::decimal(*number)
         : function == Function::datetime ? Value::datetime(*number)
                                          : Value::duration(*number);
}

Outcome shift(Function function, std::int64_t a, std::int64_t b) noexcept {
  std::int64_t result = 0;
  const bool overflow =
      function == Function::offset ? __builtin_add_overflow(a, b, &result) : __builtin_sub_overflow(a, b, &result);
  if (overflow) return tl::unexpected(EvaluationError::extension(function));
  return function == Function::duration_since ? Value::duration(result) : Value::datetime(result);
}

}  // namespace

std::span<const ExtensionSignature> extension_signatures() noexcept { return kSignatures; }

const ExtensionSignature& signature_of(ExtensionFunction function) noexcept {
  return kSignatures[static_cast<std::size_t>(function)];
}

const ExtensionSignature* find_extension(std::string_view name) noexcept {
  const auto* found = std::find_if(kSignatures.begin(), kSignatures.end(),
                                   [&](const ExtensionSignature& signature) { return signature.name == name; });
  return found == kSignatures.end() ? nullptr : found;
}

std::optional<bool> call_predicate(ExtensionFunction function, const Value& receiver, const Value* argument) noexcept {
  const auto of_decimals = [&](const auto& compare) -> std::optional<bool> {
    if (!receiver.is(Kind::decimal) || !argument->is(Kind::decimal)) return std::nullopt;
    return compare(receiver.as_integer(), argument->as_integer());
  };
  const auto of_address = [&](const auto& test) -> std::optional<bool> {
    if (!receiver.is(Kind::ip)) return std::nullopt;
    return test(receiver.as_ip());
  };
  switch (function) {
    case Function::less_than: return of_decimals(std::less());
    case Function::less_than_or_equal: return of_decimals(std::less_equal());
    case Function::greater_than: return of_decimals(std::greater());
    case Function::greater_than_or_equal: return of_decimals(std::greater_equal());
    case Function::is_ipv4: return of_address([](const IpAddress& a) { return !a.is_v6; });
    case Function::is_ipv6: return of_address([](const IpAddress& a) { return a.is_v6; });
    case Function::is_loopback:
      return of_address([](const IpAddress& a) { return contains(kLoopback4, a) || contains(kLoopback6, a); });
    case Function::is_multicast:
      return of_address([](const IpAddress& a) { return contains(kMulticast4, a) || contains(kMulticast6, a); });
    case Function::is_in_range:
      if (!argument->is(Kind::ip)) return std::nullopt;
      return of_address([&](const IpAddress& a) { return contains(argument->as_ip(), a); });
    default: return std::nullopt;
  }
}

tl::expected<Value, EvaluationError> call_extension(ExtensionFunction function, std::span<const Value> arguments,
                                                    ValueArena& arena) {
  const ExtensionSignature& signature = signature_of(function);
  if (arguments.size() != signature.arity) return tl::unexpected(EvaluationError::arity(function));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].is(signature.arguments[i])) {
      return tl::unexpected(EvaluationError::mismatch(arguments[i].kind(), signature.arguments[i]));
    }
  }
  const Value& receiver = arguments.front();
  const Value& argument = arguments.back();
  switch (function) {
    case Function::decimal:
    case Function::ip:
    case Function::datetime:
    case Function::duration: return construct(function, receiver.as_string(), arena);

    case Function::less_than:
    case Function::less_than_or_equal:
    case Function::greater_than:
    case Function::greater_than_or_equal:
    case Function::is_ipv4:
    case Function::is_ipv6:
    case Function::is_loopback:
    case Function::is_multicast:
    case Function::is_in_range: return Value::boolean(*call_predicate(function, receiver, &argument));

    case Function::offset:
    case Function::duration_since: return shift(function, receiver.as_integer(), argument.as_integer());
    case Function::to_date: return shift(function, receiver.as_integer(), time_of_day(receiver.as_integer()));
    case Function::to_time: return Value::duration(time_of_day(receiver.as_integer()));

    case Function::to_milliseconds: return Value::integer(receiver.as_integer());
    case Function::to_seconds: return Value::integer(receiver.as_integer() / kSecond);
    case Function::to_minutes: return Value::integer(receiver.as_integer() / kMinute);
    case Function::to_hours: return Value::integer(receiver.as_integer() / kHour);
    case Function::to_days: return Value::integer(receiver.as_integer() / kDay);
  }
  return tl::unexpected(EvaluationError::extension(function));
}

}  // namespace quis
