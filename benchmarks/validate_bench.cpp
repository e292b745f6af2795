// Validating the policies of the paper's applications against their schemas, as they are and as a set of 10,000: the
// same policies over and over, each a body of its own.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <quis/policy/validator.hpp>

#include "benchmarks.hpp"
#include "cli/case_file.hpp"
#include "cli/inputs.hpp"

namespace quis::bench {
namespace {

constexpr std::size_t kMany = 10'000;

struct Subject {
  PolicySet policies;
  Schema schema;
};

Result<std::optional<Subject>> load(const std::string& case_file) {
  const auto test = cli::read_case_file(case_file);
  if (!test) return tl::make_unexpected(test.error());
  auto schema = cli::SchemaInput{test->schema, test->schema_is_json ? "json" : "cedar"}.load();
  if (!schema) return tl::make_unexpected(std::move(schema.error()));
  if (!*schema) return std::optional<Subject>();
  cli::PolicyInput input;
  input.path = test->policies;
  input.format = test->policies_are_json ? "json" : "cedar";
  input.ids = "position";
  auto policies = input.load();
  if (!policies) return tl::make_unexpected(std::move(policies.error()));
  return std::optional<Subject>(Subject{std::move(*policies), std::move(**schema)});
}

/// The static policies of a set, written again and again until there are so many.
Result<PolicySet> repeated(const PolicySet& policies, std::size_t count) {
  std::string once;
  std::size_t written = 0;
  for (const Policy& policy : policies.policies()) {
    if (policy.template_id) continue;
    once += to_text(*policy.body) + '\n';
    ++written;
  }
  if (written == 0) return PolicySet();
  std::string text;
  for (std::size_t i = 0; i < count; i += written) text += once;
  return PolicySet::from_text(text);
}

void run(benchmark::State& state, const PolicySet& policies, const Schema& schema) {
  for (auto _ : state) benchmark::DoNotOptimize(validate(policies, schema));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(policies.size()));
}

void validate_policies(benchmark::State& state, const std::string& case_file) {
  const auto subject = load(case_file);
  if (!subject) return state.SkipWithError(render(subject.error()).c_str());
  run(state, (*subject)->policies, (*subject)->schema);
}

void validate_many(benchmark::State& state, const std::string& case_file) {
  const auto subject = load(case_file);
  if (!subject) return state.SkipWithError(render(subject.error()).c_str());
  const auto policies = repeated((*subject)->policies, kMany);
  if (!policies) return state.SkipWithError(render(policies.error()).c_str());
  run(state, *policies, (*subject)->schema);
}

}  // namespace

void register_validate(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    const auto subject = load(workload.case_file);
    if (!subject || !*subject) continue;  // a workload without a schema
    benchmark::RegisterBenchmark(("validate_policies/" + workload.name).c_str(), validate_policies, workload.case_file)
        ->Unit(benchmark::kMicrosecond);
    const auto many = repeated((*subject)->policies, 1);
    if (!many || many->empty()) continue;
    benchmark::RegisterBenchmark(("validate_10000/" + workload.name).c_str(), validate_many, workload.case_file)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace quis::bench
