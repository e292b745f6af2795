#pragma once

#include <array>
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
#pragma GCC unroll 4
    for (std::size_t lane = 0; lane < kLanes; ++lane) found |= Lanes{holds(lane)} << lane;
  } else {
    for_each_bit(among, [&](std::size_t lane) { found |= Lanes{holds(lane)} << lane; });
  }
  return found;
}

#if defined(__SSE2__)

namespace detail {

/// The lanes whose 32 bits are set, as `lanes(at)` has them for the four from `at` on: all of them or none.
template <class Four>
[[nodiscard]] inline Lanes lanes_set(const Four& lanes) noexcept {
  Lanes found = 0;
  for (std::size_t at = 0; at < kLanes; at += 16) {
    const __m128i bytes =
        _mm_packs_epi16(_mm_packs_epi32(lanes(at), lanes(at + 4)), _mm_packs_epi32(lanes(at + 8), lanes(at + 12)));
    found |= Lanes{static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))} << at;
  }
  return found;
}
[[nodiscard]] inline __m128i four_at(const std::uint32_t* codes) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
}

}  // namespace detail

/// Those whose code is `wanted`. `codes` has one for each lane, as in what follows.
[[nodiscard]] inline Lanes lanes_equal(const std::uint32_t* codes, std::uint32_t wanted) noexcept {
  const __m128i four = _mm_set1_epi32(static_cast<int>(wanted));
  return detail::lanes_set([&](std::size_t at) { return _mm_cmpeq_epi32(detail::four_at(codes + at), four); });
}

/// Those whose code is less than `bound`.
[[nodiscard]] inline Lanes lanes_below(const std::uint32_t* codes, std::uint32_t bound) noexcept {
  const __m128i middle = _mm_set1_epi32(static_cast<int>(0x8000'0000U));  // there are instructions for signed ones only
  const __m128i four = _mm_xor_si128(_mm_set1_epi32(static_cast<int>(bound)), middle);
  return detail::lanes_set(
      [&](std::size_t at) { return _mm_cmplt_epi32(_mm_xor_si128(detail::four_at(codes + at), middle), four); });
}

/// Those whose code has its top bit set.
[[nodiscard]] inline Lanes lanes_with_top_bit(const std::uint32_t* codes) noexcept {
  return detail::lanes_set([&](std::size_t at) { return detail::four_at(codes + at); });
}

/// Those whose byte is 0xff, where all are that or 0.
[[nodiscard]] inline Lanes lanes_set(const std::array<std::uint8_t, kLanes>& bytes) noexcept {
  Lanes found = 0;
  for (std::size_t at = 0; at < kLanes; at += 16) {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
    found |= Lanes{static_cast<std::uint32_t>(_mm_movemask_epi8(sixteen))} << at;
  }
  return found;
}

#else

[[nodiscard]] inline Lanes lanes_equal(const std::uint32_t* codes, std::uint32_t wanted) noexcept {
  return lanes_where(~Lanes{0}, [&](std::size_t lane) { return codes[lane] == wanted; });
}
[[nodiscard]] inline Lanes lanes_below(const std::uint32_t* codes, std::uint32_t bound) noexcept {
  return lanes_where(~Lanes{0}, [&](std::size_t lane) { return codes[lane] < bound; });
}
[[nodiscard]] inline Lanes lanes_with_top_bit(const std::uint32_t* codes) noexcept {
  return lanes_where(~Lanes{0}, [&](std::size_t lane) { return codes[lane] >> 31U != 0; });
}
[[nodiscard]] inline Lanes lanes_set(const std::array<std::uint8_t, kLanes>& bytes) noexcept {
  return lanes_where(~Lanes{0}, [&](std::size_t lane) { return bytes[lane] != 0; });
}

#endif

}  // namespace quis
