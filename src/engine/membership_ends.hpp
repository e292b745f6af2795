#pragma once

#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <quis/engine/live_engine.hpp>

namespace quis {

/// When memberships end. Knows of those only that do.
///
/// Thread safety: as a standard container.
class MembershipEnds {
 public:
  /// The next end of any, or `TimedMembership::kForever`.
  [[nodiscard]] Time next() const noexcept {
    return by_time_.empty() ? TimedMembership::kForever : by_time_.begin()->first;
  }

  /// What a change that was applied makes of them.
  void follow(const WorldChange& change) {
    for (const EntityChanges::Change& entity : change.entities.changes()) follow(entity);
    for (const TimedMembership& membership : change.memberships) set(membership);
  }

  /// The memberships that have ended at this moment, in order of their ends.
  [[nodiscard]] std::vector<TimedMembership> ended(Time now) const {
    std::vector<TimedMembership> ended;
    for (auto end = by_time_.begin(); end != by_time_.end() && end->first <= now; ++end) {
      ended.push_back({end->second.first, end->second.second, end->first});
    }
    return ended;
  }

  /// All of them, by member.
  [[nodiscard]] std::vector<TimedMembership> all() const {
    std::vector<TimedMembership> all;
    for (const auto& [pair, until] : by_pair_) all.push_back({pair.first, pair.second, until});
    return all;
  }

 private:
  using Pair = std::pair<EntityId, EntityId>;

  void follow(const EntityChanges::Change& change) {
    switch (change.kind) {
      case EntityChanges::Kind::add_parent:
      case EntityChanges::Kind::remove_parent: forget({change.uid, change.parent}); return;
      case EntityChanges::Kind::put:
      case EntityChanges::Kind::remove: {
        auto end = by_pair_.lower_bound({change.uid, EntityId{0}});
        while (end != by_pair_.end() && end->first.first == change.uid) forget((end++)->first);
        return;
      }
      default: return;
    }
  }

  void set(const TimedMembership& membership) {
    const Pair pair{membership.member, membership.group};
    forget(pair);
    if (membership.until == TimedMembership::kForever) return;
    by_pair_.emplace(pair, membership.until);
    by_time_.emplace(membership.until, pair);
  }

  void forget(Pair pair) {
    const auto end = by_pair_.find(pair);
    if (end == by_pair_.end()) return;
    by_time_.erase({end->second, pair});
    by_pair_.erase(end);
  }

  std::map<Pair, Time> by_pair_;
  std::set<std::pair<Time, Pair>> by_time_;
};

}  // namespace quis
