#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

using namespace quis;

namespace {

using Fields = std::vector<std::pair<SymbolId, Value>>;

EntityId user(std::string_view id) { return intern_entity("User", id); }
EntityId group(std::string_view id) { return intern_entity("Group", id); }
SymbolId key(std::string_view text) { return intern_symbol(text); }

}  // namespace

TEST_CASE("an empty store finds nothing and says so in JSON") {
  const Entities entities;
  CHECK(entities.size() == 0);
  CHECK(entities.find(user("alice")) == nullptr);
  CHECK(entities.find(EntityId{}) == nullptr);
  CHECK(entities.is_in(user("alice"), user("alice")));
  CHECK(entities.to_json() == "[]");
}

TEST_CASE("a built store holds attributes, tags and parents") {
  EntitiesBuilder builder;
  const Value name = builder.arena().string("Alice");
  const std::vector<EntityId> parents{group("b"), group("a"), group("b")};
  REQUIRE(builder.add(user("alice"), Fields{{key("name"), name}, {key("age"), Value::integer(41)}}, parents,
                      Fields{{key("colour"), Value::boolean(true)}}));
  const auto entities = builder.build();
  REQUIRE(entities);
  const EntityRecord* alice = entities->find(user("alice"));
  REQUIRE(alice != nullptr);
  CHECK(alice->uid == user("alice"));
  CHECK(alice->attributes.find(key("name"))->as_string() == "Alice");
  CHECK(alice->attributes.find(key("age"))->as_integer() == 41);
  CHECK(alice->attributes.find(key("colour")) == nullptr);
  CHECK(alice->tags->find(key("colour"))->as_boolean());
  CHECK(alice->direct_parents().size() == 2);
  CHECK(entities->is_in(user("alice"), group("a")));
  CHECK(entities->size() == 1);
}

TEST_CASE("a store outlives its builder and the copy it was made from") {
  Entities kept;
  {
    EntitiesBuilder builder;
    REQUIRE(builder.add(user("alice"), Fields{{key("name"), builder.arena().string("Alice")}}, {}));
    const auto built = builder.build();
    REQUIRE(built);
    kept = *built;
  }
  CHECK(kept.find(user("alice"))->attributes.find(key("name"))->as_string() == "Alice");
}

TEST_CASE("a builder is empty after it built") {
  EntitiesBuilder builder;
  REQUIRE(builder.add(user("alice"), {}, {}));
  REQUIRE(builder.build());
  const auto second = builder.build();
  REQUIRE(second);
  CHECK(second->size() == 0);
}

TEST_CASE("a key that stands twice is refused, in attributes and in tags") {
  const Fields twice{{key("a"), Value::integer(1)}, {key("b"), Value::integer(1)}, {key("a"), Value::integer(1)}};
  EntitiesBuilder builder;
  const auto attributes = builder.add(user("alice"), twice, {});
  REQUIRE_FALSE(attributes);
  CHECK(attributes.error().at(0).code == ErrorCode::duplicate_key);
  CHECK(attributes.error().at(0).message == R"(`User::"alice"` has `a` twice)");
  CHECK_FALSE(builder.add(user("alice"), {}, {}, twice));
  CHECK(builder.build()->size() == 0);
}

TEST_CASE("an entity may be added again when it is equal, whatever the order, and not when it differs") {
  const std::vector<EntityId> parents{group("a"), group("b")};
  const std::vector<EntityId> turned{group("b"), group("a"), group("a")};
  const Fields fields{{key("a"), Value::integer(1)}, {key("b"), Value::integer(2)}};
  const Fields reversed{{key("b"), Value::integer(2)}, {key("a"), Value::integer(1)}};
  EntitiesBuilder builder;
  REQUIRE(builder.add(user("alice"), fields, parents, fields));
  CHECK(builder.add(user("alice"), reversed, turned, reversed));

  const auto other_value =
      builder.add(user("alice"), Fields{{key("a"), Value::integer(1)}, {key("b"), Value::integer(3)}}, parents, fields);
  REQUIRE_FALSE(other_value);
  CHECK(other_value.error().at(0).code == ErrorCode::duplicate_entity);
  CHECK_FALSE(builder.add(user("alice"), fields, {}, fields));
  CHECK_FALSE(builder.add(user("alice"), fields, parents));
  CHECK_FALSE(builder.add(user("alice"), {}, parents, fields));
  const auto entities = builder.build();
  REQUIRE(entities);
  CHECK(entities->size() == 1);
  CHECK(entities->find(user("alice"))->attributes.find(key("b"))->as_integer() == 2);
}

