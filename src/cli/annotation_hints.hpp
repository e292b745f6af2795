#pragma once

#include <quis/base/result.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis::cli {

/// Warns of annotations that look like `@step_up` (see `kStepUp`) and do nothing: on a permit, or misspelt.
[[nodiscard]] Errors annotation_hints(const PolicySet& policies);

}  // namespace quis::cli
