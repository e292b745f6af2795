#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entity_updater.hpp>

using namespace quis;

namespace {

using Fields = std::vector<std::pair<SymbolId, Value>>;

EntityId user(std::string_view id) { return intern_entity("ChangesTest::User", id); }
EntityId group(std::string_view id) { return intern_entity("ChangesTest::Group", id); }
SymbolId key(std::string_view text) { return intern_symbol(text); }

/// Alice, with an attribute, a tag and a group that the store does not hold.
Entities with_alice() {
  EntitiesBuilder builder;
  REQUIRE(builder.add(user("alice"), Fields{{key("age"), Value::integer(41)}}, std::vector{group("staff")},
                      Fields{{key("colour"), Value::integer(1)}}));
  return *builder.build();
}

Diagnostic refusal(const EntityChanges& changes) {
  EntityUpdater updater(with_alice());
  const auto update = updater.apply(changes, 1);
  REQUIRE_FALSE(update);
  CHECK(updater.current().to_json() == with_alice().to_json());
  CHECK(updater.current().version_of(user("alice")) == 0);
  CHECK_FALSE(update.error().at(0).help.empty());
  return update.error().at(0);
}

}  // namespace

TEST_CASE("setting something of an entity that is not there is an error, whatever else the change set does") {
  EntityChanges attribute;
  REQUIRE(attribute.set_attribute(user("alice"), key("age"), Value::integer(42)));
  REQUIRE(attribute.set_attribute(user("bob"), key("age"), Value::integer(42)));
  CHECK(refusal(attribute).code == ErrorCode::unknown_entity);
  CHECK(refusal(attribute).message ==
        R"(`ChangesTest::User::"bob"` is not in the store, so its attribute `age` cannot be set)");

  EntityChanges tag;
  REQUIRE(tag.set_tag(user("bob"), key("colour"), Value::integer(1)));
  CHECK(refusal(tag).message == R"(`ChangesTest::User::"bob"` is not in the store, so its tag `colour` cannot be set)");

  EntityChanges parent;
  REQUIRE(parent.add_parent(user("bob"), group("staff")));
  CHECK(refusal(parent).message == R"(`ChangesTest::User::"bob"` is not in the store, so it cannot become a member )"
                                   R"(of `ChangesTest::Group::"staff"`)");
}

TEST_CASE("changes are applied in order: each sees what those before it did") {
  EntityChanges removed_first;
  REQUIRE(removed_first.remove(user("alice")));
  REQUIRE(removed_first.set_attribute(user("alice"), key("age"), Value::integer(1)));
  CHECK(refusal(removed_first).code == ErrorCode::unknown_entity);

  EntityChanges added_first;
  REQUIRE(added_first.put(user("bob"), {}, {}));
  REQUIRE(added_first.set_attribute(user("bob"), key("age"), Value::integer(1)));
  REQUIRE(added_first.set_attribute(user("bob"), key("age"), Value::integer(2)));
  REQUIRE(added_first.add_parent(user("bob"), group("staff")));
  EntityUpdater updater(with_alice());
  const auto update = updater.apply(added_first, 1);
  REQUIRE(update);
  CHECK(update->entities.find(user("bob"))->attributes.find(key("age"))->as_integer() == 2);
  CHECK(update->entities.is_in(user("bob"), group("staff")));
  CHECK(update->entities.size() == 2);
  CHECK(update->touched == std::vector{user("bob")});
}

TEST_CASE("removing what is not there does nothing") {
  EntityChanges changes;
  REQUIRE(changes.remove(user("bob")));
  REQUIRE(changes.remove_attribute(user("bob"), key("age")));
  REQUIRE(changes.remove_tag(user("bob"), key("colour")));
  REQUIRE(changes.remove_parent(user("bob"), group("staff")));
  REQUIRE(changes.remove_attribute(user("alice"), key("colour")));
  REQUIRE(changes.remove_tag(user("alice"), key("age")));
  REQUIRE(changes.remove_parent(user("alice"), group("board")));
  EntityUpdater updater(with_alice());
  const auto update = updater.apply(changes, 1);
  REQUIRE(update);
  CHECK(update->touched.empty());
  CHECK(update->entities.to_json() == with_alice().to_json());
}

TEST_CASE("what is as it was is not touched, and its record is the same one") {
  EntityUpdater updater(with_alice());
  const EntityRecord* before = updater.current().find(user("alice"));
  EntityChanges changes;
  REQUIRE(changes.set_attribute(user("alice"), key("age"), Value::integer(7)));
  REQUIRE(changes.set_attribute(user("alice"), key("age"), Value::integer(41)));
  REQUIRE(changes.add_parent(user("alice"), group("staff")));
  REQUIRE(changes.put(user("bob"), {}, {}));
  REQUIRE(changes.remove(user("bob")));
  REQUIRE(changes.put(user("alice"), Fields{{key("age"), Value::integer(41)}}, std::vector{group("staff")},
                      Fields{{key("colour"), Value::integer(1)}}));
  const auto update = updater.apply(changes, 1);
  REQUIRE(update);
  CHECK(update->touched.empty());
  CHECK(update->entities.find(user("alice")) == before);
  CHECK(update->entities.version_of(user("bob")) == 0);
}

