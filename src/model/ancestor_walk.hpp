#pragma once

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include <quis/base/ids.hpp>

#include "model/entity_marks.hpp"
#include "model/staged_entities.hpp"

namespace quis {

/// Finds the ancestors of one parent list after another, in a store that is being changed.
class AncestorWalk {
 public:
  /// Everything that can be reached from a parent list, its members included, each once; in no order, and only until
  /// the next call. Cost: the sum of the parent lists above, of which long ones that are stored once are read once.
  [[nodiscard]] std::span<EntityId> collect(std::span<const EntityId> parents, const StagedEntities& entities);

  /// An entity that the last walk met and that has the parent list from which it set out: it is its own ancestor.
  [[nodiscard]] std::optional<EntityId> on_cycle() const noexcept { return on_cycle_; }

  /// A shortest way from an entity up to itself; the entity stands first, and is not repeated. REQUIRES: there is one.
  [[nodiscard]] std::vector<EntityId> cycle_through(EntityId entity, const StagedEntities& entities);

 private:
  void add(std::span<const EntityId> parents);

  EntityMarks marks_;
  std::vector<EntityId> reached_;
  std::unordered_set<const EntityId*> long_lists_;  // that were read
  std::optional<EntityId> on_cycle_;
};

}  // namespace quis
