#pragma once

namespace quis::detail {

/// Sends for the cache line of `place`, which need not be memory at all.
///
/// The empty statement is for GCC: it takes a function that only prefetches for one that does nothing, and drops the
/// calls.
inline void prefetch(const void* place) noexcept {
  __builtin_prefetch(place);
  asm volatile("" : : "r"(place));
}

}  // namespace quis::detail
