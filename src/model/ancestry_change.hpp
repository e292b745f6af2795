#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>

#include "model/ancestor_lists.hpp"
#include "model/ancestor_walk.hpp"
#include "model/direct_members.hpp"
#include "model/id_lists.hpp"
#include "model/staged_entities.hpp"

namespace quis {

/// What staged changes do to the ancestry of the entities that they name and of all below them.
class AncestryChange {
 public:
  /// An entity that has other ancestors than before, or was added.
  struct Affected {
    EntityId uid;
    std::uint32_t ancestors;  // number of a list
  };

  /// The arguments must outlive this object.
  AncestryChange(const StagedEntities& entities, DirectMembers& members, AncestorWalk& walk)
      : entities_(entities), members_(members), walk_(walk) {}

  /// Fails with `cycle`, and with `limit_exceeded` when the new ancestor lists have more entries than `max_slots`.
  [[nodiscard]] Result<void> find(std::size_t max_slots);

  /// In order of id.
  [[nodiscard]] std::span<const Affected> affected() const noexcept { return affected_; }
  /// The ancestors of entities that have the same parents are one list. In no order.
  [[nodiscard]] std::span<EntityId> list(std::uint32_t number) noexcept;
  /// Whether it is copied into the records of those who have it.
  [[nodiscard]] bool goes_near(std::uint32_t number) const noexcept {
    return quis::goes_near(lists_[number].size, lists_[number].entities);
  }
  [[nodiscard]] std::uint32_t list_count() const noexcept { return static_cast<std::uint32_t>(lists_.size()); }

  /// Memberships that are new, and that are no more.
  [[nodiscard]] std::span<const DirectMembers::Edge> added() const noexcept { return added_; }
  [[nodiscard]] std::span<const DirectMembers::Edge> removed() const noexcept { return removed_; }

 private:
  struct List {
    std::size_t begin;  // in pool_
    std::size_t size;
    std::size_t entities = 0;  // that are affected and have it now
  };

  void compare_parents(const StagedEntity& entity);
  [[nodiscard]] std::vector<EntityId> below_moved();
  [[nodiscard]] Result<std::uint32_t> list_above(EntityId entity, std::size_t max_slots);
  [[nodiscard]] bool differs(EntityId entity, std::uint32_t list);

  const StagedEntities& entities_;
  DirectMembers& members_;
  AncestorWalk& walk_;
  std::vector<EntityId> moved_;
  std::vector<DirectMembers::Edge> added_;  // sorted
  std::vector<DirectMembers::Edge> removed_;
  std::vector<Affected> affected_;
  ValueArena parents_arena_;
  IdLists<EntityId> parents_;  // numbered as lists_
  std::vector<List> lists_;
  std::vector<EntityId> pool_;
};

}  // namespace quis
