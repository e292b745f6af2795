#pragma once

#include <vector>

#include <quis/engine/explanation.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// Evaluates a policy once more and says what each of its clauses made of the request, up to and including the first
/// that did not hold. Depth of recursion: the height of the tree.
[[nodiscard]] std::vector<ExplainedClause> trace(const Policy& policy, const Request& request,
                                                 const Entities& entities);

/// The policy without its clauses.
[[nodiscard]] ExplainedPolicy describe(const Policy& policy);

}  // namespace quis
