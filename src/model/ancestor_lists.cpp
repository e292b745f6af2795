#include "model/ancestor_lists.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace quis {

std::size_t ancestor_slots(std::size_t ancestors) noexcept {
  return ancestors <= AncestorSet::kScanned ? ancestors : std::bit_ceil(ancestors * 2);
}

AncestorSet store_ancestors(std::span<EntityId> ancestors, ValueArena& arena) {
  const auto size = static_cast<std::uint32_t>(ancestors.size());
  const std::span<EntityId> slots = arena.allocate_array<EntityId>(ancestor_slots(ancestors.size()));
  if (size <= AncestorSet::kScanned) {
    std::ranges::sort(ancestors);
    std::ranges::copy(ancestors, slots.begin());
    return {slots.data(), size, 0};
  }
  const auto mask = static_cast<std::uint32_t>(slots.size() - 1);
  std::ranges::fill(slots, EntityId{});
  for (const EntityId ancestor : ancestors) {
    std::uint32_t slot = AncestorSet::home(ancestor) & mask;
    while (slots[slot].valid()) slot = (slot + 1) & mask;
    slots[slot] = ancestor;
  }
  return {slots.data(), size, mask};
}

}  // namespace quis
