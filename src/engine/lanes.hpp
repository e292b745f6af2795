#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "engine/plan.hpp"

/// Sixty-four things side by side, and what is so of which of them: bit `i` of a word is about thing `i`.
namespace quis {

using Lanes = std::uint64_t;
inline constexpr std::size_t kLanes = 64;

/// The lanes of `among` of which `holds` is true.
template <class Holds>
[[nodiscard]] inline Lanes lanes_where(Lanes among, const Holds& holds) {
  Lanes found = 0;
  if (among == ~Lanes{0}) {  // nothing to guess
    for (std::size_t lane = 0; lane < kLanes; ++lane) found |= Lanes{holds(lane)} << lane;
  } else {
    for_each_bit(among, [&](std::size_t lane) { found |= Lanes{holds(lane)} << lane; });
  }
  return found;
}

/// Those whose code is `wanted`. `codes` has one for each lane.
[[nodiscard]] inline Lanes lanes_equal(const std::uint32_t* codes, std::uint32_t wanted) noexcept {
  Lanes found = 0;
#if defined(__SSE2__)
  const __m128i all = _mm_set1_epi32(static_cast<int>(wanted));
  const auto four = [&](std::size_t at) {
    return _mm_cmpeq_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes + at)), all);
  };
  for (std::size_t at = 0; at < kLanes; at += 16) {
    const __m128i bytes = _mm_packs_epi16(_mm_packs_epi32(four(at), four(at + 4)),  //
                                          _mm_packs_epi32(four(at + 8), four(at + 12)));
    found |= Lanes{static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))} << at;
  }
#else
  for (std::size_t lane = 0; lane < kLanes; ++lane) found |= Lanes{codes[lane] == wanted} << lane;
#endif
  return found;
}

/// Those whose code has its top bit set.
[[nodiscard]] inline Lanes lanes_with_top_bit(const std::uint32_t* codes) noexcept {
  Lanes found = 0;
#if defined(__SSE2__)
  for (std::size_t at = 0; at < kLanes; at += 4) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes + at));
    found |= Lanes{static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(four)))} << at;
  }
#else
  for (std::size_t lane = 0; lane < kLanes; ++lane) found |= Lanes{codes[lane] >> 31U} << lane;
#endif
  return found;
}

/// The lanes of `among` whose code `holds`, and perhaps others.
template <class Holds>
[[nodiscard]] inline Lanes lanes_of_codes(const std::uint32_t* codes, Lanes among, const Holds& holds) {
  constexpr int kFew = 12;
  const auto of_lane = [&](std::size_t lane) { return holds(codes[lane]); };
  return lanes_where(std::popcount(among) <= kFew ? among : ~Lanes{0}, of_lane);
}

}  // namespace quis
