#include "lapses.hpp"

#include <algorithm>
#include <set>

#include "directory.hpp"
#include "sudo_rule.hpp"

namespace access_history {
namespace {

bool grants_root(const Group& group) {
  return std::ranges::any_of(group.sudo_rules, [](const auto& rule) {
    const auto privileges = privileges_of(rule.first).value_or(std::vector<std::string>{});
    return std::ranges::find(privileges, "root") != privileges.end();
  });
}

}  // namespace

std::vector<Lapse> find_lapses(const History& history) {
  std::set<std::string> dates;  // in this form, sorted by text is sorted by date
  for (const Event& event : history.events) {
    if (event.kind == EventKind::expiry_change && parse_day(event.after)) dates.insert(event.after);
  }
  std::vector<Lapse> lapses;
  for (const std::string& date : dates) {
    const Instant day_after = *parse_day(date) + kDay;
    if (day_after > history.last()) break;
    const Directory directory = rebuild(history, end_of_day(day_after));
    for (const auto& [user, account] : directory.accounts) {
      if (!account.present() || account.expiry != date) continue;
      Lapse lapse{.user = user, .expiry = date, .day_after = day_after};
      bool privileged = false;
      for (const auto& [name, group] : directory.groups) {
        if (!group.members.contains(user) || group.sudo_rules.empty()) continue;
        privileged = true;
        lapse.root = lapse.root || grants_root(group);
      }
      if (privileged) lapses.push_back(std::move(lapse));
    }
  }
  return lapses;
}

}  // namespace access_history
