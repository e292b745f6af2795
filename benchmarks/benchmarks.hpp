#pragma once

#include <vector>

#include "workload.hpp"

/// The benchmarks that exist once a workload, and so are registered when the workloads are known.
namespace quis::bench {

void register_authorize(const std::vector<Workload>& workloads);
void register_load(const std::vector<Workload>& workloads);

}  // namespace quis::bench
