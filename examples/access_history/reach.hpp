#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "governed_world.hpp"
#include "progress.hpp"

namespace access_history {

/// A user who may use a privilege, and the policies that say so. The names are those of the world, which must outlive
/// it.
struct Reach {
  std::string_view user;
  std::string_view privilege;
  std::vector<quis::PolicyIndex> policies;
};

/// Asks the engine about every user and every privilege (or the one given) and keeps what is permitted, in order of
/// privilege, then user.
[[nodiscard]] std::vector<Reach> find_reach(const GovernedWorld& world, std::optional<std::string_view> privilege,
                                            Progress& progress);

/// How a user came under a permit policy: the group, and the events that made the membership and the sudo rule.
struct Lineage {
  std::string_view group;
  const Event* membership = nullptr;
  const Event* rule = nullptr;
};

/// REQUIRES: the policy permitted the user something in this world.
[[nodiscard]] Lineage lineage_of(const GovernedWorld& world, const History& history, std::string_view user,
                                 quis::PolicyIndex policy);

/// `ops`, or `ops, perf-roots`: the groups by which the user reaches the privilege.
[[nodiscard]] std::string groups_text(const GovernedWorld& world, const Reach& reach);

}  // namespace access_history
