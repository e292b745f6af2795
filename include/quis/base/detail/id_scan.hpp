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

/// The same for a line.
template <class AnyId>
[[nodiscard]] inline bool line_contains(const AnyId* line, AnyId id) noexcept {
  return ids_contain<kIdLine>(line, id);
}

}  // namespace quis::detail
