#include "model/ancestor_walk.hpp"

#include <algorithm>
#include <cstddef>

namespace quis {

std::span<EntityId> AncestorWalk::collect(std::span<const EntityId> parents, const StagedEntities& entities) {
  marks_.clear();
  reached_.clear();
  long_lists_.clear();
  on_cycle_.reset();
  add(parents);
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    const std::span<const EntityId> above = entities.parents_of(reached_[i]);
    if (above.empty()) continue;
    if (std::ranges::equal(above, parents)) on_cycle_ = reached_[i];
    add(above);
  }
  return reached_;
}

void AncestorWalk::add(std::span<const EntityId> parents) {
  // Looking up whether a short list was read costs as much as reading it.
  constexpr std::size_t kShort = 16;
  if (parents.size() > kShort && !long_lists_.insert(parents.data()).second) return;
  for (const EntityId parent : parents) {
    if (marks_.mark(parent)) reached_.push_back(parent);
  }
}

std::vector<EntityId> AncestorWalk::cycle_through(EntityId entity, const StagedEntities& entities) {
  struct Step {
    EntityId entity;
    std::size_t from;  // the step before
  };
  std::vector<Step> steps{{entity, 0}};
  marks_.clear();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (const EntityId parent : entities.parents_of(steps[i].entity)) {
      if (parent == entity) {
        std::vector<EntityId> cycle;
        for (std::size_t at = i; at != 0; at = steps[at].from) cycle.push_back(steps[at].entity);
        cycle.push_back(entity);
        std::ranges::reverse(cycle);
        return cycle;
      }
      if (marks_.mark(parent)) steps.push_back({parent, i});
    }
  }
  return {};
}

}  // namespace quis
