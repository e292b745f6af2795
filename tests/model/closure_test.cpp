#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

using namespace quis;

namespace {

using Graph = std::map<EntityId, std::vector<EntityId>>;  // parents

EntityId node(std::size_t number) { return intern_entity("ClosureTest::Node", std::to_string(number)); }

Result<Entities> build(const Graph& graph) {
  EntitiesBuilder builder;
  for (const auto& [uid, parents] : graph) REQUIRE(builder.add(uid, {}, parents));
  return builder.build();
}

/// Everything that can be reached over at least one edge, the slow and obvious way.
std::set<EntityId> reachable(const Graph& graph, EntityId from) {
  std::set<EntityId> seen;
  std::vector<EntityId> pending{from};
  while (!pending.empty()) {
    const auto found = graph.find(pending.back());
    pending.pop_back();
    if (found == graph.end()) continue;
    for (const EntityId parent : found->second) {
      if (seen.insert(parent).second) pending.push_back(parent);
    }
  }
  return seen;
}

std::set<EntityId> ancestors_of(const Entities& entities, EntityId uid) {
  std::set<EntityId> found;
  entities.find(uid)->ancestors.for_each([&](EntityId ancestor) { found.insert(ancestor); });
  return found;
}

}  // namespace

TEST_CASE("ancestors are what a walk along the parents reaches, in every random graph") {
  std::mt19937 random(20240423);
  for (int round = 0; round < 400; ++round) {
    const std::size_t size = 1 + random() % 60;
    const std::size_t most_parents = 1 + random() % 6;
    const bool may_cycle = round % 4 == 0;
    Graph graph;
    for (std::size_t i = 0; i < size; ++i) {
      if (random() % 10 == 0) continue;  // a parent that the store does not hold
      std::vector<EntityId>& parents = graph[node(i)];
      for (std::size_t k = random() % (most_parents + 1); k > 0; --k) {
        const std::size_t lowest = may_cycle ? 0 : i + 1;
        if (lowest < size) parents.push_back(node(lowest + random() % (size - lowest)));
      }
    }
    const bool cyclic =
        std::ranges::any_of(graph, [&](const auto& n) { return reachable(graph, n.first).contains(n.first); });
    const auto entities = build(graph);
    REQUIRE(entities.has_value() == !cyclic);
    if (cyclic) continue;
    for (std::size_t i = 0; i < size; ++i) {
      const std::set<EntityId> expected = reachable(graph, node(i));
      for (std::size_t k = 0; k < size; ++k) {
        CHECK(entities->is_in(node(i), node(k)) == (i == k || expected.contains(node(k))));
      }
      if (graph.contains(node(i))) {
        CHECK(ancestors_of(*entities, node(i)) == expected);
        CHECK(entities->find(node(i))->ancestors.size() == expected.size());
      }
    }
  }
}

TEST_CASE("fifteen ancestors are a line and sixteen a table, and both answer alike") {
  for (const std::size_t count : {1U, 14U, 15U, 16U, 17U, 64U, 1000U}) {
    std::vector<EntityId> parents;
    for (std::size_t i = 0; i < count; ++i) parents.push_back(node(1000 + i));
    const auto entities = build({{node(0), parents}});
    REQUIRE(entities);
    const AncestorSet& ancestors = entities->find(node(0))->ancestors;
    CHECK(ancestors.size() == count);
    CHECK((ancestors.slots().size() == AncestorSet::kLine) == (count < 16));
    CHECK(std::ranges::all_of(parents, [&](EntityId parent) { return ancestors.contains(parent); }));
    for (std::size_t i = 0; i < 1000; ++i) CHECK_FALSE(ancestors.contains(node(5000 + i)));
    CHECK_FALSE(ancestors.contains(EntityId{}));
  }
}

