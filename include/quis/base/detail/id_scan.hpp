#pragma once

#include <cstdint>
#include <cstring>

namespace quis::detail {

/// Whether `id` is among the first `size` of `ids`; for short lists. Four at a time, and with nothing to guess: how far
/// a scan gets before it finds is what no branch predictor can learn.
template <class AnyId>
[[nodiscard]] inline bool contains_id(const AnyId* ids, std::uint32_t size, AnyId id) noexcept {
  constexpr std::uint32_t kStep = 4;
  if (size < kStep) {
    bool found = false;
    for (std::uint32_t at = 0; at < size; ++at) found |= ids[at] == id;
    return found;
  }
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  static_assert(sizeof(AnyId) * kStep == sizeof(Ids));
  const Ids wanted = {id.value, id.value, id.value, id.value};
  const auto equal = [&](std::uint32_t at) -> Equal {
    Ids four;
    std::memcpy(&four, ids + at, sizeof(four));
    return four == wanted;
  };
  Equal found = equal(size - kStep);  // the last four, some of which the loop may see again
  for (std::uint32_t at = 0; at + kStep < size; at += kStep) found |= equal(at);
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof(found));
  return (halves[0] | halves[1]) != 0;
}

}  // namespace quis::detail
