#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quis::detail {

/// As many ids as a cache line holds.
inline constexpr std::size_t kIdLine = 16;

/// Whether `id` is among so many, a multiple of four, aligned to sixteen bytes. There is nothing to guess: how far a
/// scan gets before it finds is what no branch predictor can learn.
template <std::size_t kCount, class AnyId>
[[nodiscard]] inline bool ids_contain(const AnyId* ids, AnyId id) noexcept {
  constexpr std::size_t kStep = 4;
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  static_assert(sizeof(AnyId) * kStep == sizeof(Ids) && kCount % kStep == 0);
  const Ids wanted = {id.value, id.value, id.value, id.value};
  Equal found = {};
  for (std::size_t at = 0; at < kCount; at += kStep) {
    Ids four;
    std::memcpy(&four, __builtin_assume_aligned(ids + at, sizeof(four)), sizeof(four));
    found |= four == wanted;
  }
#ifdef __SSE2__
  using Bytes [[gnu::vector_size(16)]] = char;
  Bytes bytes;
  std::memcpy(&bytes, &found, sizeof(found));
  return __builtin_ia32_pmovmskb128(bytes) != 0;
#else
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof(found));
  return (halves[0] | halves[1]) != 0;
#endif
}

/// Which of four equals `id`, as four bits. `ids` are aligned to sixteen bytes.
template <class AnyId>
[[nodiscard]] inline unsigned lanes_equal(const AnyId* ids, AnyId id) noexcept {
#ifdef __SSE2__
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Floats [[gnu::vector_size(16)]] = float;
  static_assert(sizeof(AnyId) * 4 == sizeof(Ids));
  Ids four;
  std::memcpy(&four, __builtin_assume_aligned(ids, sizeof(four)), sizeof(four));
  const auto equal = four == Ids{id.value, id.value, id.value, id.value};
  Floats lanes;  // only their signs are read
  std::memcpy(&lanes, &equal, sizeof(lanes));
  return static_cast<unsigned>(__builtin_ia32_movmskps(lanes));
#else
  unsigned lanes = 0;
  for (unsigned lane = 0; lane < 4; ++lane) lanes |= unsigned{ids[lane] == id} << lane;
  return lanes;
#endif
}

/// The same as `ids_contain` for a line.
template <class AnyId>
[[nodiscard]] inline bool line_contains(const AnyId* line, AnyId id) noexcept {
  return ids_contain<kIdLine>(line, id);
}

}  // namespace quis::detail
