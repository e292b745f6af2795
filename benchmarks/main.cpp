#include <cstdlib>
#include <iostream>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  const auto workloads = quis::bench::prepare_workloads(QUIS_BENCH_OOPSLA, QUIS_BENCH_GENERATED);
  if (!workloads) {
    std::cerr << quis::render(workloads.error());
    return EXIT_FAILURE;
  }
  quis::bench::register_authorize(*workloads);
  quis::bench::register_load(*workloads);
  quis::bench::register_reload(*workloads);
  quis::bench::register_validate(*workloads);
  quis::bench::register_native(*workloads);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
