#include "engine/membership_index.hpp"

#include <unordered_set>

#include <quis/base/vocabulary.hpp>

namespace quis {

// Ranges hold counts first; then each gets its place and counts again while it is filled.
template <class Key>
void MembershipIndex::Lists<Key>::lay_out() {
  std::uint32_t next = 0;
  for (auto& [key, range] : ranges) {
    range.begin = next;
    next += range.size;
    range.size = 0;
  }
  items.resize(next);
}

template <class Key>
std::span<const EntityId> MembershipIndex::Lists<Key>::find(Key key) const noexcept {
  const auto found = ranges.find(key);
  if (found == ranges.end()) return {};
  return std::span(items).subspan(found->second.begin, found->second.size);
}

MembershipIndex::MembershipIndex(const Entities& entities) : entities_(entities) {
  all_but_actions_.reserve(entities.size());
  entities.for_each([this](const EntityRecord& record) {
    const TypeId type = type_of(record.uid);
    if (!is_action_type(type)) all_but_actions_.push_back(record.uid);
    ++types_.ranges[type].size;
    for (const EntityId parent : record.direct_parents()) ++children_.ranges[parent].size;
  });
  types_.lay_out();
  children_.lay_out();
  entities.for_each([this](const EntityRecord& record) {
    types_.append(type_of(record.uid), record.uid);
    for (const EntityId parent : record.direct_parents()) children_.append(parent, record.uid);
  });
}

std::span<const EntityId> MembershipIndex::of_type(TypeId type) const noexcept { return types_.find(type); }

void MembershipIndex::add_members(EntityId group, std::vector<EntityId>& members) const {
  if (entities_.find(group) != nullptr) members.push_back(group);
  std::vector<EntityId> open{group};
  std::unordered_set<EntityId> seen{group};
  while (!open.empty()) {
    const EntityId above = open.back();
    open.pop_back();
    for (const EntityId member : children_.find(above)) {
      // Most members are no groups; only of groups must it be known whether they were met before.
      if (!children_.ranges.contains(member)) {
        members.push_back(member);
      } else if (seen.insert(member).second) {
        members.push_back(member);
        open.push_back(member);
      }
    }
  }
}

}  // namespace quis
