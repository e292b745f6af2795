#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/result.hpp>

namespace access_history {

/// Milliseconds since 1970-01-01T00:00:00Z, as in Cedar's datetime.
using Instant = std::int64_t;
inline constexpr Instant kSecond = 1000;
inline constexpr Instant kDay = 86'400 * kSecond;

/// Midnight (UTC) of `YYYY-MM-DD`; null for anything else.
[[nodiscard]] std::optional<Instant> parse_day(std::string_view text);
/// The day (UTC) of an instant.
[[nodiscard]] std::string day_text(Instant instant);
/// The instant at which a question *as of* a day is asked: its last second.
[[nodiscard]] constexpr Instant end_of_day(Instant midnight) { return midnight + kDay - kSecond; }

/// What one version of the access file changed against the version before.
enum class EventKind : std::uint8_t {
  user_add,
  user_ensure,
  user_record_removed,
  ldap_only_add,
  ldap_only_ensure,
  ldap_only_removed,
  expiry_change,
  kerberos,
  ssh_key_count,
  group_add,
  group_removed,
  approver_count,
  member_add,
  member_remove,
  privilege_add,
  privilege_remove,
};

struct Event {
  std::uint32_t version = 0;  ///< of the access file; events of one version happened together
  Instant instant = 0;        ///< since when it is in force, see `read_history`
  EventKind kind = EventKind::user_add;
  bool ticket = false;  ///< the commit message cites a ticket
  std::string actor;    ///< who made the change: `a` and the digits of that person's pseudonym
  std::string subject;  ///< the user, `u…`; empty for events of groups
  std::string object;   ///< the group; `ldap` for the expiry date of an LDAP-only record
  std::string before;
  std::string after;
};

/// Position of an event in `History::events`: what a rebuilt fact remembers of where it came from.
using EventIndex = std::uint32_t;

struct History {
  std::vector<Event> events;  ///< in order of version
  std::size_t versions = 0;
  std::size_t backdated = 0;  ///< versions that are dated before one that they follow

  [[nodiscard]] Instant first() const { return events.front().instant; }
  [[nodiscard]] Instant last() const { return events.back().instant; }
};

/// Reads the events.
///
/// Versions come in the order in which they were merged, and that order is what happened: a few are dated *before*
/// their predecessor (they were written earlier, elsewhere, and some clocks were wrong). Sorting by date would apply a
/// change to a file that did not exist yet; so a version is in force since the latest date seen up to it.
[[nodiscard]] quis::Result<History> read_history(const std::string& path);

}  // namespace access_history
