#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quis::detail {

/// As many ids as a cache line holds.
inline constexpr std::size_t kIdLine = 16;

/// Whether `id` is in the line. There is nothing to guess: how far a scan gets before it finds is what no branch
/// predictor can learn.
template <class AnyId>
[[nodiscard]] inline bool line_contains(const AnyId* line, AnyId id) noexcept {
  constexpr std::size_t kStep = 4;
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  static_assert(sizeof(AnyId) * kStep == sizeof(Ids));
  const Ids wanted = {id.value, id.value, id.value, id.value};
  Equal found = {};
  for (std::size_t at = 0; at < kIdLine; at += kStep) {
    Ids four;
    std::memcpy(&four, line + at, sizeof(four));
    found |= four == wanted;
  }
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof(found));
  return (halves[0] | halves[1]) != 0;
}

}  // namespace quis::detail
