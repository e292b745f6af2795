#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// The store the other way round: from a group to its members, from a type to its entities.
///
/// Holds direct members only, which is as large as the store's lists of parents; listing all members walks down. Closed
/// member lists would be quadratic where groups nest.
class MembershipIndex {
 public:
  explicit MembershipIndex(const Entities& entities);

  /// Every entity of the store that is of no action type, in order of id: what can be principal or resource where
  /// nobody says of which type.
  [[nodiscard]] std::span<const EntityId> all_but_actions() const noexcept { return all_but_actions_; }
  /// Those of a type, in order of id.
  [[nodiscard]] std::span<const EntityId> of_type(TypeId type) const noexcept;
  /// Adds every entity of the store that is in `group` (itself, where it is there), in no order; an entity perhaps as
  /// often as it is a direct member of groups.
  void add_members(EntityId group, std::vector<EntityId>& members) const;

 private:
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  /// Lists by key in one array.
  template <class Key>
  struct Lists {
    std::unordered_map<Key, Range> ranges;
    std::vector<EntityId> items;

    void lay_out();
    void append(Key key, EntityId item) { items[ranges[key].begin + ranges[key].size++] = item; }
    [[nodiscard]] std::span<const EntityId> find(Key key) const noexcept;
  };

  const Entities entities_;
  std::vector<EntityId> all_but_actions_;
  Lists<EntityId> children_;
  Lists<TypeId> types_;
};

}  // namespace quis
