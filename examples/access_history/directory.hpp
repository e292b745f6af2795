#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "history.hpp"

namespace access_history {

/// An account as one record of the access file describes it.
struct Account {
  bool system = false;     ///< of a service, not of a person
  std::string ensure;      ///< `present`, `absent`, or whatever was typed
  EventIndex ensured = 0;  ///< the event that made it so
  std::string expiry;      ///< the last day on which it is good, as typed; empty for none
  EventIndex expiry_set = 0;

  /// Whoever is not certainly present is not.
  [[nodiscard]] bool present() const { return ensure == "present"; }
};

struct Group {
  EventIndex added = 0;
  std::uint32_t approvers = 0;                                ///< people named as the ones to ask; 0 for none
  std::map<std::string, EventIndex, std::less<>> members;     ///< and the event that added each
  std::map<std::string, EventIndex, std::less<>> sudo_rules;  ///< and the event that granted each
};

/// The access file at one moment: who has an account, who is in which group, what each group may do.
struct Directory {
  Instant moment = 0;
  std::map<std::string, Account, std::less<>> accounts;   ///< with a shell
  std::map<std::string, Account, std::less<>> ldap_only;  ///< people without one
  std::map<std::string, Group, std::less<>> groups;
};

/// Rebuilds the access file from every version that was in force at the moment.
[[nodiscard]] Directory rebuild(const History& history, Instant moment);

}  // namespace access_history
