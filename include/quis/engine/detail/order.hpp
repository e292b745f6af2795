#pragma once

#include <cstdint>

#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>

namespace quis::detail {

/// The four operators that order numbers, as what becomes of `<`: bit 0 says that it is negated, bit 1 that its
/// operands change places.
enum class Comparison : std::uint8_t { less = 0, greater_equal = 1, greater = 2, less_equal = 3 };

[[nodiscard]] constexpr Comparison comparison_of(Op op) noexcept {
  switch (op) {
    case Op::less: return Comparison::less;
    case Op::less_equal: return Comparison::less_equal;
    case Op::greater: return Comparison::greater;
    default: return Comparison::greater_equal;
  }
}
[[nodiscard]] constexpr Op op_of(Comparison comparison) noexcept {
  switch (comparison) {
    case Comparison::less: return Op::less;
    case Comparison::less_equal: return Op::less_equal;
    case Comparison::greater: return Op::greater;
    default: return Op::greater_equal;
  }
}
/// With the operands exchanged.
[[nodiscard]] constexpr Comparison mirrored(Comparison comparison) noexcept {
  return static_cast<Comparison>(static_cast<unsigned>(comparison) ^ 2U);
}

/// <, <=, > and >= of two numbers. No branch: neither the operator nor the numbers can be guessed.
[[nodiscard]] constexpr bool in_order(Comparison comparison, std::int64_t a, std::int64_t b) noexcept {
  const auto code = static_cast<unsigned>(comparison);
  const std::int64_t left = (code & 2U) != 0 ? b : a;
  const std::int64_t right = (code & 2U) != 0 ? a : b;
  return ((code & 1U) ^ static_cast<unsigned>(left < right)) != 0;
}

/// The kinds of values that the four operators are defined for, where both sides are of one.
[[nodiscard]] constexpr bool is_ordered(Value::Kind kind) noexcept {
  constexpr auto bit = [](Value::Kind k) { return 1U << static_cast<unsigned>(k); };
  return ((bit(Value::Kind::integer) | bit(Value::Kind::datetime) | bit(Value::Kind::duration)) & bit(kind)) != 0;
}

/// +, - and * of two longs; false where there is no result.
[[nodiscard]] inline bool compute(Op op, std::int64_t left, std::int64_t right, std::int64_t& result) noexcept {
  switch (op) {
    case Op::add: return !__builtin_add_overflow(left, right, &result);
    case Op::subtract: return !__builtin_sub_overflow(left, right, &result);
    default: return !__builtin_mul_overflow(left, right, &result);
  }
}

}  // namespace quis::detail
