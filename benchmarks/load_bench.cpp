// What stands between files and the first decision: parsing the policies, building a world of them, and naming the set.
//
// Files are read before the clock starts. The vocabulary only grows, so every iteration but the first finds its names
// there.

#include <benchmark/benchmark.h>

#include <optional>
#include <string>

#include "benchmarks.hpp"
#include "cli/case_file.hpp"
#include "cli/inputs.hpp"

namespace quis::bench {
namespace {

struct Sources {
  std::string policies;
  bool policies_are_json = false;
  std::optional<Schema> schema;
  Entities entities;
};

Result<Sources> read_sources(const std::string& case_file) {
  const auto test = cli::read_case_file(case_file);
  if (!test) return tl::make_unexpected(test.error());
  auto policies = cli::read_input(test->policies);
  if (!policies) return tl::make_unexpected(std::move(policies.error()));
  auto schema = cli::SchemaInput{test->schema, test->schema_is_json ? "json" : "cedar"}.load();
  if (!schema) return tl::make_unexpected(std::move(schema.error()));
  auto entities = cli::EntitiesInput{test->entities}.load(*schema);
  if (!entities) return tl::make_unexpected(std::move(entities.error()));
  return Sources{std::move(*policies), test->policies_are_json, std::move(*schema), std::move(*entities)};
}

Result<PolicySet> parse(const Sources& sources) {
  return sources.policies_are_json ? PolicySet::from_json(sources.policies) : PolicySet::from_text(sources.policies);
}

/// Runs `measure(sources)`, which says what went wrong, if anything did.
template <class Measure>
void with_sources(benchmark::State& state, const std::string& case_file, Measure&& measure) {
  const auto sources = read_sources(case_file);
  const Result<void> done = sources ? measure(*sources) : tl::make_unexpected(sources.error());
  if (!done) state.SkipWithError(render(done.error()).c_str());
}

void count_policies(benchmark::State& state, std::size_t policies) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(policies));
}

void parse_policies(benchmark::State& state, const std::string& case_file) {
  with_sources(state, case_file, [&](const Sources& sources) -> Result<void> {
    std::size_t policies = 0;
    for (auto _ : state) {
      const auto set = parse(sources);
      if (!set) return tl::make_unexpected(set.error());
      policies = set->policies().size();
    }
    count_policies(state, policies);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sources.policies.size()));
    return {};
  });
}

void build_world(benchmark::State& state, const std::string& case_file) {
  with_sources(state, case_file, [&](const Sources& sources) -> Result<void> {
    const auto set = parse(sources);
    if (!set) return tl::make_unexpected(set.error());
    for (auto _ : state) benchmark::DoNotOptimize(World::build(*set, sources.entities));
    count_policies(state, set->policies().size());
    return {};
  });
}

/// From text to a world that decides.
void load_and_compile(benchmark::State& state, const std::string& case_file) {
  with_sources(state, case_file, [&](const Sources& sources) -> Result<void> {
    for (auto _ : state) {
      auto set = parse(sources);
      if (!set) return tl::make_unexpected(set.error());
      benchmark::DoNotOptimize(World::build(*std::move(set), sources.entities));
    }
    return {};
  });
}

/// Of a set whose bodies were never asked for theirs: the names of the policies, but not their texts, are known.
void digest_policies(benchmark::State& state, const std::string& case_file) {
  with_sources(state, case_file, [&](const Sources& sources) -> Result<void> {
    std::size_t policies = 0;
    for (auto _ : state) {
      state.PauseTiming();
      const auto set = parse(sources);
      if (!set) return tl::make_unexpected(set.error());
      policies = set->size();
      state.ResumeTiming();
      benchmark::DoNotOptimize(set->digest());
    }
    count_policies(state, policies);
    return {};
  });
}

}  // namespace

void register_load(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    const auto add = [&](const char* what, auto* function) {
      benchmark::RegisterBenchmark((std::string(what) + "/" + workload.name).c_str(), function, workload.case_file)
          ->Unit(benchmark::kMicrosecond);
    };
    add("parse_policies", parse_policies);
    add("build_world", build_world);
    add("load_and_compile", load_and_compile);
    add("digest_policies", digest_policies);
  }
}

}  // namespace quis::bench
