#pragma once

#include <quis/model/entities.hpp>
#include <quis/policy/policy_set.hpp>

#include "engine/program.hpp"

namespace quis {

/// Compiles the policies of a set and files them by scope. The program borrows literals and patterns from the policies,
/// which must outlive it. Linear in the size of the policies.
[[nodiscard]] Program compile(const PolicySet& policies, const Entities& entities);

}  // namespace quis
