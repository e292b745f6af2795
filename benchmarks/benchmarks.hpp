#pragma once

#include <vector>

#include "workload.hpp"

/// The benchmarks that run on workloads, and so are registered when the workloads are known.
namespace quis::bench {

void register_authorize(const std::vector<Workload>& workloads);
void register_load(const std::vector<Workload>& workloads);
void register_reload(const std::vector<Workload>& workloads);
void register_validate(const std::vector<Workload>& workloads);
void register_native(const std::vector<Workload>& workloads);

}  // namespace quis::bench