TEST_CASE("replacing an entity leaves nothing of what it was") {
  EntityUpdater updater(with_alice());
  EntityChanges changes;
  REQUIRE(changes.put(user("alice"), Fields{{key("level"), Value::integer(1)}}, std::vector{group("board")}));
  const auto update = updater.apply(changes, 1);
  REQUIRE(update);
  const EntityRecord& alice = *update->entities.find(user("alice"));
  CHECK(alice.attributes.find(key("age")) == nullptr);
  CHECK(alice.attributes.find(key("level")) != nullptr);
  CHECK(alice.tags == nullptr);
  CHECK_FALSE(update->entities.is_in(user("alice"), group("staff")));
  CHECK(update->entities.is_in(user("alice"), group("board")));
}

TEST_CASE("a change set that was applied may be applied again, and then touches nothing") {
  EntityChanges changes;
  REQUIRE(changes.put(user("bob"), {}, std::vector{group("staff")}));
  REQUIRE(changes.set_tag(user("alice"), key("colour"), Value::integer(2)));
  REQUIRE(changes.remove_parent(user("alice"), group("staff")));
  EntityUpdater updater(with_alice());
  REQUIRE(updater.apply(changes, 1));
  const auto again = updater.apply(changes, 2);
  REQUIRE(again);
  CHECK(again->touched.empty());
  CHECK(again->entities.version_of(user("bob")) == 1);
}

TEST_CASE("a change set owns its values") {
  EntityChanges changes;
  {
    ValueArena arena;
    const std::vector<std::pair<SymbolId, Value>> inner{{key("city"), arena.string("a town that needs an allocation")}};
    const Value address = *arena.record(inner);
    REQUIRE(changes.set_attribute(user("alice"), key("address"), address));
    REQUIRE(changes.put(user("bob"), Fields{{key("address"), address}}, {}, Fields{{key("address"), address}}));
  }
  EntityUpdater updater(with_alice());
  const Entities changed = updater.apply(changes, 1)->entities;
  changes = EntityChanges();
  for (const EntityId entity : {user("alice"), user("bob")}) {
    const Value* address = changed.find(entity)->attributes.find(key("address"));
    REQUIRE(address != nullptr);
    CHECK(address->as_record().find(key("city"))->as_string() == "a town that needs an allocation");
  }
}

TEST_CASE("names that only a request knows are refused when a change is noted, and the change is not noted") {
  LocalNames names;
  const EntityId stranger = names.entity(names.type("ChangesTest::User"), "ChangesTest stranger");
  const SymbolId strange = names.symbol("ChangesTest strange");
  REQUIRE(stranger.local());
  ValueArena arena;
  const Value value = arena.set(std::vector{Value::entity(stranger)});
  const EntityId alice = user("alice");
  const Value one = Value::integer(1);

  EntityChanges changes;
  CHECK(changes.put(stranger, {}, {}).error().at(0).code == ErrorCode::invalid_argument);
  CHECK_FALSE(changes.put(alice, {}, std::vector{stranger}));
  CHECK_FALSE(changes.put(alice, Fields{{key("a"), value}}, {}));
  CHECK_FALSE(changes.put(alice, {}, {}, Fields{{strange, one}}));
  CHECK_FALSE(changes.remove(stranger));
  CHECK_FALSE(changes.remove(EntityId{}));
  CHECK_FALSE(changes.set_attribute(stranger, key("a"), one));
  CHECK_FALSE(changes.set_attribute(alice, strange, one));
  CHECK_FALSE(changes.set_attribute(alice, key("a"), value));
  CHECK_FALSE(changes.remove_attribute(alice, strange));
  CHECK_FALSE(changes.set_tag(alice, key("a"), value));
  CHECK_FALSE(changes.remove_tag(stranger, key("a")));
  CHECK_FALSE(changes.add_parent(alice, stranger));
  CHECK_FALSE(changes.add_parent(stranger, alice));
  CHECK_FALSE(changes.remove_parent(alice, stranger));
  CHECK(changes.empty());
}

TEST_CASE("a field that stands twice is refused, in attributes and in tags, and the change is not noted") {
  const Fields twice{{key("a"), Value::integer(1)}, {key("b"), Value::integer(1)}, {key("a"), Value::integer(2)}};
  EntityChanges changes;
  const auto put = changes.put(user("alice"), twice, {});
  REQUIRE_FALSE(put);
  CHECK(put.error().at(0).code == ErrorCode::duplicate_key);
  CHECK(put.error().at(0).message == R"(`ChangesTest::User::"alice"` has `a` twice)");
  CHECK_FALSE(changes.put(user("alice"), {}, {}, twice));
  CHECK(changes.size() == 0);
}
