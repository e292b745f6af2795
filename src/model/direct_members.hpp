#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// Which entities name this one as a parent: the parent lists of a store turned round, kept right while the store
/// changes.
///
/// Most entities are never named (users, documents), and most changes are to such: the first question about anything
/// only notes who is named at all, one bit an entity. The first question about one that is named turns all lists round.
/// Both read the whole store once.
///
/// Lists may hold members that left, or hold one twice: taking one of a million out of an array would cost too much.
/// Whoever reads them looks at the member's own parents. A list is put in order when more than half of it is so.
class DirectMembers {
 public:
  struct Edge {
    EntityId group;
    EntityId member;

    friend auto operator<=>(const Edge&, const Edge&) = default;
  };

  /// All that name `group` in `store`, and perhaps some that do not, in no order. `store` is the one of the last
  /// `change`, or of the first call.
  [[nodiscard]] std::span<const EntityId> of(EntityId group, const Entities& store);

  /// Follows the store to its next version, `store`. An edge was not there when it is among `added`, and was when it is
  /// among `removed`.
  void change(std::span<const Edge> added, std::span<const Edge> removed, const Entities& store);

  /// Everything is read anew when it is asked for next.
  void forget() noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct Members {
    std::vector<EntityId> list;
    std::size_t live = 0;  // distinct ones in the list that are members
  };

  void note_named(const Entities& store);
  void turn_round(const Entities& store);
  void name(EntityId group);
  static void put_in_order(EntityId group, Members& members, const Entities& store);

  std::vector<bool> named_;  // by id: was once named as a parent
  std::unordered_map<EntityId, Members> members_;
  bool noted_ = false;
  bool turned_ = false;
};

}  // namespace quis
