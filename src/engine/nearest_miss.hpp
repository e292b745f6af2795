#pragma once

#include <cstddef>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

namespace quis {

/// The permits that came nearest to a request that none of them permits: see `Explanation::misses`.
struct NearestMisses {
  std::vector<PolicyIndex> nearest;  ///< nearest first
  std::size_t more = 0;
  std::size_t for_action = 0;  ///< permits whose scope lets the action by, those in `errors` too
};

/// The nearest `most`. Policies in `errors`, which must be sorted, are left out: they are told of elsewhere. Linear in
/// the policies.
[[nodiscard]] NearestMisses nearest_misses(const World& world, const Request& request,
                                           const std::vector<PolicyError>& errors, std::size_t most);

}  // namespace quis
