// Which ancestries change, and to what.
//
// An entity has *moved* when it was added or removed, or has other direct parents. Whose ancestry changed is then among
// the moved and those below them, in the new store: a way up that is new begins to be so at an added membership, and
// one that is gone was cut at a removed one or at a removed entity. Take the cut nearest to the entity: what is between
// them still stands, so the walk down from the moved entity at the cut comes by. (Those who name a removed entity are
// below it, though nothing leads through it any more.)
//
// Every one of these is computed from its parents and compared with what it had, so only real differences come out. For
// the same reason a cycle cannot be missed: it has an added membership in it, or an added entity, and everything on it
// lies below that.
//
// Rejected: adding and subtracting ancestors along the changed edge, which needs to know in how many ways each ancestor
// is reached; and carrying on only where something differed, which needs an order from top to bottom.
#include "model/ancestry_change.hpp"

#include <algorithm>
#include <utility>

#include "model/ancestry_errors.hpp"

namespace quis {

Result<void> AncestryChange::find(std::size_t max_slots) {
  for (const StagedEntity& entity : entities_.named()) {
    if (!entity.moved()) continue;
    moved_.push_back(entity.uid);
    compare_parents(entity);
  }
  if (moved_.empty()) return {};
  std::ranges::sort(added_);

  for (const EntityId entity : below_moved()) {
    const auto list = list_above(entity, max_slots);
    if (!list) return tl::unexpected(list.error());
    if (!differs(entity, *list)) continue;
    affected_.push_back({entity, *list});
    ++lists_[*list].entities;
  }
  return {};
}

std::span<EntityId> AncestryChange::list(std::uint32_t number) noexcept {
  return std::span(pool_).subspan(lists_[number].begin, lists_[number].size);
}

/// Both lists are sorted.
void AncestryChange::compare_parents(const StagedEntity& entity) {
  const std::span<const EntityId> before =
      entity.before == nullptr ? std::span<const EntityId>() : entity.before->direct_parents();
  for (const EntityId parent : entity.parents) {
    if (!std::ranges::binary_search(before, parent)) added_.push_back({parent, entity.uid});
  }
  for (const EntityId parent : before) {
    if (!std::ranges::binary_search(entity.parents, parent)) removed_.push_back({parent, entity.uid});
  }
}

/// The moved entities and all below them that exist now, in order of id.
std::vector<EntityId> AncestryChange::below_moved() {
  EntityMarks marks;
  std::vector<EntityId> found;
  for (const EntityId entity : moved_) {
    if (marks.mark(entity)) found.push_back(entity);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const EntityId group = found[i];
    for (const EntityId member : members_.of(group, entities_.store())) {
      if (std::ranges::binary_search(entities_.parents_of(member), group) && marks.mark(member)) {
        found.push_back(member);
      }
    }
    auto edge = std::ranges::lower_bound(added_, group, {}, &DirectMembers::Edge::group);
    for (; edge != added_.end() && edge->group == group; ++edge) {
      if (marks.mark(edge->member)) found.push_back(edge->member);
    }
  }
  std::erase_if(found, [this](EntityId entity) { return !entities_.exists(entity); });
  std::ranges::sort(found);
  return found;
}

Result<std::uint32_t> AncestryChange::list_above(EntityId entity, std::size_t max_slots) {
  const std::span<const EntityId> parents = entities_.parents_of(entity);
  const std::uint32_t number = parents_.intern(parents, parents_arena_);
  if (number < lists_.size()) return number;

  const std::span<const EntityId> ancestors = walk_.collect(parents, entities_);
  if (const auto member = walk_.on_cycle()) {
    return tl::unexpected(cycle_error(walk_.cycle_through(*member, entities_)));
  }
  if (ancestors.size() > max_slots - std::min(max_slots, pool_.size())) {
    return tl::unexpected(ancestry_limit_error(max_slots));
  }
  lists_.push_back({pool_.size(), ancestors.size()});
  pool_.insert(pool_.end(), ancestors.begin(), ancestors.end());
  return number;
}

bool AncestryChange::differs(EntityId entity, std::uint32_t number) {
  const EntityRecord* before = entities_.store().find(entity);
  if (before == nullptr) return true;
  const std::span<const EntityId> ancestors = list(number);
  return before->ancestors.size() != ancestors.size() ||
         !std::ranges::all_of(ancestors, [&](EntityId ancestor) { return before->ancestors.contains(ancestor); });
}

}  // namespace quis
