#include "changes.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/ranges.h>

#include "sudo_rule.hpp"

namespace access_history {
namespace {

// Why the world that permits does so and the other does not, seen from the access files behind them.
class Causes {
 public:
  Causes(const GovernedWorld& permitting, const GovernedWorld& denying, const History& history, bool gained)
      : permitting_(permitting), denying_(denying), history_(history), gained_(gained) {}

  std::string of(std::string_view user, quis::EntityId principal, quis::EntityId privilege) {
    denying_.engine().authorize(denying_.request(principal, privilege), response_);
    const bool forbidden = !response_.determining.empty();
    const bool is_new = gained_ && !denying_.directory().accounts.contains(user);
    if (forbidden && !is_new) return account_change(user, denying_.engine().policy_id(response_.determining.front()));
    permitting_.engine().authorize(permitting_.request(principal, privilege), response_);
    std::set<std::string> causes;
    for (const quis::PolicyIndex policy : response_.determining) {
      causes.insert(missing_link(user, annotation(permitting_.policy(policy), "group")));
    }
    return fmt::format("{}{}", is_new ? "new account, " : "", fmt::join(causes, "; "));
  }

 private:
  // The memberships may be what they were: a forbid began to hold, or ceased to.
  std::string account_change(std::string_view user, std::string_view forbid) const {
    const auto& accounts = denying_.directory().accounts;
    const auto denied = accounts.find(user);
    if (denied == accounts.end()) return "the record was removed";
    if (forbid == "expired") {
      return fmt::format("{} {}", gained_ ? "no longer expired, as on" : "expired on", denied->second.expiry);
    }
    if (forbid != "not-present") return fmt::format("{} {}", gained_ ? "no longer" : "now", forbid);
    const Account& changed = gained_ ? permitting_.directory().accounts.find(user)->second : denied->second;
    return fmt::format("account {} since {}", changed.ensure, day_text(history_.events[changed.ensured].instant));
  }

  std::string missing_link(std::string_view user, std::string_view name) const {
    const auto group = denying_.directory().groups.find(name);
    if (group == denying_.directory().groups.end()) {
      return fmt::format("group {} {}{}", name, gained_ ? "was made" : "was removed", date_of(user, name));
    }
    if (!group->second.members.contains(user)) {
      return fmt::format("{} {}{}", gained_ ? "joined" : "left", name, date_of(user, name));
    }
    return fmt::format("{} {} the rule", name, gained_ ? "gained" : "lost");
  }

  // When the change was made: the last event that says so before the later of the two moments.
  std::string date_of(std::string_view user, std::string_view group) const {
    const Instant later = std::max(permitting_.directory().moment, denying_.directory().moment);
    const auto says_so = [&](const Event& event) {
      if (event.object != group || event.instant > later) return false;
      const bool of_group = event.kind == (gained_ ? EventKind::group_add : EventKind::group_removed);
      const bool of_member = event.kind == (gained_ ? EventKind::member_add : EventKind::member_remove);
      return of_group || (of_member && event.subject == user);
    };
    const auto found = std::find_if(history_.events.rbegin(), history_.events.rend(), says_so);
    return found == history_.events.rend() ? std::string{} : " " + day_text(found->instant);
  }

  const GovernedWorld& permitting_;
  const GovernedWorld& denying_;
  const History& history_;
  bool gained_;
  quis::Response response_;
};

// What one user gained, or lost.
Change summarise(std::string_view user, quis::EntityId principal, const std::set<std::string_view>& privileges,
                 const GovernedWorld& world, Causes causes, bool gained) {
  Change change{.user = user, .gained = gained, .privileges = {}, .cause = {}};
  std::set<std::string> sentences;
  for (const std::string_view privilege : privileges) {
    if (privileges.contains(wider_privilege(privilege))) {
      ++change.inside;
      continue;
    }
    change.privileges.push_back(privilege);
    sentences.insert(causes.of(user, principal, world.privileges().find(privilege)->second));
  }
  change.cause = fmt::format("{}", fmt::join(sentences, "; "));
  return change;
}

auto rank(const Change& change) {
  const bool root = change.privileges.front() == "root";
  return std::tuple(!root, !change.gained, change.user);
}

}  // namespace

std::vector<Change> find_changes(const GovernedWorld& before, const GovernedWorld& after, const History& history,
                                 Progress& progress) {
  auto users = before.users();
  users.insert(after.users().begin(), after.users().end());
  std::vector<Change> changes;
  std::size_t asked = 0;
  for (const auto& [name, principal] : users) {
    progress.show(asked++, users.size());
    std::set<std::string_view> gained;
    std::set<std::string_view> lost;
    for (const auto& [privilege, resource] : after.privileges()) {
      const bool then = before.engine().authorize(before.request(principal, resource)).permitted();
      const bool now = after.engine().authorize(after.request(principal, resource)).permitted();
      if (then != now) (now ? gained : lost).insert(privilege);
    }
    // A name that outlives this loop: the set of users is a copy.
    const GovernedWorld& home = after.users().contains(name) ? after : before;
    const std::string_view user = home.users().find(name)->first;
    if (!gained.empty()) {
      changes.push_back(summarise(user, principal, gained, after, Causes(after, before, history, true), true));
    }
    if (!lost.empty()) {
      changes.push_back(summarise(user, principal, lost, after, Causes(before, after, history, false), false));
    }
  }
  std::ranges::sort(changes, {}, rank);
  return changes;
}

}  // namespace access_history
