#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entity_updater.hpp>

using namespace quis;

namespace {

using Fields = std::vector<std::pair<SymbolId, Value>>;

EntityId user(std::size_t number) { return intern_entity("NearTest::User", std::to_string(number)); }
EntityId team(std::size_t number) { return intern_entity("NearTest::Team", std::to_string(number)); }

Fields fields(std::size_t count, std::int64_t first = 0) {
  Fields made;
  for (std::size_t i = 0; i < count; ++i) {
    made.emplace_back(intern_symbol("near" + std::to_string(i)), Value::integer(first + static_cast<std::int64_t>(i)));
  }
  return made;
}

std::vector<EntityId> teams(std::size_t count, std::size_t first = 0) {
  std::vector<EntityId> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(team(first + i));
  return made;
}

/// One entity with so many attributes and parents.
Entities one(std::size_t attributes, std::size_t parents) {
  EntitiesBuilder builder;
  REQUIRE(builder.add(user(0), fields(attributes), teams(parents)));
  return *builder.build();
}

void check_holds(const Entities& entities, EntityId entity, std::size_t attributes, std::size_t parents,
                 std::int64_t first = 0) {
  const EntityRecord* const record = entities.find(entity);
  REQUIRE(record != nullptr);
  REQUIRE(record->attributes.size == attributes);
  for (const auto& [name, value] : fields(attributes, first)) CHECK(*record->attributes.find(name) == value);
  CHECK(record->ancestors.size() == parents);
  for (std::size_t i = 0; i < parents; ++i) CHECK(record->ancestors.contains(team(i)));
  CHECK_FALSE(record->ancestors.contains(team(parents)));
}

}  // namespace

TEST_CASE("the second line has few ancestors of an entity's own, else few values") {
  for (const std::size_t attributes : {0U, 1U, 4U, 5U}) {
    for (const std::size_t parents : {0U, 1U, 15U, 16U, 40U}) {
      CAPTURE(attributes);
      CAPTURE(parents);
      const Entities entities = one(attributes, parents);
      check_holds(entities, user(0), attributes, parents);
      const EntityRecord& record = *entities.find(user(0));
      const bool own = parents > 0 && parents <= EntityRecord::kNearAncestors;
      CHECK(record.has_ancestors_near() == own);
      CHECK(record.has_values_near() == (!own && attributes > 0 && attributes <= EntityRecord::kNearValues));
    }
  }
}

TEST_CASE("ancestors that many entities have are stored once, and leave the second line to values") {
  EntitiesBuilder builder;
  for (std::size_t i = 0; i < 16; ++i) REQUIRE(builder.add(user(i), fields(2), teams(2)));
  for (std::size_t i = 16; i < 31; ++i) REQUIRE(builder.add(user(i), fields(2), teams(3)));
  const Entities entities = *builder.build();
  for (std::size_t i = 0; i < 16; ++i) {
    check_holds(entities, user(i), 2, 2);
    CHECK(entities.find(user(i))->ancestors.slots().data() == entities.find(user(0))->ancestors.slots().data());
    CHECK(entities.find(user(i))->has_values_near());
  }
  for (std::size_t i = 16; i < 31; ++i) {
    check_holds(entities, user(i), 2, 3);
    CHECK(entities.find(user(i))->has_ancestors_near());
  }
}

TEST_CASE("a copy of a record points to its own second line") {
  for (const std::size_t parents : {0U, 3U}) {
    EntityRecord copy;
    {
      const Entities entities = one(2, parents);
      copy = EntityRecord(*entities.find(user(0)));
      const EntityRecord& itself = copy;
      copy = itself;
    }
    CHECK(copy.has_ancestors_near() == (parents > 0));
    CHECK(copy.has_values_near() == (parents == 0));
    CHECK(copy.ancestors.contains(team(2)) == (parents > 0));
    if (parents == 0) CHECK(copy.attributes.values[1] == Value::integer(1));
  }
}

TEST_CASE("values give way to ancestors and may come back, while the version before stays as it was") {
  EntityUpdater updater(one(2, 0));
  std::vector<Entities> versions{updater.current()};
  std::vector<std::size_t> parents{0};
  std::vector<std::int64_t> first{0};
  // Joins, leaves and changes of attributes in all orders; more often than a page is copied without being gathered.
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const std::size_t count = (i * 7) % 5 * (i % 3);
    const std::int64_t from = i % 4 == 0 ? first.back() : static_cast<std::int64_t>(i);
    EntityChanges changes;
    REQUIRE(changes.put(user(0), fields(2, from), teams(count)));
    const auto update = updater.apply(changes, i);
    REQUIRE(update);
    versions.push_back(update->entities);
    parents.push_back(count);
    first.push_back(from);
  }
  for (std::size_t i = 0; i < versions.size(); ++i) {
    CAPTURE(i);
    check_holds(versions[i], user(0), 2, parents[i], first[i]);
    CHECK(versions[i].find(user(0))->has_ancestors_near() == (parents[i] > 0));
  }
}

TEST_CASE("a group that changes gives its members one list when they are many, and each its own when they are few") {
  for (const std::size_t members : {3U, 100U}) {
    EntitiesBuilder builder;
    for (std::size_t i = 0; i < members; ++i) REQUIRE(builder.add(user(i), fields(2), teams(1)));
    REQUIRE(builder.add(team(0), {}, {}));
    EntityUpdater updater(*builder.build());
    EntityChanges changes;
    REQUIRE(changes.add_parent(team(0), team(1)));
    const auto update = updater.apply(changes, 1);
    REQUIRE(update);
    CHECK(update->touched.size() == members + 1);
    for (std::size_t i = 0; i < members; ++i) {
      check_holds(update->entities, user(i), 2, 2);
      CHECK(update->entities.find(user(i))->has_ancestors_near() == (members < 16));
    }
  }
}
