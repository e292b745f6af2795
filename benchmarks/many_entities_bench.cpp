// Decisions among many entities: what a decision costs when what it reads is no longer in the processor's caches.
//
// N users and as many repositories. A user is in eight of N / 10 teams; a repository has an owner, a team of readers
// and a flag. Three policies ask for one of them each, and everything is drawn at random, so that a decision touches
// two pairs of cache lines that nobody has touched for long. Up to 100,000 + 100,000 by default;
// QUIS_BENCH_ENTITIES=10000000 asks for more (ten million of each take up to a minute to make, and 5.5 gigabytes).

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <quis/engine/engine.hpp>

#include "benchmarks.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

constexpr std::string_view kPolicies = R"(
  permit(principal, action == Action::"read", resource) when { principal in resource.readers };
  permit(principal, action == Action::"read", resource) when { resource.owner == principal };
  permit(principal, action == Action::"read", resource) when { resource.public };)";

struct Forge {
  std::vector<EntityId> users;
  std::vector<EntityId> repositories;
  std::vector<Request> requests;  // 65,536 at random
  Engine engine;

  static World build(std::size_t count, std::vector<EntityId>& users, std::vector<EntityId>& repositories) {
    Random random(count);
    std::vector<EntityId> teams;
    for (std::size_t i = 0; i < count / 10; ++i) teams.push_back(intern_entity("Team", std::to_string(i)));
    for (std::size_t i = 0; i < count; ++i) users.push_back(intern_entity("User", std::to_string(i)));
    for (std::size_t i = 0; i < count; ++i) repositories.push_back(intern_entity("Repository", std::to_string(i)));
    EntitiesBuilder builder;
    for (const EntityId user : users) {
      std::array<EntityId, 8> groups;
      for (EntityId& group : groups) group = teams[random.below(teams.size())];
      (void)builder.add(user, {}, groups);
    }
    const SymbolId owner = intern_symbol("owner");
    const SymbolId readers = intern_symbol("readers");
    const SymbolId is_public = intern_symbol("public");
    for (const EntityId repository : repositories) {
      const std::array<std::pair<SymbolId, Value>, 3> attributes = {
          {{owner, Value::entity(users[random.below(count)])},
           {readers, Value::entity(teams[random.below(teams.size())])},
           {is_public, Value::boolean(random.below(100) == 0)}}};
      (void)builder.add(repository, attributes, {});
    }
    return World::build(*PolicySet::from_text(kPolicies), *builder.build());
  }

  explicit Forge(std::size_t count) : engine(build(count, users, repositories)) {
    Random random(count + 1);
    const EntityId read = engine.action("read");
    requests.reserve(RequestStream::kLength);
    for (std::size_t i = 0; i < RequestStream::kLength; ++i) {
      requests.push_back({users[random.below(count)], read, repositories[random.below(count)]});
    }
  }
};

/// The last one asked for is kept: benchmarks run in the order of their registration.
const Forge& forge_of(std::size_t count) {
  static std::unique_ptr<Forge> kept;
  if (kept == nullptr || kept->users.size() != count) {
    kept.reset();
    kept = std::make_unique<Forge>(count);
  }
  return *kept;
}

void count_items(benchmark::State& state, std::size_t each) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(each));
  state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(each),
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void one_by_one(benchmark::State& state) {
  const Forge& forge = forge_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::size_t permitted = 0;
    for (const Request& request : forge.requests) permitted += forge.engine.authorize(request).permitted() ? 1U : 0U;
    benchmark::DoNotOptimize(permitted);
  }
  count_items(state, forge.requests.size());
}

/// No decision begins before the one before it has ended, as when they come over a network.
void isolated(benchmark::State& state) {
  const Forge& forge = forge_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::size_t permitted = 0;
    for (const Request& request : forge.requests) {
      permitted += forge.engine.authorize(request).permitted() ? 1U : 0U;
#if defined(__x86_64__)
      __builtin_ia32_lfence();
#endif
    }
    benchmark::DoNotOptimize(permitted);
  }
  count_items(state, forge.requests.size());
}

void batch(benchmark::State& state) {
  const Forge& forge = forge_of(static_cast<std::size_t>(state.range(0)));
  std::vector<Decision> decisions(forge.requests.size());
  for (auto _ : state) {
    forge.engine.authorize_many(forge.requests, decisions);
    benchmark::DoNotOptimize(decisions.data());
  }
  count_items(state, forge.requests.size());
}

void among(benchmark::State& state) {
  const Forge& forge = forge_of(static_cast<std::size_t>(state.range(0)));
  const auto permitted = std::make_unique<bool[]>(forge.repositories.size());
  std::size_t next = 0;
  for (auto _ : state) {
    forge.engine.permitted_among(forge.requests[next++ % forge.requests.size()], forge.repositories,
                                 {permitted.get(), forge.repositories.size()});
    benchmark::DoNotOptimize(permitted.get());
  }
  count_items(state, forge.repositories.size());
}

const bool registered = [] {
  const char* asked = std::getenv("QUIS_BENCH_ENTITIES");
  const std::int64_t most = asked != nullptr ? std::atoll(asked) : 100'000;
  for (std::int64_t count = 1'000; count <= most; count *= count < 100'000 ? 100 : 10) {
    benchmark::RegisterBenchmark("many_entities/one_by_one", one_by_one)->Arg(count)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("many_entities/isolated", isolated)->Arg(count)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("many_entities/batch", batch)->Arg(count)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("many_entities/permitted_among", among)->Arg(count)->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace quis::bench
