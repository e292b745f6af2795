#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

#include "model/ancestor_lists.hpp"
#include "model/id_lists.hpp"
#include "model/sparse_array.hpp"

namespace quis {

/// Who is a member of what, from the direct parents of each entity to all its ancestors.
///
/// Works on parent lists rather than on entities: those who have the same parents have the same ancestors, so each
/// distinct list is closed, and stored, once.
class Closure {
 public:
  /// `lists` receives parent lists, and ancestor lists that do not go near. It must outlive their use.
  explicit Closure(ValueArena& lists);

  /// The number of a parent list, with each parent once and in order of id; the list is stored if it is new.
  [[nodiscard]] std::uint32_t list_number(std::span<const EntityId> parents);
  /// Says that an entity exists and has the parents of that list. REQUIRES: not said before.
  void add(EntityId entity, std::uint32_t list);

  /// The number of the entity's parent list, or `kAbsent` when it was not added.
  [[nodiscard]] std::uint32_t list_of(EntityId entity) const noexcept;

  [[nodiscard]] std::span<const EntityId> parents(std::uint32_t list) const noexcept { return parents_[list]; }
  /// Whether the ancestors of a list go into records (`set_ancestors`); then they live no longer than this object.
  /// REQUIRES: `close` succeeded, as the next.
  [[nodiscard]] bool goes_near(std::uint32_t list) const noexcept {
    return quis::goes_near(ancestors_[list].size(), entities_[list]);
  }
  [[nodiscard]] const AncestorSet& ancestors(std::uint32_t list) const noexcept { return ancestors_[list]; }

  /// Computes all ancestor sets. Fails with `cycle`, naming the entities on one, or with `limit_exceeded`.
  ///
  /// Iterative, so that no depth of nesting exhausts the stack. Cost: for each parent list, the sum of the distinct
  /// parent lists above it.
  [[nodiscard]] Result<void> close();

  /// What the ancestor sets occupy outside of records, in ids.
  [[nodiscard]] std::size_t slots() const noexcept { return slots_; }

  static constexpr std::uint32_t kAbsent = 0xffff'ffffU;

 private:
  struct Frame {
    std::uint32_t list;
    std::uint32_t next;  // position of the parent to look at
  };
  enum class State : std::uint8_t { untouched, open, closed };

  [[nodiscard]] Result<void> close_from(std::uint32_t root);
  [[nodiscard]] Errors describe_cycle(std::uint32_t list) const;
  [[nodiscard]] Result<void> add_up(std::uint32_t list);
  void add_members(std::uint32_t above, std::uint32_t list);
  /// Where the ancestors of a list are stored when they are so many, their slots counted if they do not go near; null
  /// when those are more than are left.
  [[nodiscard]] ValueArena* take_room(std::uint32_t list, std::size_t ancestors) noexcept;

  ValueArena& arena_;
  ValueArena near_;                      // sets that records will copy
  std::vector<std::uint32_t> entities_;  // how many have a list
  IdLists<EntityId> parents_;
  SparseArray<std::uint32_t> list_of_;  // one more than the number, so that a fresh page says *absent*
  std::vector<AncestorSet> ancestors_;
  std::vector<State> states_;
  std::vector<Frame> path_;                // open lists, from the root to where the walk stands
  std::vector<EntityId> reached_;          // by the list that is being added up
  SparseArray<std::uint32_t> reached_by_;  // one more than the number of the list that reached the entity last
  std::vector<std::uint32_t> added_by_;    // the same, of the list whose ancestors took in these members last
  std::size_t slots_ = 0;
};

}  // namespace quis
