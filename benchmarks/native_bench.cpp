// The decisions of authorize_bench.cpp on policies that were compiled ahead of time. Last of all: what is in use once
// is in use for the rest of the process.

#include <benchmark/benchmark.h>

#include <optional>
#include <string>

#ifdef QUIS_BENCH_NATIVE
#include <bench_native_gdrive.hpp>
#include <bench_native_github.hpp>
#include <bench_native_tinytodo.hpp>
#endif

#include "benchmarks.hpp"
#include "random.hpp"

namespace quis::bench {

#ifdef QUIS_BENCH_NATIVE
namespace {

void authorize_native(benchmark::State& state, const NativeProgram& (*program)(), const std::string& case_file) {
  use_native(program());
  const auto subject = Subject::load(case_file);
  if (!subject) {
    state.SkipWithError(render(subject.error()).c_str());
    return;
  }
  const NativeCoverage coverage = subject->world().native_coverage();
  if (coverage.plans == 0 || coverage.native != coverage.plans) {
    state.SkipWithError("not all plans are native");
    return;
  }
  RequestStream stream(subject->size());
  Response response;
  std::size_t permitted = 0;
  for (auto _ : state) {
    subject->by_id(stream.next(), response);
    permitted += response.permitted ? 1U : 0U;
  }
  state.counters["permitted"] = benchmark::Counter(static_cast<double>(permitted), benchmark::Counter::kAvgIterations);
}

}  // namespace

void register_native(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    const auto add = [&](const char* name, const NativeProgram& (*program)()) {
      if (workload.name != name) return;
      benchmark::RegisterBenchmark(("authorize/" + workload.name + "/quis-native").c_str(), authorize_native, program,
                                   workload.case_file);
    };
    add("oopsla/gdrive/50", bench_native_gdrive);
    add("oopsla/github/50", bench_native_github);
    add("oopsla/tinytodo/50", bench_native_tinytodo);
  }
}
#else
void register_native(const std::vector<Workload>&) {}  // there are no policies to compile
#endif

}  // namespace quis::bench
