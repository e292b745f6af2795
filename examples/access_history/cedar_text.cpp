#include "cedar_text.hpp"

#include <iterator>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <quis/base/vocabulary.hpp>

#include "sudo_rule.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = R"(// Who is there, what groups there are, and what sudo lets a group do.

entity User in [Group] = {
  // An account with a shell that is meant to exist.
  present: Bool,
  // `shell`, `system` (of a service), `ldap` (no shell) or `none` (a group lists somebody who has no record).
  account: String,
  // The last day on which the account is good.
  expires?: datetime,
  // An expiry date that is no date, as typed.
  expiry_unreadable?: String,
};

entity Group = {
  // How many people are named as the ones to ask. 0: nobody is.
  approvers: Long,
};

// What a command runs as, and the command; inside the next wider privilege, up to `root`.
entity Privilege in [Privilege];

action use appliesTo {
  principal: User,
  resource: Privilege,
  context: { now: datetime },
};
)";

// A forbid that errs is skipped, so each asks whether a fact is there before it reads it, and denies where it is needed
// and missing.
constexpr std::string_view kForbids = R"(
@id("not-present")
@rule("an account that is not certainly present may do nothing")
forbid (principal, action, resource)
unless { principal has present && principal.present };

@id("absent-group")
@rule("the group of those who left may do nothing")
forbid (principal in Group::"absent", action, resource);

@id("expired")
@rule("an account is good until the end of its expiry date")
forbid (principal, action, resource)
when { principal has expires && context.now >= principal.expires.offset(duration("1d")) };

@id("expiry-unreadable")
@rule("an expiry date that cannot be read has passed")
forbid (principal, action, resource)
when { principal has expiry_unreadable };

@id("no-clock")
@rule("without the time nothing can be said about expiry")
forbid (principal, action, resource)
unless { context has now };
)";

void write_permits(std::string& text, const std::string& name, const Group& group, const History& history) {
  // Two rules may say the same: `ALL = NOPASSWD: ALL` and `ALL = (ALL) NOPASSWD: ALL`. One permit, with the older rule.
  struct Grant {
    std::string_view rule;
    EventIndex event;
  };
  std::map<std::string, Grant> grants;
  for (const auto& [rule, event] : group.sudo_rules) {
    for (std::string& privilege : privileges_of(rule).value_or(std::vector<std::string>{})) {
      const auto [grant, fresh] = grants.try_emplace(std::move(privilege), Grant{rule, event});
      if (!fresh && event < grant->second.event) grant->second = {rule, event};
    }
  }
  for (const auto& [privilege, grant] : grants) {
    fmt::format_to(std::back_inserter(text), R"(
@id({})
@group({})
@rule({})
@since("{}")
@approvers("{}")
permit (principal in Group::{}, action == Action::"use", resource in Privilege::{});
)",
                   quis::quoted(fmt::format("{}/{}", name, privilege)), quis::quoted(name), quis::quoted(grant.rule),
                   day_text(history.events[grant.event].instant), group.approvers, quis::quoted(name),
                   quis::quoted(privilege));
  }
}

json::object uid(std::string_view type, std::string_view id) { return {{"type", type}, {"id", id}}; }

json::object entity(std::string_view type, std::string_view id, json::object attributes, json::array parents) {
  return {{"uid", uid(type, id)}, {"attrs", std::move(attributes)}, {"parents", std::move(parents)}};
}

json::object user_attributes(const Directory& directory, const std::string& name) {
  const auto shell = directory.accounts.find(name);
  if (shell == directory.accounts.end()) {
    return {{"present", false}, {"account", directory.ldap_only.contains(name) ? "ldap" : "none"}};
  }
  const Account& account = shell->second;
  json::object attributes{{"present", account.present()}, {"account", account.system ? "system" : "shell"}};
  if (!account.expiry.empty()) {
    attributes[parse_day(account.expiry) ? "expires" : "expiry_unreadable"] = account.expiry;
  }
  return attributes;
}

}  // namespace

std::set<std::string> all_privileges(const History& history) {
  std::set<std::string> privileges;
  for (const Event& event : history.events) {
    if (event.kind != EventKind::privilege_add) continue;
    for (const std::string& privilege : privileges_of(event.after).value_or(std::vector<std::string>{})) {
      for (std::string_view wider = privilege; !wider.empty(); wider = wider_privilege(wider)) {
        privileges.emplace(wider);
      }
    }
  }
  return privileges;
}

std::size_t unreadable_rules(const Directory& directory) {
  std::size_t count = 0;
  for (const auto& [name, group] : directory.groups) {
    for (const auto& [rule, event] : group.sudo_rules) count += privileges_of(rule) ? 0U : 1U;
  }
  return count;
}

std::string_view schema_text() { return kSchema; }

std::string policies_text(const Directory& directory, const History& history) {
  std::string text = fmt::format("// Who may use which privilege as of {}. Generated from the access file.\n",
                                 day_text(directory.moment));
  text += kForbids;
  for (const auto& [name, group] : directory.groups) write_permits(text, name, group, history);
  return text;
}

std::string entities_json(const Directory& directory, const std::set<std::string>& privileges) {
  std::map<std::string, json::array> groups_of;
  for (const auto& [name, account] : directory.accounts) groups_of[name];
  for (const auto& [name, account] : directory.ldap_only) groups_of[name];
  json::array entities;
  for (const auto& [name, group] : directory.groups) {
    entities.push_back(entity("Group", name, {{"approvers", group.approvers}}, {}));
    for (const auto& [member, event] : group.members) groups_of[member].push_back(uid("Group", name));
  }
  for (auto& [name, groups] : groups_of) {
    entities.push_back(entity("User", name, user_attributes(directory, name), std::move(groups)));
  }
  for (const std::string& privilege : privileges) {
    json::array parents;
    if (const auto wider = wider_privilege(privilege); !wider.empty()) parents.push_back(uid("Privilege", wider));
    entities.push_back(entity("Privilege", privilege, {}, std::move(parents)));
  }
  return json::serialize(entities);
}

}  // namespace access_history
