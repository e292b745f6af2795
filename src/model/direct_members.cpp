#include "model/direct_members.hpp"

#include <algorithm>

namespace quis {

std::span<const EntityId> DirectMembers::of(EntityId group, const Entities& store) {
  if (!noted_) note_named(store);
  if (group.value >= named_.size() || !named_[group.value]) return {};
  if (!turned_) turn_round(store);
  const auto found = members_.find(group);
  return found == members_.end() ? std::span<const EntityId>() : found->second.list;
}

void DirectMembers::note_named(const Entities& store) {
  const EntityId* last = nullptr;  // neighbours often share a list
  store.for_each([&](const EntityRecord& record) {
    if (record.parent_count == 0 || record.parents == last) return;
    last = record.parents;
    for (const EntityId parent : record.direct_parents()) name(parent);
  });
  noted_ = true;
}

void DirectMembers::name(EntityId group) {
  if (group.value >= named_.size()) named_.resize(std::max<std::size_t>(group.value + 1, named_.size() * 2));
  named_[group.value] = true;
}

void DirectMembers::turn_round(const Entities& store) {
  members_.clear();
  store.for_each([&](const EntityRecord& record) {
    for (const EntityId parent : record.direct_parents()) {
      Members& members = members_[parent];
      members.list.push_back(record.uid);
      ++members.live;
    }
  });
  turned_ = true;
}

void DirectMembers::change(std::span<const Edge> added, std::span<const Edge> removed, const Entities& store) {
  if (noted_) {
    for (const Edge& edge : added) name(edge.group);
  }
  if (!turned_) return;
  for (const Edge& edge : added) {
    Members& members = members_[edge.group];
    members.list.push_back(edge.member);
    ++members.live;
  }
  for (const Edge& edge : removed) --members_[edge.group].live;

  constexpr std::size_t kFew = 16;
  for (const std::span<const Edge> edges : {added, removed}) {
    for (const Edge& edge : edges) {
      const auto found = members_.find(edge.group);
      if (found == members_.end()) continue;
      Members& members = found->second;
      if (members.live == 0) {
        members_.erase(found);
      } else if (members.list.size() > 2 * members.live + kFew) {
        put_in_order(edge.group, members, store);
      }
    }
  }
}

void DirectMembers::put_in_order(EntityId group, Members& members, const Entities& store) {
  std::vector<EntityId> list;
  list.reserve(members.live * 2);
  for (const EntityId member : members.list) {
    const EntityRecord* record = store.find(member);
    if (record != nullptr && std::ranges::binary_search(record->direct_parents(), group)) list.push_back(member);
  }
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
  members.list = std::move(list);
}

void DirectMembers::forget() noexcept {
  named_.clear();
  members_.clear();
  noted_ = false;
  turned_ = false;
}

std::size_t DirectMembers::bytes() const noexcept {
  constexpr std::size_t kNode = sizeof(std::pair<const EntityId, Members>) + 2 * sizeof(void*);
  std::size_t bytes = named_.capacity() / 8 + members_.bucket_count() * sizeof(void*) + members_.size() * kNode;
  for (const auto& [group, members] : members_) bytes += members.list.capacity() * sizeof(EntityId);
  return bytes;
}

}  // namespace quis
