#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "reach.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

std::string policy_names(const GovernedWorld& world, const Reach& reach) {
  std::vector<std::string_view> names;
  for (const quis::PolicyIndex policy : reach.policies) names.push_back(world.engine().policy_id(policy));
  return fmt::format("{}", fmt::join(names, ", "));
}

json::object to_json(const GovernedWorld& world, const History& history, const Reach& reach) {
  json::array by;
  for (const quis::PolicyIndex policy : reach.policies) {
    const Lineage lineage = lineage_of(world, history, reach.user, policy);
    by.push_back({{"policy", world.engine().policy_id(policy)},
                  {"group", lineage.group},
                  {"member_since", day_text(lineage.membership->instant)}});
  }
  return {{"user", reach.user}, {"privilege", reach.privilege}, {"by", std::move(by)}};
}

// The people of one privilege.
void show_people(const Session& session, const GovernedWorld& world, const std::vector<Reach>& found,
                 std::size_t rows) {
  Table table{.columns = {{"user"}, {"policy"}, {"member of"}, {"since"}, {"ticket"}}, .rows = {}};
  for (const Reach& reach : found) {
    const Event* first = nullptr;
    for (const quis::PolicyIndex policy : reach.policies) {
      const Event* event = lineage_of(world, session.history, reach.user, policy).membership;
      if (first == nullptr || event->instant < first->instant) first = event;
    }
    table.rows.push_back({{std::string(reach.user), Style::bold},
                          {policy_names(world, reach)},
                          {groups_text(world, reach)},
                          {day_text(first->instant)},
                          {first->ticket ? "yes" : "no", first->ticket ? Style::good : Style::notable}});
  }
  session.page.table(std::move(table), rows);
}

// All privileges, each with the number of its people: in all, and by something narrower than root.
void show_privileges(const Session& session, const GovernedWorld& world, const std::vector<Reach>& found,
                     std::size_t shown) {
  struct Row {
    std::string_view privilege;
    std::size_t people = 0;
    std::size_t not_by_root = 0;
    std::set<std::string_view> groups;
  };
  std::vector<Row> rows;
  std::set<std::string_view> roots;
  for (const Reach& reach : found) {
    if (reach.privilege == "root") roots.insert(reach.user);
  }
  for (const Reach& reach : found) {
    if (rows.empty() || rows.back().privilege != reach.privilege)
      rows.push_back({.privilege = reach.privilege, .groups = {}});
    Row& row = rows.back();
    ++row.people;
    if (!roots.contains(reach.user)) ++row.not_by_root;
    for (const quis::PolicyIndex index : reach.policies) {
      const quis::Policy& policy = world.policy(index);
      if (quis::id_text_of(policy.resource().entity) != "root" || reach.privilege == "root") {
        row.groups.insert(annotation(policy, "group"));
      }
    }
  }
  std::erase_if(rows, [](const Row& row) { return row.groups.empty(); });  // within root, and named on other days only
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const Row& row) { return std::pair(row.privilege == "root", row.not_by_root); });
  Table table{.columns = {{"privilege"}, {"people", true}, {"without root", true}, {"granted to"}}, .rows = {}};
  for (const Row& row : rows) {
    table.rows.push_back({{std::string(row.privilege), Style::bold},
                          {std::to_string(row.people)},
                          {std::to_string(row.not_by_root)},
                          {fmt::format("{}", fmt::join(row.groups, ", "))}});
  }
  session.page.table(std::move(table), shown);
}

}  // namespace

quis::Result<void> who(const Session& session, const WhoOptions& options) {
  const auto day = day_or_last(session.history, options.as_of);
  if (!day) return tl::unexpected(day.error());
  const auto world = GovernedWorld::as_of(session.history, *day);
  if (!world) return tl::unexpected(world.error());
  std::optional<std::string_view> privilege;
  if (!options.privilege.empty()) {
    if (!world->privileges().contains(options.privilege)) return unknown_privilege(options.privilege);
    privilege = options.privilege;
  }

  Progress progress("asking about every user and privilege");
  const std::vector<Reach> found = find_reach(*world, privilege, progress);
  if (session.json) {
    json::array reaches;
    for (const Reach& reach : found) reaches.push_back(to_json(*world, session.history, reach));
    std::cout << json::object{{"as_of", day_text(*day)}, {"reach", std::move(reaches)}} << '\n';
    return {};
  }
  if (privilege) {
    session.page.heading(fmt::format("{} people may use `{}` as of {}", found.size(), *privilege, day_text(*day)));
    show_people(session, *world, found, options.rows);
    return {};
  }
  session.page.heading(fmt::format("Who may use what as of {}", day_text(*day)));
  show_privileges(session, *world, found, options.rows);
  return {};
}

}  // namespace access_history
