// Who can, over many principals: where scopes name the candidates, and where every principal must be decided.
//
// A hundred thousand users in a hundred teams, a thousand of them in the one that the policies speak of.

#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include <quis/engine/search.hpp>

namespace quis::bench {
namespace {

constexpr int kUsers = 100'000;
constexpr int kTeams = 100;

Result<Entities> make_entities() {
  EntitiesBuilder builder;
  const SymbolId level = intern_symbol("level");
  for (int i = 0; i < kUsers; ++i) {
    const std::pair<SymbolId, Value> attributes[] = {{level, Value::integer(i % 10)}};
    const EntityId parents[] = {intern_entity("Team", "t" + std::to_string(i % kTeams))};
    if (auto added = builder.add(intern_entity("User", "u" + std::to_string(i)), attributes, parents); !added) {
      return tl::make_unexpected(std::move(added.error()));
    }
  }
  for (int i = 0; i < kTeams; ++i) {
    const EntityId parents[] = {intern_entity("Team", "all")};
    if (auto added = builder.add(intern_entity("Team", "t" + std::to_string(i)), {}, parents); !added) {
      return tl::make_unexpected(std::move(added.error()));
    }
  }
  return builder.build();
}

void who_can(benchmark::State& state, const std::string& policy, bool fresh_index) {
  static const Result<Entities> entities = make_entities();
  const auto policies = PolicySet::from_text(policy);
  if (!entities || !policies) {
    state.SkipWithError("the world could not be made");
    return;
  }
  const World world = World::build(*policies, *entities);
  Search search{Engine(world)};
  SearchOptions options;
  options.limit = limits::kMaxSearchHits;
  std::size_t hits = 0;
  std::size_t decisions = 0;
  for (auto _ : state) {
    if (fresh_index) search = Search(Engine(world));
    const auto page = search.who_can(intern_entity("Action", "view"), intern_entity("Doc", "d"), options);
    if (!page) {
      state.SkipWithError(render(page.error()).c_str());
      return;
    }
    hits = page->hits.size();
    decisions = page->decisions;
  }
  state.counters["hits"] = static_cast<double>(hits);
  state.counters["decisions"] = static_cast<double>(decisions);
}

const bool kRegistered = [] {
  const auto add = [](const char* name, const char* policy, bool fresh) {
    benchmark::RegisterBenchmark(("who_can/100000/" + std::string(name)).c_str(), who_can, std::string(policy), fresh)
        ->Unit(benchmark::kMillisecond);
  };
  add("one", R"(permit(principal == User::"u7", action, resource);)", false);
  add("team", R"(permit(principal in Team::"t7", action, resource);)", false);
  add("team, index included", R"(permit(principal in Team::"t7", action, resource);)", true);
  add("all teams", R"(permit(principal in Team::"all", action, resource);)", false);
  add("all teams, index included", R"(permit(principal in Team::"all", action, resource);)", true);
  add("type", "permit(principal is User, action, resource);", false);
  add("condition", "permit(principal, action, resource) when { principal has level && principal.level > 8 };", false);
  return true;
}();

}  // namespace
}  // namespace quis::bench
