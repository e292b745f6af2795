#pragma once

#include <string>
#include <vector>

#include "history.hpp"

namespace access_history {

/// An account that the access file still listed, present and in a group with privileges, on the day after its expiry
/// date.
struct Lapse {
  std::string user;
  std::string expiry;
  Instant day_after = 0;
  bool root = false;  ///< one of its groups holds root
};

/// In order of date.
[[nodiscard]] std::vector<Lapse> find_lapses(const History& history);

}  // namespace access_history
