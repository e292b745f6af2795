// Policies that tell requests apart by attributes and not by scope: N of them, each for one department and one kind of
// document. Ten concern a request, or none, however many there are.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <quis/engine/engine.hpp>

#include "benchmarks.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

constexpr std::size_t kEntities = 10'000;  // of users, and as many documents
constexpr std::size_t kKinds = 10;

World make_world(std::size_t count, std::vector<EntityId>& users, std::vector<EntityId>& documents) {
  const std::size_t departments = std::max<std::size_t>(1, count / kKinds / 10);
  std::string policies;
  for (std::size_t i = 0; i < count; ++i) {
    policies += fmt::format(R"(permit(principal, action == Action::"read", resource) when {{
        principal.department == "d{}" && resource.kind == "k{}" && principal.level >= {} }};)",
                            i % departments, i / departments % kKinds, i % 7);
  }
  Random random(count);
  EntitiesBuilder builder;
  const SymbolId department = intern_symbol("department");
  const SymbolId level = intern_symbol("level");
  const SymbolId kind = intern_symbol("kind");
  for (std::size_t i = 0; i < kEntities; ++i) {
    users.push_back(intern_entity("User", std::to_string(i)));
    documents.push_back(intern_entity("Document", std::to_string(i)));
    const std::array<std::pair<SymbolId, Value>, 2> user = {
        {{department, builder.arena().string(fmt::format("d{}", random.below(departments)))},
         {level, Value::integer(static_cast<std::int64_t>(random.below(10)))}}};
    const std::array<std::pair<SymbolId, Value>, 1> document = {
        {{kind, builder.arena().string(fmt::format("k{}", random.below(kKinds)))}}};
    (void)builder.add(users.back(), user, {});
    (void)builder.add(documents.back(), document, {});
  }
  return World::build(*PolicySet::from_text(policies), *builder.build());
}

void attribute_policies(benchmark::State& state) {
  std::vector<EntityId> users;
  std::vector<EntityId> documents;
  const Engine engine(make_world(static_cast<std::size_t>(state.range(0)), users, documents));
  Random random(1);
  std::vector<Request> requests;
  for (std::size_t i = 0; i < RequestStream::kLength; ++i) {
    requests.push_back({users[random.below(kEntities)], engine.action("read"), documents[random.below(kEntities)]});
  }
  std::size_t position = 0;
  Response response;
  for (auto _ : state) {
    engine.authorize(requests[position++ % requests.size()], response);
    benchmark::DoNotOptimize(response);
  }
}

BENCHMARK(attribute_policies)->Arg(10)->Arg(100)->Arg(1'000)->Arg(10'000)->Arg(100'000);

}  // namespace
}  // namespace quis::bench
