// One decision, on every workload, in four ways; see `Subject` for what each does. Requests come in the order of
// `RequestStream`. A decision here includes drawing the next request: about a nanosecond. And a million decisions on
// one thread and on each of two.

#include <benchmark/benchmark.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

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

/// The whole stream, once on each of so many threads. Nothing is shared but the engine.
void threads(benchmark::State& state, const std::string& case_file, std::size_t count) {
  const auto& subject = loaded(case_file);
  if (!subject) {
    state.SkipWithError(render(subject.error()).c_str());
    return;
  }
  const auto decide_all = [&] {
    RequestStream stream(subject->size());
    Response response;
    for (std::size_t i = 0; i < 16 * RequestStream::kLength; ++i) subject->by_id(stream.next(), response);
  };
  for (auto _ : state) {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < count; ++i) others.emplace_back(decide_all);
    decide_all();
    for (std::thread& other : others) other.join();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(16 * RequestStream::kLength * count));
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
    for (const std::size_t count : {1U, 2U}) {
      benchmark::RegisterBenchmark(("threads/" + workload.name + "/" + std::to_string(count)).c_str(), threads,
                                   workload.case_file, count)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace quis::bench
