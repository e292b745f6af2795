// A change to one entity among a million, up to the new store: what a publish costs on the side of the entities.
//
// The entities are those of entities_load, in teams. `group` has members of its own, `spread` over the store (each on a
// page of its own, as far as there are so many) or next to each other.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entity_updater.hpp>

#include "company.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

EntityId person(std::size_t number) { return intern_entity("Company::Person", person_id("c", number)); }

EntityId random_person(Random& random) {
  return person(kCompanyGroups + random.below(kCompanyEntities - kCompanyGroups));
}

/// One for all: each benchmark goes on where the one before stopped.
class Company {
 public:
  Company() : updater_(load()) {}

  /// False when the change was refused, which none here is.
  [[nodiscard]] bool apply(const EntityChanges& changes) { return updater_.apply(changes, ++version_).has_value(); }
  [[nodiscard]] const EntityUpdater& updater() const { return updater_; }

 private:
  static Entities load() {
    auto loaded = Entities::from_json(company("c", false));
    return loaded ? std::move(*loaded) : Entities();
  }

  EntityUpdater updater_;
  std::uint64_t version_ = 0;
};

Company& the_company() {
  static Company one;
  return one;
}

void attribute(benchmark::State& state) {
  Company& company = the_company();
  const SymbolId age = intern_symbol("age");
  static Random random(1);  // goes on, as do the ages: a repetition must not set what is set
  static std::int64_t next = 100;
  for (auto _ : state) {
    EntityChanges changes;
    if (!changes.set_attribute(random_person(random), age, Value::integer(++next)) || !company.apply(changes)) {
      state.SkipWithError("refused");
    }
  }
}

/// Someone joins a group.
void membership(benchmark::State& state) {
  Company& company = the_company();
  static Random random(2);
  const auto join = [&] {
    EntityChanges changes;
    const EntityId group = intern_entity("Company::Group", "l0-" + std::to_string(random.below(43'000)));
    return changes.add_parent(random_person(random), group) && company.apply(changes);
  };
  // The first one reads the whole store.
  if (!join()) state.SkipWithError("refused");
  for (auto _ : state) {
    if (!join()) state.SkipWithError("refused");
  }
}

/// A group with this many members moves to another parent, and back.
void group(benchmark::State& state) {
  Company& company = the_company();
  const auto members = static_cast<std::size_t>(state.range(0));
  const bool spread = state.range(1) != 0;
  const std::size_t step = spread ? (kCompanyEntities - kCompanyGroups) / members : 1;
  const EntityId moved = intern_entity("Company::Group", "bench");
  EntityChanges changes;
  bool made = changes.put(moved, {}, {}).has_value();
  for (std::size_t i = 0; i < members; ++i) {
    made = made && changes.add_parent(person(kCompanyGroups + i * step), moved).has_value();
  }
  const EntityId above = intern_entity("Company::Group", "l2-7");
  made = made && company.apply(changes);
  bool is_in = false;
  const auto move = [&] {
    EntityChanges one;
    is_in = !is_in;
    return (is_in ? one.add_parent(moved, above) : one.remove_parent(moved, above)) && company.apply(one);
  };
  if (!made || !move()) state.SkipWithError("refused");
  for (auto _ : state) {
    if (!move()) state.SkipWithError("refused");
  }
  EntityChanges dissolve;
  for (std::size_t i = 0; i < members; ++i) {
    made = made && dissolve.remove_parent(person(kCompanyGroups + i * step), moved).has_value();
  }
  if (!made || !company.apply(dissolve)) state.SkipWithError("refused");
}

const bool kRegistered = [] {
  benchmark::RegisterBenchmark("entity_change/1000000/attribute", attribute)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("entity_change/1000000/membership", membership)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("entity_change/1000000/group", group)
      ->ArgNames({"members", "spread"})
      ->ArgsProduct({{10, 1000}, {0, 1}})
      ->Unit(benchmark::kMicrosecond);
  return true;
}();

}  // namespace
}  // namespace quis::bench
