#include "engine/set_operations.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "model/ancestor_lists.hpp"

using namespace quis;

namespace {

/// What `is_in_any` is defined to be.
bool is_among(EntityId entity, const std::vector<EntityId>& ancestors, const std::vector<EntityId>& targets) {
  return std::ranges::any_of(targets, [&](EntityId target) {
    return target == entity || std::ranges::find(ancestors, target) != ancestors.end();
  });
}

Value set_of(const std::vector<EntityId>& ids, ValueArena& arena) {
  std::vector<Value> elements;
  for (const EntityId id : ids) elements.push_back(Value::entity(id));
  return arena.set(elements);
}

/// Different ids, in no order. `spread` says how far apart; ids that are a power of two apart crowd in a few lines.
std::vector<EntityId> some_ids(std::size_t count, std::uint32_t spread, std::mt19937& random) {
  std::vector<EntityId> ids;
  while (ids.size() < count) {
    const EntityId id{static_cast<std::uint32_t>(random() % (4 * count + 8)) * spread};
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

}  // namespace

TEST_CASE("an entity is in one of a set when it or an ancestor is an element, however many there are of both") {
  std::mt19937 random(20261123);
  std::size_t found = 0;
  std::size_t asked = 0;
  for (const std::uint32_t spread : {1U, 3U, 1U << 16U, 1U << 20U}) {
    for (const std::size_t ancestor_count : {0U, 1U, 2U, 14U, 15U, 16U, 17U, 30U, 40U, 100U}) {
      for (std::size_t target_count = 0; target_count < 24; ++target_count) {
        ValueArena arena;
        std::vector<EntityId> ancestors = some_ids(ancestor_count, spread, random);
        const std::vector<EntityId> targets = some_ids(target_count, spread, random);
        const EntityId entity{static_cast<std::uint32_t>(random() % 400) * spread};
        std::erase(ancestors, entity);
        EntityRecord record;
        std::vector<EntityId> stored = ancestors;
        record.ancestors = store_ancestors(stored, arena);
        CAPTURE(spread);
        CAPTURE(ancestor_count);
        CAPTURE(target_count);
        const bool expected = is_among(entity, ancestors, targets);
        REQUIRE(is_in_any(entity, record, set_of(targets, arena).as_set()) == expected);
        found += expected ? 1U : 0U;
        ++asked;
      }
    }
  }
  CHECK(found > asked / 10);
  CHECK(found < asked * 9 / 10);
}

TEST_CASE("nobody is in a set that names nobody, though the lists of ancestors have free places") {
  ValueArena arena;
  const EntityId nobody;
  EntityRecord record;
  for (const std::size_t ancestors : {0U, 1U, 15U, 40U}) {
    std::vector<EntityId> all;
    for (std::uint32_t i = 0; i < ancestors; ++i) all.push_back({100 + i});
    record.ancestors = store_ancestors(all, arena);
    CHECK_FALSE(is_in({7}, record, nobody));
    CHECK_FALSE(is_in_any({7}, record, set_of({nobody}, arena).as_set()));
    CHECK_FALSE(is_in_any({7}, record, set_of({nobody, {8}}, arena).as_set()));
    CHECK(is_in_any({7}, record, set_of({nobody, {7}}, arena).as_set()));
    CHECK_FALSE(is_in_any({7}, record, set_of({}, arena).as_set()));
  }
}

TEST_CASE("ancestors belong all over the largest table that there may be") {
  constexpr std::uint32_t kQuarters = 4;
  std::vector<std::size_t> found(kQuarters);
  for (std::uint32_t id = 0; id < 10'000; ++id) ++found[AncestorSet::home({id}) >> 30U];
  for (const std::size_t count : found) CHECK(count > 10'000 / kQuarters / 2);
}
