#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace access_history {

/// The privileges that a sudo rule grants, e.g. `ALL = (www-data) NOPASSWD: /bin/a, /bin/b`.
///
/// A privilege is named by the account that a command runs as, and the command unless that is ALL: `root` (anything at
/// all), `www-data` (anything as www-data), `root:/bin/journalctl *` (that command as root). Running as ALL is running
/// as root. Null when the text is no sudo rule: sudo refuses the file it stands in, so it grants nothing.
[[nodiscard]] std::optional<std::vector<std::string>> privileges_of(std::string_view rule);

/// The next wider privilege: `www-data:/bin/a` is part of `www-data`, that of `root`, and that of nothing (empty).
[[nodiscard]] std::string_view wider_privilege(std::string_view privilege);

}  // namespace access_history
