#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quis::detail {

/// Ids are scanned this many at a time.
inline constexpr std::size_t kIdStep = 4;

/// Whether `id` is among the first `size` of `ids`, and of those behind them up to a whole number of steps: what is
/// there must be readable. Nothing to guess but the number of steps: how far a scan gets before it finds is what no
/// branch predictor can learn.
template <class AnyId>
[[nodiscard]] inline bool contains_id(const AnyId* ids, std::size_t size, AnyId id) noexcept {
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  static_assert(sizeof(AnyId) * kIdStep == sizeof(Ids));
  const Ids wanted = {id.value, id.value, id.value, id.value};
  Equal found = {};
  for (std::size_t at = 0; at < size; at += kIdStep) {
    Ids four;
    std::memcpy(&four, ids + at, sizeof(four));
    found |= four == wanted;
  }
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof(found));
  return (halves[0] | halves[1]) != 0;
}

}  // namespace quis::detail
