#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <quis/engine/decision.hpp>

namespace quis {

/// Appends what the liftable forbids among `determining` require, each requirement once, in order of position. The
/// views belong to the policies. Allocates nothing once `requirements` has grown, unless there are more distinct ones
/// than a person could meet.
inline void append_requirements(std::span<const Policy> policies, std::span<const PolicyIndex> determining,
                                std::vector<std::string_view>& requirements) {
  constexpr std::size_t kScanned = 32;
  std::unordered_set<std::string_view> seen;
  for (const PolicyIndex index : determining) {
    const std::string* value = policies[index].body->annotation(kStepUp);
    if (value == nullptr) continue;
    if (requirements.size() < kScanned) {
      if (std::find(requirements.begin(), requirements.end(), *value) != requirements.end()) continue;
    } else {
      if (seen.empty()) seen.insert(requirements.begin(), requirements.end());
      if (!seen.insert(*value).second) continue;
    }
    requirements.emplace_back(*value);
  }
}

}  // namespace quis
