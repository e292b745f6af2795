// Opening a million saved entities, whose names the process does not know yet, and once more when it does.
//
// The file is made by another process: this one would know the names from making it. One iteration each, because the
// vocabulary only grows; for a median, run the program several times.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <quis/model/entities_file.hpp>

#include "company.hpp"

namespace {

enum Shape : std::int64_t { kTeams, kScattered };

std::string file_of(bool scattered) {
  return std::string(QUIS_BENCH_GENERATED) + (scattered ? "/scattered.quis" : "/teams.quis");
}

/// 0 when the file is there.
int write_in_another_process(bool scattered) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto entities = quis::Entities::from_json(quis::bench::company(scattered ? "s" : "t", scattered));
    ::_exit(entities && quis::save_entities(*entities, file_of(scattered)) ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = EXIT_FAILURE;
  return child > 0 && ::waitpid(child, &status, 0) == child ? status : EXIT_FAILURE;
}

void entities_open(benchmark::State& state) {
  const bool scattered = state.range(0) == kScattered;
  if (state.range(1) != 0 && write_in_another_process(scattered) != 0) {
    state.SkipWithError("the file could not be made");
    return;
  }
  std::vector<quis::Entities> opened;  // freeing is not opening
  for (auto _ : state) {
    auto entities = quis::open_entities(file_of(scattered));
    if (!entities) {
      state.SkipWithError(render(entities.error()).c_str());
      return;
    }
    opened.push_back(std::move(*entities));
  }
}

BENCHMARK(entities_open)
    ->ArgNames({"scattered", "new_names"})
    ->Args({kTeams, 1})
    ->Args({kTeams, 0})
    ->Args({kScattered, 1})
    ->Args({kScattered, 0})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
