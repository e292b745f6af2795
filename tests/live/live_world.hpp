#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/engine/live_engine.hpp>

#include "engine/decide.hpp"

/// A world to change: users who may view documents as members of teams.
namespace quis::test {

inline constexpr std::string_view kTeamPolicies = R"(
  permit(principal, action == Action::"view", resource) when { principal in resource.viewers && !principal.suspended };
  forbid(principal, action == Action::"view", resource) when { resource.sealed };)";

inline constexpr std::string_view kTeamEntities = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"suspended": false}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {"suspended": false}, "parents": []},
  {"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": [{"type": "Team", "id": "all"}]},
  {"uid": {"type": "Team", "id": "all"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Doc", "id": "plan"}, "parents": [],
   "attrs": {"sealed": false, "viewers": {"__entity": {"type": "Team", "id": "all"}}}}])";

inline World team_world() { return world_of(kTeamPolicies, kTeamEntities); }

inline EntityId user(std::string_view name) { return intern_entity("User", name); }
inline EntityId team(std::string_view name) { return intern_entity("Team", name); }
inline EntityId doc(std::string_view name) { return intern_entity("Doc", name); }

inline Request view(std::string_view who, std::string_view what = "plan") {
  return {user(who), intern_entity("Action", "view"), doc(what)};
}

/// A change that `note` makes to entities.
template <class Note>
WorldChange change(Note&& note) {
  WorldChange made;
  note(made.entities);
  return made;
}

inline WorldChange leaves(std::string_view who, std::string_view from) {
  return change([&](EntityChanges& entities) { require(entities.remove_parent(user(who), team(from))); });
}
inline WorldChange joins(std::string_view who, std::string_view into) {
  return change([&](EntityChanges& entities) { require(entities.add_parent(user(who), team(into))); });
}

/// A membership that ends.
inline WorldChange until(std::string_view who, std::string_view into, Time end) {
  WorldChange timed;
  timed.memberships.push_back({user(who), team(into), end});
  return timed;
}

/// Asks until the cache answers, and requires that it says the same.
inline bool permitted_twice(const LiveEngine& engine, const Request& request) {
  const bool first = engine.authorize(request).permitted();
  const std::uint64_t hits = engine.statistics().hits;
  const bool second = engine.authorize(request).permitted();
  CHECK(engine.statistics().hits == hits + 1);
  CHECK(first == second);
  return second;
}

}  // namespace quis::test
