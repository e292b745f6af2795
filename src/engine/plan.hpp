#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <quis/engine/detail/native_plan.hpp>

namespace quis {

/// Calls `visit` with the place of each bit, from the lowest on.
template <class Visit>
void for_each_bit(std::uint64_t bits, Visit&& visit) {
  for (; bits != 0; bits &= bits - 1) visit(static_cast<std::size_t>(std::countr_zero(bits)));
}

/// Policies that run as one: what every request for an action meets, up to sixty-four of them, in one run of code that
/// gives their outcomes as bits. The first policy of the list is bit 0.
///
/// Most decisions are one plan and nothing else, and then the answer is a few operations on two words.
///
/// A plan knows nothing of errors. When a policy errs, the list is decided once more, policy by policy.
struct Plan {
  static constexpr std::uint32_t kNone = 0xffff'ffffU;
  static constexpr std::size_t kMost = 64;

  std::uint32_t code = kNone;                ///< where its first instruction is in the program
  detail::Handler first = 0;                 ///< that one's
  std::uint64_t permits = 0;                 ///< which of the policies permit
  std::uint64_t forbids = 0;                 ///< which forbid, and are not lifted by anything
  detail::NativeFunction* native = nullptr;  ///< the same code, compiled ahead of time

  [[nodiscard]] bool exists() const noexcept { return code != kNone; }
};

}  // namespace quis
