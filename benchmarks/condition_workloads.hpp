#pragma once

#include <string>
#include <vector>

#include <quis/base/result.hpp>

namespace quis::bench {

/// Writes the workloads `conditions/<name>` below `folder`, each to a folder of its name as `write_scale_policies`
/// does, and returns the names. The bytes never differ.
///
/// They are about what policies ask besides membership and ownership, a kind of condition each: types of principals and
/// resources, attributes that are compared with what stands in the policy, tags, records, addresses and times. A few
/// policies, some hundred entities, 500 requests drawn at random.
[[nodiscard]] Result<std::vector<std::string>> write_condition_workloads(const std::string& folder);

}  // namespace quis::bench
