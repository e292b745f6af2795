// One decision, on every workload, in four ways; see `Subject` for what each does. Requests come in the order of
// `RequestStream`. A decision here includes drawing the next request: about a nanosecond.

#include <benchmark/benchmark.h>

#include <optional>
#include <string>

#include "benchmarks.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

/// The last workload that was asked for stays loaded: benchmarks run in the order in which they were registered, each
/// several times.
const Result<Subject>& loaded(const std::string& case_file) {
  static std::string name;
  static std::optional<Result<Subject>> subject;
  if (name != case_file) {
    subject.reset();
    subject.emplace(Subject::load(case_file));
    name = case_file;
  }
  return *subject;
}

template <auto Decide>
void authorize(benchmark::State& state, const std::string& case_file) {
  const auto& subject = loaded(case_file);
  if (!subject) {
    state.SkipWithError(render(subject.error()).c_str());
    return;
  }
  RequestStream stream(subject->size());
  Response response;
  std::size_t permitted = 0;
  for (auto _ : state) {
    ((*subject).*Decide)(stream.next(), response);
    permitted += response.permitted ? 1U : 0U;
  }
  state.counters["permitted"] = benchmark::Counter(static_cast<double>(permitted), benchmark::Counter::kAvgIterations);
}

template <auto Decide>
void add(const Workload& workload, const char* way) {
  benchmark::RegisterBenchmark(("authorize/" + workload.name + "/" + way).c_str(), authorize<Decide>,
                               workload.case_file);
}

}  // namespace

void register_authorize(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    add<&Subject::by_id>(workload, "quis");
    add<&Subject::decision>(workload, "quis-decision");
    add<&Subject::from_text>(workload, "quis-text");
    add<&Subject::by_reference>(workload, "quis-reference");
  }
}

}  // namespace quis::bench
