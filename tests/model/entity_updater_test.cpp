#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entity_updater.hpp>

using namespace quis;

namespace {

using Fields = std::vector<std::pair<SymbolId, Value>>;

EntityId user(std::size_t number) { return intern_entity("UpdaterTest::User", std::to_string(number)); }
EntityId group(std::string_view id) { return intern_entity("UpdaterTest::Group", id); }
SymbolId key(std::string_view text) { return intern_symbol(text); }

/// Users 0 to n - 1 in `team`, `team` in `staff`, `staff` in `everyone`, which the store does not hold.
Entities company(std::size_t users) {
  EntitiesBuilder builder;
  for (std::size_t i = 0; i < users; ++i) {
    const Value name = builder.arena().string("user number " + std::to_string(i));
    REQUIRE(builder.add(user(i), Fields{{key("name"), name}, {key("age"), Value::integer(20)}},
                        std::vector{group("team")}));
  }
  REQUIRE(builder.add(group("team"), {}, std::vector{group("staff")}));
  REQUIRE(builder.add(group("staff"), {}, std::vector{group("everyone")}));
  return *builder.build();
}

Result<EntityUpdate> add_parent(EntityUpdater& updater, EntityId entity, EntityId parent, std::uint64_t version) {
  EntityChanges changes;
  REQUIRE(changes.add_parent(entity, parent));
  return updater.apply(changes, version);
}

Entities set_age(EntityUpdater& updater, EntityId entity, std::int64_t age, std::uint64_t version) {
  EntityChanges changes;
  REQUIRE(changes.set_attribute(entity, key("age"), Value::integer(age)));
  return updater.apply(changes, version)->entities;
}

/// How many records lie elsewhere in memory.
std::size_t moved(const Entities& before, const Entities& after) {
  std::size_t count = 0;
  before.for_each([&](const EntityRecord& record) { count += after.find(record.uid) != &record ? 1U : 0U; });
  return count;
}

}  // namespace

