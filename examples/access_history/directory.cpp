#include "directory.hpp"

#include <charconv>

namespace access_history {
namespace {

constexpr std::string_view kSystem = "/system";

// One event at a time, in order. Changing or taking away what is not there does nothing: when a group goes, its members
// and rules go with it, and the events that list them come after.
class Replay {
 public:
  explicit Replay(Directory& directory) : directory_(directory) {}

  void apply(const Event& event, EventIndex index) {
    switch (event.kind) {
      case EventKind::user_add: return add(directory_.accounts, event, index);
      case EventKind::user_ensure: return ensure(directory_.accounts, event, index);
      case EventKind::user_record_removed: directory_.accounts.erase(event.subject); return;
      case EventKind::ldap_only_add: return add(directory_.ldap_only, event, index);
      case EventKind::ldap_only_ensure: return ensure(directory_.ldap_only, event, index);
      case EventKind::ldap_only_removed: directory_.ldap_only.erase(event.subject); return;
      case EventKind::expiry_change: return set_expiry(event, index);
      case EventKind::kerberos:
      case EventKind::ssh_key_count: return;  // how people log in; changes nothing about what they may do
      case EventKind::group_add: directory_.groups[event.object].added = index; return;
      case EventKind::group_removed: directory_.groups.erase(event.object); return;
      case EventKind::approver_count: return set_approvers(event);
      case EventKind::member_add:
        directory_.groups[event.object].members.insert_or_assign(event.subject, index);
        return;
      case EventKind::privilege_add:
        directory_.groups[event.object].sudo_rules.insert_or_assign(event.after, index);
        return;
      case EventKind::member_remove:
        if (Group* group = find_group(event)) group->members.erase(event.subject);
        return;
      case EventKind::privilege_remove:
        if (Group* group = find_group(event)) group->sudo_rules.erase(event.before);
        return;
    }
  }

 private:
  using Accounts = std::map<std::string, Account, std::less<>>;

  static void add(Accounts& accounts, const Event& event, EventIndex index) {
    Account account{.ensure = event.after, .ensured = index, .expiry = {}};
    if (account.ensure.ends_with(kSystem)) {
      account.system = true;
      account.ensure.resize(account.ensure.size() - kSystem.size());
    }
    accounts.insert_or_assign(event.subject, std::move(account));
  }

  static void ensure(Accounts& accounts, const Event& event, EventIndex index) {
    const auto account = accounts.find(event.subject);
    if (account == accounts.end()) return;
    account->second.ensure = event.after;
    account->second.ensured = index;
  }

  void set_expiry(const Event& event, EventIndex index) {
    Accounts& accounts = event.object == "ldap" ? directory_.ldap_only : directory_.accounts;
    const auto account = accounts.find(event.subject);
    if (account == accounts.end()) return;
    account->second.expiry = event.after;
    account->second.expiry_set = index;
  }

  void set_approvers(const Event& event) {
    if (Group* group = find_group(event)) {
      std::from_chars(event.after.data(), event.after.data() + event.after.size(), group->approvers);
    }
  }

  Group* find_group(const Event& event) {
    const auto found = directory_.groups.find(event.object);
    return found == directory_.groups.end() ? nullptr : &found->second;
  }

  Directory& directory_;
};

}  // namespace

Directory rebuild(const History& history, Instant moment) {
  Directory directory;
  directory.moment = moment;
  Replay replay(directory);
  for (EventIndex index = 0; index < history.events.size() && history.events[index].instant <= moment; ++index) {
    replay.apply(history.events[index], index);
  }
  return directory;
}

}  // namespace access_history
