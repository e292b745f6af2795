#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/thread_sanitizer.hpp"

namespace quis {

/// A cache line of an index: eight hashes and eight ids, slot by slot; slots fill from the first to the last.
///
/// A slot is free while its id is 0, and holds id + 1 then. The id is written before the hash, and what a reader finds
/// beside a hash may be any id that was ever stored there, or none: it must look at the name.
class alignas(64) InternLine {
 public:
  static constexpr std::uint32_t kSlots = 8;

  /// A bit for each slot that has this hash. Which one it is, if any, is what no branch predictor can learn.
  [[nodiscard]] std::uint32_t same(std::uint32_t hash) const noexcept { return equal(hashes_, hash); }

  /// The largest number when the slot is free.
  [[nodiscard]] std::uint32_t id(std::uint32_t slot) const noexcept {
    return ids_[slot].load(std::memory_order_acquire) - 1;
  }
  [[nodiscard]] bool full() const noexcept { return ids_.back().load(std::memory_order_acquire) != 0; }

  /// False when there is no room. For the writer, as the rest.
  [[nodiscard]] bool place(std::uint32_t hash, std::uint32_t id) noexcept {
    const std::uint32_t free = equal(ids_, 0);
    if (free == 0) return false;
    const auto slot = static_cast<std::size_t>(std::countr_zero(free));
    ids_[slot].store(id + 1, std::memory_order_release);
    hashes_[slot].store(hash, std::memory_order_release);
    return true;
  }
  void clear() noexcept {
    for (auto& hash : hashes_) hash.store(0, std::memory_order_release);
    for (auto& id : ids_) id.store(0, std::memory_order_release);
  }
  /// Calls `visit(hash, id)` for each slot that is not free.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      if (const std::uint32_t held = ids_[slot].load(std::memory_order_relaxed); held != 0) {
        visit(hashes_[slot].load(std::memory_order_relaxed), held - 1);
      }
    }
  }

 private:
  using Words = std::array<std::atomic<std::uint32_t>, kSlots>;

  [[nodiscard]] static std::uint32_t equal(const Words& words, std::uint32_t to) noexcept {
#if defined(__SSE2__) && !defined(QUIS_THREAD_SANITIZER)
    // Four loads in one. The processor makes each of them whole, and in the order of the program.
    const auto* const at = reinterpret_cast<const __m128i*>(words.data());
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(to));
    const __m128i first = _mm_cmpeq_epi32(_mm_load_si128(at), wanted);
    const __m128i last = _mm_cmpeq_epi32(_mm_load_si128(at + 1), wanted);
    std::atomic_signal_fence(std::memory_order_acquire);
    const __m128i both = _mm_packs_epi16(_mm_packs_epi32(first, last), _mm_setzero_si128());
    return static_cast<std::uint32_t>(_mm_movemask_epi8(both));
#else
    std::uint32_t found = 0;
    for (std::uint32_t i = 0; i < kSlots; ++i) {
      found |= std::uint32_t{words[i].load(std::memory_order_acquire) == to} << i;
    }
    return found;
#endif
  }

  Words hashes_ = {};
  Words ids_ = {};
};
static_assert(sizeof(InternLine) == 64);

}  // namespace quis