TEST_CASE("names that only a request knows are refused wherever they hide") {
  LocalNames names;
  const EntityId stranger = names.entity(names.type("User"), "EntitiesTest stranger");
  const SymbolId strange = names.symbol("EntitiesTest strange");
  REQUIRE(stranger.local());
  REQUIRE(strange.local());
  EntitiesBuilder builder;
  ValueArena& arena = builder.arena();
  const Value in_set = arena.set(std::vector{Value::integer(1), Value::entity(stranger)});
  const Value in_record = *arena.record(Fields{{strange, Value::integer(1)}});

  CHECK(builder.add(stranger, {}, {}).error().at(0).code == ErrorCode::invalid_argument);
  CHECK_FALSE(builder.add(EntityId{}, {}, {}));
  CHECK_FALSE(builder.add(user("alice"), {}, std::vector{stranger}));
  CHECK_FALSE(builder.add(user("alice"), Fields{{strange, Value::integer(1)}}, {}));
  CHECK_FALSE(builder.add(user("alice"), Fields{{key("a"), in_set}}, {}));
  CHECK_FALSE(builder.add(user("alice"), {}, {}, Fields{{key("a"), in_record}}));
  const auto entities = builder.build();
  REQUIRE(entities);
  CHECK(entities->size() == 0);
  CHECK(entities->find(stranger) == nullptr);
}

TEST_CASE("records of the same keys share one array of keys") {
  EntitiesBuilder builder;
  REQUIRE(builder.add(user("alice"), Fields{{key("a"), Value::integer(1)}, {key("b"), Value::integer(2)}}, {}));
  REQUIRE(builder.add(user("bob"), Fields{{key("b"), Value::integer(3)}, {key("a"), Value::integer(4)}}, {}));
  const auto entities = builder.build();
  REQUIRE(entities);
  CHECK(entities->find(user("alice"))->attributes.keys == entities->find(user("bob"))->attributes.keys);
}

TEST_CASE("for_each visits every record once, in order of id") {
  EntitiesBuilder builder;
  std::vector<EntityId> added;
  for (int i = 0; i < 1000; ++i) {
    const EntityId uid = user("visited " + std::to_string(i));
    if (i % 3 == 0) continue;
    added.push_back(uid);
    REQUIRE(builder.add(uid, {}, {}));
  }
  std::vector<EntityId> visited;
  builder.build()->for_each([&](const EntityRecord& record) { visited.push_back(record.uid); });
  CHECK(visited == added);
}

TEST_CASE("a sample is all of a small store, and of a large one no more than was asked for, from all over it") {
  const auto sampled = [](std::size_t entities, std::size_t most) {
    EntitiesBuilder builder;
    for (std::size_t i = 0; i < entities; ++i) {
      REQUIRE(builder.add(intern_entity("Sampled", std::to_string(i)), {}, {}));
    }
    std::vector<EntityId> visited;
    builder.build()->sample(most, [&](const EntityRecord& record) { visited.push_back(record.uid); });
    return visited;
  };
  CHECK(sampled(0, 10).empty());
  CHECK(sampled(7, 10'000).size() == 7);
  const std::vector<EntityId> few = sampled(20'000, 100);
  CHECK(few.size() > 50);
  CHECK(few.size() <= 100);
  CHECK(few.back().value - few.front().value > 10'000);
}

TEST_CASE("an entity costs its two cache lines, its version and its part of what finds them") {
  EntitiesBuilder builder;
  for (int i = 0; i < 10'000; ++i) REQUIRE(builder.add(user("counted " + std::to_string(i)), {}, {}));
  const auto entities = builder.build();
  REQUIRE(entities);
  const EntitiesStatistics statistics = entities->statistics();
  CHECK(statistics.entities == 10'000);
  CHECK(statistics.record_bytes < 10'000 * 144);
}
