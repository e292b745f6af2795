#include "model/ancestor_lists.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <vector>

#include "model/record_shapes.hpp"

namespace quis {
namespace {

constexpr std::size_t kLine = AncestorSet::kLine;

/// REQUIRES: the table has room.
void put(EntityId ancestor, std::span<EntityId> table) {
  const std::size_t mask = table.size() - kLine;
  std::size_t line = AncestorSet::home(ancestor) & mask;
  while (table[line + kLine - 1].valid()) line = (line + kLine) & mask;
  *std::ranges::find(table.subspan(line, kLine), EntityId{}) = ancestor;
}

}  // namespace

void set_ancestors(EntityRecord& record, const AncestorSet& ancestors, bool near, ValueArena& values) {
  record.ancestors = ancestors;
  if (!near) return;
  assert(goes_near(ancestors.size(), 1));
  if (record.has_values_near()) {
    RecordData& attributes = record.attributes;
    const std::span<Value> moved = allocate_values(attributes.size, values);
    std::copy_n(attributes.values, attributes.size, moved.begin());
    attributes.values = moved.data();
  }
  std::memcpy(record.near, ancestors.slots().data(), EntityRecord::kNearBytes);
  record.ancestors = ancestors.over(reinterpret_cast<const EntityId*>(record.near));
}

std::size_t ancestor_slots(std::size_t ancestors) noexcept {
  if (ancestors == 0) return 0;
  return ancestors < kLine ? kLine : std::bit_ceil(ancestors + ancestors / 2);
}

std::span<EntityId> allocate_ancestor_slots(std::size_t slots, ValueArena& arena) {
  return {static_cast<EntityId*>(arena.allocate(slots * sizeof(EntityId), kLine * sizeof(EntityId))), slots};
}

AncestorSet store_ancestors(std::span<EntityId> ancestors, ValueArena& arena) {
  if (ancestors.empty()) return {};
  const std::span<EntityId> slots = allocate_ancestor_slots(ancestor_slots(ancestors.size()), arena);
  std::ranges::fill(slots, EntityId{});
  if (slots.size() == kLine) std::ranges::sort(ancestors);
  for (const EntityId ancestor : ancestors) put(ancestor, slots);
  return {slots.data(), static_cast<std::uint32_t>(ancestors.size()), static_cast<std::uint32_t>(slots.size())};
}

bool AncestorSet::contains_beyond(std::uint32_t line, EntityId entity) const noexcept {
  do {
    line = (line + kLine) & mask_;
    if (detail::line_contains(slots_ + line, entity)) return true;
  } while (slots_[line + kLine - 1].valid());
  return false;
}

AncestorSet store_ancestors_and_one(const AncestorSet& others, EntityId one, ValueArena& arena) {
  const std::uint32_t size = others.size() + 1;
  const std::span<const EntityId> known = others.slots();
  const std::size_t count = ancestor_slots(size);
  if (count == kLine || known.size() != count) {
    std::vector<EntityId> all;
    all.reserve(size);
    others.for_each([&all](EntityId each) { all.push_back(each); });
    all.push_back(one);
    return store_ancestors(all, arena);
  }
  const std::span<EntityId> slots = allocate_ancestor_slots(count, arena);
  std::copy(known.begin(), known.end(), slots.begin());
  put(one, slots);
  return {slots.data(), size, static_cast<std::uint32_t>(count)};
}

}  // namespace quis
