#pragma once

#include <string_view>

#include <quis/base/value.hpp>

namespace quis {

/// How a value of an extension type is written, as the help of an error about a text that is none. Empty for the other
/// kinds.
[[nodiscard]] constexpr std::string_view written_form_of(Value::Kind kind) noexcept {
  switch (kind) {
    case Value::Kind::decimal:
      return "write digits around a point, at most four behind it, within ±922337203685477.5807: `\"12.5\"`";
    case Value::Kind::ip: return "write an IPv4 or IPv6 address, perhaps with a prefix: `\"10.0.0.0/8\"`, `\"::1\"`";
    case Value::Kind::datetime:
      return "write a day that exists, or with a time and a zone: `\"2024-05-31\"`, `\"2024-05-31T08:30:00Z\"`";
    case Value::Kind::duration:
      return "write numbers with units, the longest first, within 64 bits of milliseconds: `\"1d2h3m4s5ms\"`";
    default: return {};
  }
}

}  // namespace quis
