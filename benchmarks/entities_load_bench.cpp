// Loading a million entities from JSON: how long, and what the store then occupies.
//
// One iteration: the vocabulary only grows, so a second load would find every name there.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "company.hpp"

namespace {

enum Shape : std::int64_t { kTeams, kScattered };

void entities_load(benchmark::State& state) {
  const bool scattered = state.range(0) == kScattered;
  const std::string text = quis::bench::company(scattered ? "s" : "t", scattered);
  for (auto _ : state) {
    const std::size_t names_before = quis::vocabulary_statistics().bytes;
    const auto entities = quis::Entities::from_json(text);
    if (!entities) {
      state.SkipWithError(render(entities.error()).c_str());
      return;
    }
    const quis::EntitiesStatistics statistics = entities->statistics();
    const auto per_entity = [&](std::size_t bytes) {
      return static_cast<double>(bytes) / static_cast<double>(quis::bench::kCompanyEntities);
    };
    state.counters["text_B"] = per_entity(text.size());
    state.counters["records_B"] = per_entity(statistics.record_bytes);
    state.counters["vocabulary_B"] = per_entity(quis::vocabulary_statistics().bytes - names_before);
    state.counters["ancestors_B"] = per_entity(statistics.ancestor_bytes);
    state.counters["values_B"] = per_entity(statistics.value_bytes);
    state.counters["entities"] = static_cast<double>(statistics.entities);
  }
}
BENCHMARK(entities_load)->ArgName("scattered")->Arg(kTeams)->Arg(kScattered)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
