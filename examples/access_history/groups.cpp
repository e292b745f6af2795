#include <algorithm>
#include <iostream>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "governed_world.hpp"
#include "sudo_rule.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

constexpr Instant kSoon = 90 * kDay;

struct Row {
  std::string_view name;
  bool root = false;
  std::size_t members = 0;
  std::size_t able = 0;      ///< members whom the engine permits what the group grants
  std::size_t expiring = 0;  ///< members whose expiry date is past, or near
  std::uint32_t approvers = 0;
  std::size_t privileges = 0;
  std::string widest;
};

bool expires_soon(const Directory& directory, std::string_view user) {
  const auto account = directory.accounts.find(user);
  if (account == directory.accounts.end()) return false;
  const auto expiry = parse_day(account->second.expiry);
  return expiry && *expiry <= directory.moment + kSoon;
}

Row summarise(const GovernedWorld& world, std::string_view name, const Group& group) {
  std::set<std::string> privileges;
  for (const auto& [rule, event] : group.sudo_rules) {
    auto granted = privileges_of(rule).value_or(std::vector<std::string>{});
    privileges.insert(granted.begin(), granted.end());
  }
  Row row{.name = name,
          .root = privileges.contains("root"),
          .members = group.members.size(),
          .approvers = group.approvers,
          .privileges = privileges.size(),
          .widest = {}};
  if (privileges.empty()) return row;
  row.widest = *std::ranges::min_element(privileges, {}, [](const std::string& privilege) {
    return std::tuple(privilege != "root", privilege.find(':') != std::string::npos, std::string_view(privilege));
  });
  const quis::EntityId widest = world.privileges().find(row.widest)->second;
  for (const auto& [member, event] : group.members) {
    const quis::Request request = world.request(world.users().find(member)->second, widest);
    row.able += world.engine().authorize(request).permitted() ? 1U : 0U;
    row.expiring += expires_soon(world.directory(), member) ? 1U : 0U;
  }
  return row;
}

json::object to_json(const Row& row) {
  return {{"group", row.name},
          {"root", row.root},
          {"members", row.members},
          {"able", row.able},
          {"approvers", row.approvers},
          {"expired_or_within_90_days", row.expiring},
          {"privileges", row.privileges},
          {"widest", row.widest}};
}

std::vector<Cell> cells(const Row& row) {
  return {
      {std::string(row.name), Style::bold},
      {std::to_string(row.members)},
      {std::to_string(row.able)},
      {row.approvers == 0 ? "none" : std::to_string(row.approvers), row.approvers == 0 ? Style::notable : Style::plain},
      {row.expiring == 0 ? "" : std::to_string(row.expiring), Style::notable},
      {row.widest, row.root ? Style::bad : Style::plain},
      {row.privileges > 1 ? fmt::format("+{}", row.privileges - 1) : ""}};
}

}  // namespace

quis::Result<void> groups(const Session& session, const GroupsOptions& options) {
  const auto day = day_or_last(session.history, options.as_of);
  if (!day) return tl::unexpected(day.error());
  const auto world = GovernedWorld::as_of(session.history, *day);
  if (!world) return tl::unexpected(world.error());

  std::vector<Row> rows;
  for (const auto& [name, group] : world->directory().groups) {
    Row row = summarise(*world, name, group);
    if (row.privileges != 0) rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, [](const Row& row) { return std::pair(row.root, row.able); });
  if (session.json) {
    json::array list;
    for (const Row& row : rows) list.push_back(to_json(row));
    std::cout << json::object{{"as_of", day_text(*day)}, {"groups", std::move(list)}} << '\n';
    return {};
  }
  const auto roots = std::ranges::count_if(rows, &Row::root);
  const auto unapproved = std::ranges::count(rows, 0U, &Row::approvers);
  session.page.heading(fmt::format("{} groups hold privileges as of {}: {} hold root, {} name nobody to approve",
                                   rows.size(), day_text(*day), roots, unapproved));
  Table table{.columns = {{"group"},
                          {"members", true},
                          {"able", true},
                          {"approvers", true},
                          {"expiring", true},
                          {"widest privilege"},
                          {"more", true}},
              .rows = {}};
  table.rows.reserve(rows.size());
  for (const Row& row : rows) table.rows.push_back(cells(row));
  session.page.table(std::move(table), options.rows);
  return {};
}

}  // namespace access_history
