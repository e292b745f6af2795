#pragma once

#include <set>
#include <string>
#include <string_view>

#include "directory.hpp"

/// The access file as Cedar: what quis reads, decides by, and this program prints.
namespace access_history {

/// Every privilege that some sudo rule of the history ever granted, and those around it. Worlds of all days share them,
/// so that who may do anything at one date is not reported as having gained what was only named later.
[[nodiscard]] std::set<std::string> all_privileges(const History& history);

/// Sudo rules in force that sudo cannot read.
[[nodiscard]] std::size_t unreadable_rules(const Directory& directory);

[[nodiscard]] std::string_view schema_text();

/// One permit for each privilege that a group holds, named `group/privilege` by its @id and annotated with the sudo
/// rule that grants it; and five forbids, which no permit can overrule.
[[nodiscard]] std::string policies_text(const Directory& directory, const History& history);

/// Entities JSON: everybody with a record or a membership, the groups, the privileges.
[[nodiscard]] std::string entities_json(const Directory& directory, const std::set<std::string>& privileges);

}  // namespace access_history
