#include <algorithm>
#include <iostream>
#include <span>

#include <fmt/ranges.h>
#include <boost/json.hpp>

#include <quis/base/extension.hpp>

#include "reach.hpp"
#include "sudo_rule.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

bool same_person(const Event& event) {
  return !event.subject.empty() && std::string_view(event.actor).substr(1) == std::string_view(event.subject).substr(1);
}

// `on 2023-09-21 by a41cc7f392c (their own change), citing a ticket`
std::string made_by(const Event& event) {
  return fmt::format("on {} by {}{}, {}", day_text(event.instant), event.actor,
                     same_person(event) ? " (the very same person)" : "",
                     event.ticket ? "citing a ticket" : "citing no ticket");
}

std::string permit_sentence(const GovernedWorld& world, const History& history, const std::string& user,
                            quis::PolicyIndex index) {
  const Lineage lineage = lineage_of(world, history, user, index);
  const std::string_view rule = annotation(world.policy(index), "rule");
  return fmt::format("They were added to `{}` {}; that group got the rule `{}` {}.", lineage.group,
                     made_by(*lineage.membership), rule, made_by(*lineage.rule));
}

std::string account_sentence(const GovernedWorld& world, const History& history, const std::string& user) {
  const auto found = world.directory().accounts.find(user);
  if (found == world.directory().accounts.end()) {
    return world.directory().ldap_only.contains(user) ? "They have an LDAP record only, and no shell account."
                                                      : "They have no record on that day.";
  }
  const Account& account = found->second;
  std::string text =
      fmt::format("The account was set to `{}` {}", account.ensure, made_by(history.events[account.ensured]));
  if (account.expiry.empty()) return text + ", and has no expiry date.";
  return text + fmt::format(", and has the expiry date {}, set {}.", account.expiry,
                            made_by(history.events[account.expiry_set]));
}

// A few names, and how many more.
std::string names_text(std::span<const std::string_view> names) {
  constexpr std::size_t kNamed = 6;
  if (names.empty()) return "none";
  if (names.size() <= kNamed) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.first(kNamed), ", "), names.size() - kNamed);
}

// The groups that the user is in, and those whose members may do it.
std::string groups_sentence(const GovernedWorld& world, const std::string& user, const std::string& privilege) {
  std::vector<std::string_view> mine;
  std::vector<std::string_view> holders;
  for (const auto& [name, group] : world.directory().groups) {
    if (group.members.contains(user)) mine.push_back(name);
    const bool holds = std::ranges::any_of(group.sudo_rules, [&](const auto& rule) {
      const auto granted = privileges_of(rule.first).value_or(std::vector<std::string>{});
      for (std::string_view wider = privilege; !wider.empty(); wider = wider_privilege(wider)) {
        if (std::ranges::find(granted, wider) != granted.end()) return true;
      }
      return false;
    });
    if (holds) holders.push_back(name);
  }
  return fmt::format("Their groups: {}. Groups that hold it: {}.", names_text(mine), names_text(holders));
}

bool ever_mentioned(const History& history, const std::string& user) {
  return std::ranges::any_of(history.events, [&](const Event& event) { return event.subject == user; });
}

}  // namespace

quis::Result<void> why(const Session& session, const WhyOptions& options) {
  const auto day = day_or_last(session.history, options.as_of);
  if (!day) return tl::unexpected(day.error());
  const auto world = GovernedWorld::as_of(session.history, *day);
  if (!world) return tl::unexpected(world.error());
  if (!world->privileges().contains(options.privilege)) return unknown_privilege(options.privilege);
  if (!ever_mentioned(session.history, options.user)) return unknown_user(options.user);

  // From text and checked by the schema, the way a stranger's question arrives.
  const auto request = quis::OwnedRequest::from_text(
      fmt::format("User::{}", quis::quoted(options.user)), R"(Action::"use")",
      fmt::format("Privilege::{}", quis::quoted(options.privilege)),
      fmt::format(R"({{"now": "{}"}})", quis::datetime_text(world->directory().moment)), &world->schema());
  if (!request) return tl::unexpected(request.error());
  quis::Response response;
  world->engine().authorize(request->view(), response);

  std::string lineage;
  for (const quis::PolicyIndex policy : response.determining) {
    if (response.permitted) lineage += permit_sentence(*world, session.history, options.user, policy) + " ";
  }
  if (!response.permitted) {
    lineage =
        response.determining.empty() ? "No policy grants it. " : "A forbid overrules whatever their groups grant. ";
    lineage += groups_sentence(*world, options.user, options.privilege) + " ";
  }
  lineage += account_sentence(*world, session.history, options.user);

  if (session.json) {
    json::array names;
    for (const quis::PolicyIndex policy : response.determining)
      names.push_back(json::string_view(world->engine().policy_id(policy)));
    std::cout << json::object{{"as_of", day_text(*day)},        {"user", options.user},
                              {"privilege", options.privilege}, {"permitted", response.permitted},
                              {"policies", std::move(names)},   {"lineage", lineage}}
              << '\n';
    return {};
  }
  session.page.paragraph(
      fmt::format("{}: as of {}, {} {} use `{}`.", response.permitted ? "PERMIT" : "DENY", day_text(*day), options.user,
                  response.permitted ? "may" : "may not", options.privilege),
      response.permitted ? Style::good : Style::bad);
  session.page.paragraph(lineage);
  for (const quis::PolicyIndex policy : response.determining) {
    session.page.line("");
    session.page.block(quis::to_text(*world->policy(policy).body));
  }
  return {};
}

}  // namespace access_history