TEST_CASE("ancestors that belong in one line of a table, more than fit there, are all found") {
  constexpr std::size_t kTable = 64;  // slots, of the forty ancestors below
  std::vector<EntityId> parents;
  std::vector<EntityId> strangers;  // who belong in that line too
  for (std::size_t i = 0; strangers.size() < 20; ++i) {
    const EntityId entity = node(20'000 + i);
    if ((AncestorSet::home(entity) & (kTable - AncestorSet::kLine)) != 0) continue;
    (parents.size() < 40 ? parents : strangers).push_back(entity);
  }
  const auto entities = build({{node(0), parents}});
  REQUIRE(entities);
  const AncestorSet& ancestors = entities->find(node(0))->ancestors;
  REQUIRE(ancestors.slots().size() == kTable);
  CHECK(std::ranges::all_of(parents, [&](EntityId parent) { return ancestors.contains(parent); }));
  CHECK(std::ranges::none_of(strangers, [&](EntityId other) { return ancestors.contains(other); }));
}

TEST_CASE("ancestry goes through entities of the store only") {
  const auto entities = build({{node(1), {node(2)}}, {node(3), {node(4)}}});
  REQUIRE(entities);
  CHECK(entities->is_in(node(1), node(2)));
  CHECK(entities->is_in(node(2), node(2)));
  CHECK(entities->find(node(2)) == nullptr);
  CHECK_FALSE(entities->is_in(node(1), node(4)));
}

TEST_CASE("entities with the same parents share one list") {
  Graph graph;
  for (std::size_t i = 100; i < 10'100; ++i) graph[node(i)] = {node(1), node(2), node(3)};
  const auto entities = build(graph);
  REQUIRE(entities);
  CHECK(entities->find(node(100))->parents == entities->find(node(10'099))->parents);
  CHECK(entities->statistics().ancestor_bytes < 4096);
}

TEST_CASE("a cycle is refused and its entities are named in order") {
  const auto entities = build({{node(0), {node(1)}}, {node(1), {node(2)}}, {node(2), {node(3)}}, {node(3), {node(1)}}});
  REQUIRE_FALSE(entities);
  const Diagnostic& error = entities.error().at(0);
  CHECK(error.code == ErrorCode::cycle);
  CHECK(error.message ==
        R"(`ClosureTest::Node::"1"` is its own ancestor: `ClosureTest::Node::"1"` in `ClosureTest::Node::"2"` )"
        R"(in `ClosureTest::Node::"3"` in `ClosureTest::Node::"1"`)");
  CHECK_FALSE(error.help.empty());
}

TEST_CASE("an entity that is its own parent is refused") {
  const auto entities = build({{node(7), {node(7)}}});
  REQUIRE_FALSE(entities);
  CHECK(entities.error().at(0).message ==
        R"(`ClosureTest::Node::"7"` is its own ancestor: `ClosureTest::Node::"7"` in `ClosureTest::Node::"7"`)");
}

TEST_CASE("a cycle of a hundred thousand entities is refused without exhausting the stack, and not named in full") {
  Graph graph;
  const std::size_t size = 100'000;
  for (std::size_t i = 0; i < size; ++i) graph[node(i)] = {node((i + 1) % size)};
  const auto entities = build(graph);
  REQUIRE_FALSE(entities);
  CHECK(entities.error().at(0).code == ErrorCode::cycle);
  CHECK(entities.error().at(0).message.size() < 2000);
  CHECK(entities.error().at(0).message.find("in … (99980 more) in") != std::string::npos);
}

TEST_CASE("a chain of two thousand groups is closed") {
  Graph graph;
  const std::size_t size = 2000;
  for (std::size_t i = 0; i < size; ++i) graph[node(i)] = {node(i + 1)};
  const auto entities = build(graph);
  REQUIRE(entities);
  CHECK(entities->find(node(0))->ancestors.size() == size);
  for (const std::size_t from : {std::size_t{0}, size - 17, size - 40, size / 2}) {
    std::size_t above = 0;
    for (std::size_t i = from + 1; i <= size; ++i) above += entities->is_in(node(from), node(i)) ? 1U : 0U;
    CHECK(above == size - from);
    CHECK(entities->find(node(from))->ancestors.size() == size - from);
  }
  CHECK_FALSE(entities->is_in(node(1), node(0)));
}
