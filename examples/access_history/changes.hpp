#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "governed_world.hpp"
#include "progress.hpp"

namespace access_history {

/// What a user may do in one world and not in the other.
struct Change {
  std::string_view user;
  bool gained = false;
  std::vector<std::string_view> privileges;  ///< the widest: whoever gains `root` gains all inside it
  std::size_t inside = 0;                    ///< how many more lie inside those
  std::string cause;                         ///< what changed in the access file
};

/// Asks both worlds about everybody and every privilege. Sorted: root first, then gained before lost, then by user. The
/// names are those of the worlds, which must outlive it.
[[nodiscard]] std::vector<Change> find_changes(const GovernedWorld& before, const GovernedWorld& after,
                                               const History& history, Progress& progress);

}  // namespace access_history