TEST_CASE("a change to one entity copies one page of records and shares all others") {
  const Entities before = company(10'000);
  EntityUpdater updater(before);
  const Entities after = set_age(updater, user(5'000), 21, 1);
  CHECK(after.find(user(5'000))->attributes.find(key("age"))->as_integer() == 21);
  CHECK(before.find(user(5'000))->attributes.find(key("age"))->as_integer() == 20);
  CHECK(moved(before, after) <= EntityPage::kSize);
  CHECK(after.find(user(4'000)) == before.find(user(4'000)));
}

TEST_CASE("what the change does not speak of is shared even within the entity") {
  const Entities before = company(100);
  EntityUpdater updater(before);
  const Entities after = set_age(updater, user(5), 21, 1);
  const EntityRecord& was = *before.find(user(5));
  const EntityRecord& is = *after.find(user(5));
  CHECK(is.attributes.keys == was.attributes.keys);
  CHECK(is.attributes.find(key("name"))->as_string().data() == was.attributes.find(key("name"))->as_string().data());
  CHECK(is.parents == was.parents);
  CHECK(is.ancestors.slots().data() == was.ancestors.slots().data());
}

TEST_CASE("a changed group touches everything below it, and nothing else") {
  EntityUpdater updater(company(1'000));
  const auto update = add_parent(updater, group("staff"), group("tax payers"), 7);
  REQUIRE(update);
  std::vector<EntityId> expected{group("team"), group("staff")};
  for (std::size_t i = 0; i < 1'000; ++i) expected.push_back(user(i));
  std::ranges::sort(expected);
  CHECK(update->touched == expected);
  CHECK(update->entities.is_in(user(999), group("tax payers")));
  CHECK(update->entities.version_of(user(999)) == 7);
  CHECK(update->entities.version_of(group("everyone")) == 0);
  // Neighbours have one list of ancestors.
  CHECK(update->entities.find(user(500))->ancestors.slots().data() ==
        update->entities.find(user(501))->ancestors.slots().data());
}

TEST_CASE("an entity that others named as a parent before it was there gives them its ancestors, and takes them away") {
  EntityUpdater updater(company(3));
  EntityChanges add;
  REQUIRE(add.put(group("everyone"), {}, std::vector{group("world")}));
  const auto added = updater.apply(add, 1);
  REQUIRE(added);
  CHECK(added->entities.is_in(user(2), group("world")));
  CHECK(added->touched.size() == 6);

  EntityChanges remove;
  REQUIRE(remove.remove(group("everyone")));
  const auto removed = updater.apply(remove, 2);
  REQUIRE(removed);
  CHECK_FALSE(removed->entities.is_in(user(2), group("world")));
  CHECK(removed->entities.is_in(user(2), group("everyone")));
  CHECK(removed->touched == added->touched);
  CHECK(removed->entities.version_of(group("everyone")) == 2);
}

TEST_CASE("a way up that is there twice changes no ancestry when one of the two goes") {
  EntityUpdater updater(company(3));
  REQUIRE(add_parent(updater, group("team"), group("everyone"), 1));
  EntityChanges changes;
  REQUIRE(changes.remove_parent(group("team"), group("everyone")));
  const auto update = updater.apply(changes, 2);
  REQUIRE(update);
  CHECK(update->touched == std::vector{group("team")});
  CHECK(update->entities.is_in(user(0), group("everyone")));
}

TEST_CASE("a cycle is refused and named, and the updater is as it was") {
  EntityUpdater updater(company(3));
  const std::string before = updater.current().to_json();
  const auto update = add_parent(updater, group("staff"), group("team"), 1);
  REQUIRE_FALSE(update);
  CHECK(update.error().at(0).code == ErrorCode::cycle);
  const std::string& message = update.error().at(0).message;
  const bool from_team = message ==
                         R"(`UpdaterTest::Group::"team"` is its own ancestor: `UpdaterTest::Group::"team"` in )"
                         R"(`UpdaterTest::Group::"staff"` in `UpdaterTest::Group::"team"`)";
  const bool from_staff = message ==
                          R"(`UpdaterTest::Group::"staff"` is its own ancestor: `UpdaterTest::Group::"staff"` in )"
                          R"(`UpdaterTest::Group::"team"` in `UpdaterTest::Group::"staff"`)";
  CHECK((from_team || from_staff));
  CHECK(updater.current().to_json() == before);
  CHECK(updater.current().version_of(group("staff")) == 0);

  // What was refused has left no trace in the index of members either.
  const auto later = add_parent(updater, group("team"), group("new"), 2);
  REQUIRE(later);
  CHECK(later->touched.size() == 4);
  CHECK_FALSE(updater.current().is_in(group("staff"), group("new")));
}

TEST_CASE("an entity cannot become its own parent") {
  EntityUpdater updater(company(3));
  const auto update = add_parent(updater, user(1), user(1), 1);
  REQUIRE_FALSE(update);
  CHECK(update.error().at(0).message ==
        R"(`UpdaterTest::User::"1"` is its own ancestor: `UpdaterTest::User::"1"` in `UpdaterTest::User::"1"`)");
}

TEST_CASE("ancestor lists beyond the limit are refused, and those that pages no longer use do not count for ever") {
  constexpr std::size_t kSlots = 400;
  EntityUpdater updater(Entities(), kSlots);
  // A chain: the n-th entity has n ancestors.
  std::uint64_t version = 0;
  const auto grow = [&](std::size_t length) {
    EntityChanges changes;
    REQUIRE(changes.put(user(length), {}, std::vector{user(length + 1)}));
    return updater.apply(changes, ++version);
  };
  std::size_t length = 1000;
  while (grow(--length)) REQUIRE(length > 900);
  const std::size_t held = updater.current().size();
  CHECK(held > 10);
  const auto refused = grow(length);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().at(0).code == ErrorCode::limit_exceeded);
  CHECK(updater.current().size() == held);

  // Far more slots than the limit, one after another in the same place.
  EntityChanges clear;
  for (std::size_t i = length; i < 1000; ++i) REQUIRE(clear.remove(user(i)));
  REQUIRE(updater.apply(clear, ++version));
  for (std::size_t i = 0; i < 2 * kSlots; ++i) {
    EntityChanges changes;
    REQUIRE(changes.put(user(1), {}, std::vector{user(2 + i % 2), user(4), user(5)}));
    REQUIRE(updater.apply(changes, ++version));
  }
}

TEST_CASE("twenty thousand changes in a few places keep the memory of a few") {
  EntityUpdater updater(company(1'000));
  const EntitiesStatistics before = updater.current().statistics();
  for (std::size_t i = 0; i < 20'000; ++i) {
    EntityChanges changes;
    ValueArena arena;
    REQUIRE(changes.set_attribute(user(i % 1'000), key("name"), arena.string("name number " + std::to_string(i))));
    if (i % 3 == 0) REQUIRE(changes.add_parent(user(i % 1'000), group(std::to_string(i % 7))));
    if (i % 3 == 1) REQUIRE(changes.remove_parent(user((i - 1) % 1'000), group(std::to_string((i - 1) % 7))));
    REQUIRE(updater.apply(changes, i + 1));
  }
  const EntitiesStatistics after = updater.current().statistics();
  CHECK(after.entities == before.entities);
  CHECK(after.record_bytes < 2 * before.record_bytes);
  CHECK(after.value_bytes < 150'000);
  CHECK(after.ancestor_bytes < 100'000);
  CHECK(updater.index_bytes() < 100'000);
}

TEST_CASE("a set of entities contains what it did, however often its page is copied and gathered") {
  EntityUpdater updater(company(100));
  EntityChanges changes;
  ValueArena arena;
  const Value friends[] = {Value::entity(user(3)), Value::entity(user(5)), Value::entity(user(7))};
  REQUIRE(changes.set_attribute(user(1), key("friends"), arena.set(friends)));
  REQUIRE(updater.apply(changes, 1));
  for (std::size_t version = 2; version < 40; ++version) (void)set_age(updater, user(version), 1, version);
  const SetData& kept = updater.current().find(user(1))->attributes.find(key("friends"))->as_set();
  for (std::size_t i = 0; i < 10; ++i) CHECK(kept.contains_entity(user(i)) == (i == 3 || i == 5 || i == 7));
}

TEST_CASE("a change of attributes needs no index, and joining a group one bit an entity") {
  EntityUpdater updater(company(10'000));
  (void)set_age(updater, user(1), 30, 1);
  CHECK(updater.index_bytes() < 100);
  REQUIRE(add_parent(updater, user(1), group("staff"), 2));
  const std::size_t bits = updater.index_bytes();
  CHECK(bits > 0);
  REQUIRE(add_parent(updater, group("team"), group("other"), 3));
  CHECK(updater.index_bytes() >= bits + 10'000 * sizeof(EntityId));
}

TEST_CASE("members that come and go do not pile up in the index") {
  EntityUpdater updater(company(100));
  REQUIRE(add_parent(updater, group("team"), group("other"), 1));
  const std::size_t before = updater.index_bytes();
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    EntityChanges changes;
    if (i % 2 == 0) REQUIRE(changes.remove_parent(user(1), group("team")));
    if (i % 2 == 1) REQUIRE(changes.add_parent(user(1), group("team")));
    REQUIRE(updater.apply(changes, i + 2));
  }
  CHECK(updater.index_bytes() < 2 * before + 1024);
  CHECK(add_parent(updater, group("team"), group("last"), 9'999)->touched.size() == 101);
}
