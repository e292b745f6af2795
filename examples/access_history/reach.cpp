#include "reach.hpp"

#include <set>

#include <fmt/ranges.h>

namespace access_history {

std::vector<Reach> find_reach(const GovernedWorld& world, std::optional<std::string_view> privilege,
                              Progress& progress) {
  std::vector<Reach> found;
  quis::Response response;
  std::size_t asked = 0;
  for (const auto& [name, resource] : world.privileges()) {
    progress.show(asked++, world.privileges().size());
    if (privilege && name != *privilege) continue;
    for (const auto& [user, principal] : world.users()) {
      world.engine().authorize(world.request(principal, resource), response);
      if (response.permitted) found.push_back({user, name, response.determining});
    }
  }
  return found;
}

Lineage lineage_of(const GovernedWorld& world, const History& history, std::string_view user,
                   quis::PolicyIndex policy) {
  const quis::Policy& permit = world.policy(policy);
  const auto group = world.directory().groups.find(annotation(permit, "group"));
  const auto membership = group->second.members.find(user);
  const auto rule = group->second.sudo_rules.find(annotation(permit, "rule"));
  return {group->first, &history.events[membership->second], &history.events[rule->second]};
}

std::string groups_text(const GovernedWorld& world, const Reach& reach) {
  std::set<std::string_view> groups;
  for (const quis::PolicyIndex policy : reach.policies) groups.insert(annotation(world.policy(policy), "group"));
  return fmt::format("{}", fmt::join(groups, ", "));
}

}  // namespace access_history
