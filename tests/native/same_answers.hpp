#pragma once

#include <algorithm>

#include "engine/decide.hpp"

namespace quis::test {

[[nodiscard]] inline bool all_native(const World& world) {
  const NativeCoverage coverage = world.native_coverage();
  return coverage.plans != 0 && coverage.native == coverage.plans;
}

/// Whether the compiled evaluator, native code and all, says of a request what the reference interpreter says: outcome,
/// policies, errors and what they are about.
[[nodiscard]] inline bool same_answers(const World& world, const Request& request) {
  for (const ForbidErrors forbid_errors : {ForbidErrors::skip, ForbidErrors::deny}) {
    const Engine compiled(world, Evaluator::compiled, forbid_errors);
    Response response;
    Response expected;
    compiled.authorize(request, response);
    Engine(world, Evaluator::reference, forbid_errors).authorize(request, expected);
    const bool same = response.outcome() == expected.outcome() && response.step_up == expected.step_up &&
                      response.determining == expected.determining &&
                      std::ranges::equal(response.errors, expected.errors, [](const auto& a, const auto& b) {
                        return a.policy == b.policy && a.error == b.error;
                      });
    const Decision decision = compiled.authorize(request);
    if (!same || decision.outcome() != expected.outcome()) return false;
    if (decision.complete() && !std::ranges::equal(decision.determining(), expected.determining)) return false;
  }
  return true;
}

}  // namespace quis::test
