#include <quis/policy/detail/id_index.hpp>

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace quis::detail {

std::uint32_t IdIndex::hash_of(std::string_view id) noexcept { return static_cast<std::uint32_t>(hash_bytes(id)); }

void IdIndex::reserve_one() {
  constexpr std::size_t kSmallest = 8;
  if ((count_ + 1) * 4 <= slots_.size() * 3) return;
  std::vector<Slot> old(std::max(kSmallest, slots_.size() * 2));
  std::swap(old, slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.place != kNone) put(slot);
  }
}

void IdIndex::put(Slot slot) noexcept {
  std::size_t i = slot.hash & mask_;
  while (slots_[i].place != kNone) i = (i + 1) & mask_;
  slots_[i] = slot;
}

void IdIndex::insert(std::string_view id, std::uint32_t place) noexcept {
  put({hash_of(id), place});
  ++count_;
}

std::size_t IdIndex::slot_of(std::string_view id, std::uint32_t place) const noexcept {
  std::size_t i = hash_of(id) & mask_;
  while (slots_[i].place != place) i = (i + 1) & mask_;
  return i;
}

// Entries behind the gap move up while that brings them nearer to their home, so no gap ever stands between an entry
// and its home and a search may end at the first one.
void IdIndex::erase(std::string_view id, std::uint32_t place) noexcept {
  std::size_t gap = slot_of(id, place);
  for (std::size_t i = (gap + 1) & mask_; slots_[i].place != kNone; i = (i + 1) & mask_) {
    const std::size_t home = slots_[i].hash & mask_;
    const bool home_is_behind_gap = ((i - home) & mask_) < ((i - gap) & mask_);
    if (home_is_behind_gap) continue;
    slots_[gap] = slots_[i];
    gap = i;
  }
  slots_[gap] = Slot{};
  --count_;
}

}  // namespace quis::detail
