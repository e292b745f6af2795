// The transitive closure of the membership relation.
//
// The nodes of the walk are parent lists, not entities. List L leads to list M when a member of L has M as its parents.
// A cycle among entities is a cycle among lists and the other way round: if p1 in L1 has parents L2, p2 in L2 has
// parents L3, …, and pk in Lk has parents L1, then p1 is in p2, p2 in p3, …, pk in p1.
//
// A depth-first walk with its own stack finds cycles, and closes a list when all lists it leads to are closed: its
// ancestors are collected breadth first, from its members to the members of theirs. `reached_by_` and `added_by_` are
// stamped with the number of the list instead of being cleared, so that each list above is looked at once.
//
// Rejected: adding up the finished ancestor sets of the members. Where many members share most of their ancestors, each
// would bring all of them again, and a few megabytes of such groups would take minutes.
//
// What cannot be linear: a chain of n entities has n²/2 ancestor entries. They are copied, table by table, and
// `limits::kMaxAncestrySlots` stops that before memory does.
#include "model/closure.hpp"

#include <algorithm>

#include <quis/base/limits.hpp>

#include "model/ancestry_errors.hpp"

namespace quis {
namespace {

tl::unexpected<Errors> no_room() { return tl::unexpected(ancestry_limit_error(limits::kMaxAncestrySlots)); }

}  // namespace

Closure::Closure(ValueArena& lists) : arena_(lists) {}

void Closure::add(EntityId entity, std::uint32_t list) {
  list_of_.at(entity.value) = list + 1;
  ++entities_[list];
}

std::uint32_t Closure::list_number(std::span<const EntityId> parents) {
  const std::uint32_t number = parents_.intern(parents, arena_);
  if (entities_.size() < parents_.size()) entities_.resize(parents_.size());  // also where that failed the last time
  return number;
}

std::uint32_t Closure::list_of(EntityId entity) const noexcept {
  const std::uint32_t* entry = list_of_.find(entity.value);
  return entry == nullptr ? kAbsent : *entry - 1;
}

Result<void> Closure::close() {
  ancestors_.assign(parents_.size(), {});
  added_by_.assign(parents_.size(), 0);
  states_.assign(parents_.size(), State::untouched);
  for (std::uint32_t list = 0; list < parents_.size(); ++list) {
    if (states_[list] != State::untouched) continue;
    if (auto closed = close_from(list); !closed) return closed;
  }
  return {};
}

Result<void> Closure::close_from(std::uint32_t root) {
  path_.assign(1, {root, 0});
  states_[root] = State::open;
  while (!path_.empty()) {
    Frame& here = path_.back();
    if (here.next == parents_[here.list].size()) {
      if (auto added = add_up(here.list); !added) return added;
      states_[here.list] = State::closed;
      path_.pop_back();
      continue;
    }
    const std::uint32_t above = list_of(parents_[here.list][here.next++]);
    if (above == kAbsent || states_[above] == State::closed) continue;
    if (states_[above] == State::open) return tl::unexpected(describe_cycle(above));
    states_[above] = State::open;
    path_.push_back({above, 0});
  }
  return {};
}

/// `list` is open and was met again: the members through which the walk went from it to itself are the cycle.
Errors Closure::describe_cycle(std::uint32_t list) const {
  std::vector<EntityId> cycle;
  for (auto frame = std::ranges::find(path_, list, &Frame::list); frame != path_.end(); ++frame) {
    cycle.push_back(parents_[frame->list][frame->next - 1]);
  }
  return cycle_error(cycle);
}

Result<void> Closure::add_up(std::uint32_t list) {
  if (parents_[list].size() == 1) {
    // The commonest list, and what chains are made of: nothing above its one member can be met twice.
    const EntityId parent = parents_[list].front();
    const std::uint32_t above = list_of(parent);
    const AncestorSet others = above == kAbsent ? AncestorSet() : ancestors_[above];
    ValueArena* const room = take_room(list, others.size() + std::size_t{1});
    if (room == nullptr) return no_room();
    ancestors_[list] = store_ancestors_and_one(others, parent, *room);
    return {};
  }
  reached_.clear();
  add_members(list, list);
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    if (const std::uint32_t above = list_of(reached_[i]); above != kAbsent) add_members(above, list);
  }
  ValueArena* const room = take_room(list, reached_.size());
  if (room == nullptr) return no_room();
  ancestors_[list] = store_ancestors(reached_, *room);
  return {};
}

ValueArena* Closure::take_room(std::uint32_t list, std::size_t ancestors) noexcept {
  if (quis::goes_near(ancestors, entities_[list])) return &near_;
  const std::size_t slots = ancestor_slots(ancestors);
  if (slots > limits::kMaxAncestrySlots - slots_) return nullptr;
  slots_ += slots;
  return &arena_;
}

void Closure::add_members(std::uint32_t above, std::uint32_t list) {
  if (added_by_[above] == list + 1) return;
  added_by_[above] = list + 1;
  for (const EntityId member : parents_[above]) {
    std::uint32_t& by = reached_by_.at(member.value);
    if (by == list + 1) continue;
    by = list + 1;
    reached_.push_back(member);
  }
}

}  // namespace quis
