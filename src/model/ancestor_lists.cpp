#include "model/ancestor_lists.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace quis {
namespace {

constexpr std::size_t kLine = AncestorSet::kLine;

}  // namespace

std::size_t ancestor_slots(std::size_t ancestors) noexcept {
  constexpr std::size_t kStep = detail::kIdStep;
  return ancestors <= kLine ? (ancestors + kStep - 1) / kStep * kStep : std::bit_ceil(ancestors + ancestors / 2);
}

std::span<EntityId> allocate_ancestor_slots(std::size_t slots, ValueArena& arena) {
  const std::size_t bytes = slots * sizeof(EntityId);
  const std::size_t alignment = std::min<std::size_t>(std::bit_ceil(bytes), kLine * sizeof(EntityId));
  return {static_cast<EntityId*>(arena.allocate(bytes, alignment)), slots};  // so that no line lies across two
}

AncestorSet store_ancestors(std::span<EntityId> ancestors, ValueArena& arena) {
  const auto size = static_cast<std::uint32_t>(ancestors.size());
  if (size == 0) return {};
  const std::span<EntityId> slots = allocate_ancestor_slots(ancestor_slots(size), arena);
  std::ranges::fill(slots, EntityId{});
  if (size <= kLine) {
    std::ranges::sort(ancestors);
    std::ranges::copy(ancestors, slots.begin());
    return {slots.data(), size};
  }
  const std::size_t mask = slots.size() - kLine;
  for (const EntityId ancestor : ancestors) {
    std::size_t line = AncestorSet::home(ancestor) & mask;
    while (slots[line + kLine - 1].valid()) line = (line + kLine) & mask;
    *std::ranges::find(slots.subspan(line, kLine), EntityId{}) = ancestor;
  }
  return {slots.data(), size, static_cast<std::uint32_t>(slots.size())};
}

}  // namespace quis
