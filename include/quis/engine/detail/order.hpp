#pragma once

#include <cstdint>

#include <quis/policy/ast.hpp>

namespace quis::detail {

/// <, <=, > and >= of two numbers.
[[nodiscard]] inline bool in_order(Op op, std::int64_t a, std::int64_t b) noexcept {
  switch (op) {
    case Op::less: return a < b;
    case Op::less_equal: return a <= b;
    case Op::greater: return a > b;
    default: return a >= b;
  }
}

}  // namespace quis::detail
