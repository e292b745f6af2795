// Random changes to small random stores, each compared with a store that a builder makes of the same facts, and the
// facts kept here in the simplest way. The ids lie pages apart, so that the stores share pages, copy them and gather
// what they point to.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entity_updater.hpp>

using namespace quis;

namespace {

using Fields = std::map<SymbolId, Value>;

struct Facts {
  Fields attributes;
  Fields tags;
  std::set<EntityId> parents;
};

using World = std::map<EntityId, Facts>;

constexpr std::size_t kEntities = 40;
constexpr std::size_t kApart = 53;  // ids between two that are used

const std::vector<EntityId>& entities() {
  static const std::vector<EntityId> all = [] {
    std::vector<EntityId> made;
    for (std::size_t i = 0; i < kEntities * kApart; ++i) {
      const EntityId entity = intern_entity("UpdatesTest::Node", std::to_string(i));
      if (i % kApart == 0) made.push_back(entity);
    }
    return made;
  }();
  return all;
}

const std::vector<SymbolId>& names() {
  static const std::vector<SymbolId> all{intern_symbol("a"), intern_symbol("b"), intern_symbol("c"),
                                         intern_symbol("d")};
  return all;
}

std::vector<std::pair<SymbolId, Value>> list_of(const Fields& fields) { return {fields.begin(), fields.end()}; }

Result<Entities> build(const World& world) {
  EntitiesBuilder builder;
  for (const auto& [uid, facts] : world) {
    const std::vector<EntityId> parents(facts.parents.begin(), facts.parents.end());
    REQUIRE(builder.add(uid, list_of(facts.attributes), parents, list_of(facts.tags)));
  }
  return builder.build();
}

bool equal(const RecordData& record, const Fields& fields) {
  if (record.size != fields.size()) return false;
  return std::ranges::all_of(fields, [&](const auto& field) {
    const Value* found = record.find(field.first);
    return found != nullptr && *found == field.second;
  });
}

std::set<EntityId> ancestors_of(const Entities& store, EntityId entity) {
  std::set<EntityId> all;
  if (const EntityRecord* record = store.find(entity)) {
    record->ancestors.for_each([&](EntityId ancestor) { CHECK(all.insert(ancestor).second); });
  }
  return all;
}

/// Whether a policy could tell the two worlds apart by looking at the entity.
bool differs(EntityId entity, const World& before, const Entities& store_before, const World& after,
             const Entities& store_after) {
  const auto old_facts = before.find(entity);
  const auto new_facts = after.find(entity);
  if (old_facts == before.end() || new_facts == after.end()) {
    return (old_facts == before.end()) != (new_facts == after.end());
  }
  return old_facts->second.attributes != new_facts->second.attributes ||
         old_facts->second.tags != new_facts->second.tags || old_facts->second.parents != new_facts->second.parents ||
         ancestors_of(store_before, entity) != ancestors_of(store_after, entity);
}

void check_equal(const Entities& store, const World& world, const Entities& built) {
  CHECK(store.size() == world.size());
  CHECK(store.to_json() == built.to_json());
  for (const EntityId entity : entities()) {
    const EntityRecord* record = store.find(entity);
    const EntityRecord* expected = built.find(entity);
    REQUIRE((record == nullptr) == (expected == nullptr));
    const EntityRecord& facts_of = store.facts_of(entity);
    if (record != nullptr) {
      CHECK(&facts_of == record);
    } else {
      CHECK(facts_of.attributes.size == 0);
      CHECK(facts_of.tags == nullptr);
      CHECK(facts_of.ancestors.size() == 0);
      CHECK(std::ranges::none_of(entities(), [&](EntityId other) { return facts_of.ancestors.contains(other); }));
    }
    CHECK(std::ranges::all_of(
        entities(), [&](EntityId other) { return store.is_in(entity, other) == built.is_in(entity, other); }));
    if (record == nullptr) continue;
    const Facts& facts = world.at(entity);
    CHECK(record->uid == entity);
    CHECK(equal(record->attributes, facts.attributes));
    CHECK(equal(record->tags == nullptr ? RecordData{} : *record->tags, facts.tags));
    CHECK((record->tags == nullptr) == facts.tags.empty());
    CHECK(std::ranges::equal(record->direct_parents(), facts.parents));
    CHECK(record->ancestors.size() == expected->ancestors.size());
    CHECK(ancestors_of(store, entity) == ancestors_of(built, entity));
  }
}

class Changer {
 public:
  explicit Changer(std::uint32_t seed) : random_(seed) {
    upwards_ = below(4) != 0;
    most_parents_ = 1 + below(5);
  }

  /// Notes one random change, and does the same to the facts. False when the facts cannot be changed so.
  bool change(EntityChanges& changes, World& world) {
    const EntityId entity = any();
    const SymbolId name = names()[below(names().size())];
    const Value value = some_value();
    const bool there = world.contains(entity);
    switch (below(12)) {
      case 0:
        REQUIRE(changes.remove(entity));
        world.erase(entity);
        return true;
      case 1:
        REQUIRE(changes.set_attribute(entity, name, passing(value)));
        return there && set(world[entity].attributes, name, value);
      case 2:
        REQUIRE(changes.set_tag(entity, name, passing(value)));
        return there && set(world[entity].tags, name, value);
      case 3:
        REQUIRE(changes.remove_attribute(entity, name));
        if (there) world[entity].attributes.erase(name);
        return true;
      case 4:
        REQUIRE(changes.remove_tag(entity, name));
        if (there) world[entity].tags.erase(name);
        return true;
      case 5:
      case 6: {
        const EntityId parent = above(entity);
        REQUIRE(changes.add_parent(entity, parent));
        if (there) world[entity].parents.insert(parent);
        return there;
      }
      case 7:
      case 8: {
        const EntityId parent = there && !world[entity].parents.empty() ? *world[entity].parents.begin() : any();
        REQUIRE(changes.remove_parent(entity, parent));
        if (there) world[entity].parents.erase(parent);
        return true;
      }
      default: {
        Facts& facts = world[entity] = some_facts(entity);
        std::vector<EntityId> parents(facts.parents.begin(), facts.parents.end());
        auto attributes = list_of(facts.attributes);
        std::ranges::reverse(parents);
        std::ranges::reverse(attributes);
        REQUIRE(changes.put(entity, attributes, parents, list_of(facts.tags)));
        return true;
      }
    }
  }

  /// Where the changes begin: most of the entities, above each other as they come.
  World some_world() {
    World world;
    const bool upwards = std::exchange(upwards_, true);
    for (const EntityId entity : entities()) {
      if (below(5) != 0) world[entity] = some_facts(entity);
    }
    upwards_ = upwards;
    return world;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

  /// Values given before are gone.
  void forget_passed() { passing_.reset(); }

 private:
  EntityId any() { return entities()[below(kEntities)]; }

  /// Such that no cycle comes about, unless that is not asked for.
  EntityId above(EntityId entity) {
    const auto at = static_cast<std::size_t>(std::ranges::find(entities(), entity) - entities().begin());
    if (!upwards_) return any();
    if (at + 1 == kEntities) return intern_entity("UpdatesTest::Node", "in no store");
    return entities()[at + 1 + below(kEntities - at - 1)];
  }

  Facts some_facts(EntityId entity) {
    Facts facts;
    for (const SymbolId name : names()) {
      if (below(2) == 0) facts.attributes[name] = some_value();
      if (below(6) == 0) facts.tags[name] = some_value();
    }
    for (std::size_t i = below(most_parents_ + 1); i > 0; --i) facts.parents.insert(above(entity));
    return facts;
  }

  static bool set(Fields& fields, SymbolId name, const Value& value) {
    fields[name] = value;
    return true;
  }

  Value some_value() {
    switch (below(6)) {
      case 0: return Value::entity(any());
      case 1: return values_.string("a text that is no literal " + std::to_string(below(100)));
      case 2: return values_.set(std::vector{values_.string("x"), Value::integer(std::int64_t(below(3)))});
      case 3: {
        const std::vector<std::pair<SymbolId, Value>> fields{{names()[0], values_.string("inner")},
                                                             {names()[1], some_value()}};
        return *values_.record(fields);
      }
      case 4: return values_.ip({.bytes = {10, 0, 0, 1}, .prefix = std::uint8_t(below(33)), .is_v6 = false});
      default: return Value::integer(std::int64_t(below(3)));
    }
  }

  /// A copy that lives until the changes were noted.
  const Value& passing(const Value& value) { return given_ = passing_.copy(value); }

  std::mt19937 random_;
  bool upwards_ = true;
  std::size_t most_parents_ = 1;
  ValueArena values_;
  ValueArena passing_;
  Value given_;
};

struct Tally {
  std::size_t applied = 0;
  std::size_t unknown = 0;
  std::size_t cycles = 0;
  std::size_t untouched = 0;
  std::size_t tables = 0;  // ancestor sets that are tables
};

void run(std::uint32_t seed, Tally& tally) {
  Changer changer(seed);
  World world = changer.some_world();
  std::map<EntityId, std::uint64_t> versions;
  EntityUpdater updater{*build(world)};
  std::vector<std::pair<Entities, std::string>> kept;

  for (std::uint64_t version = 1; version <= 60; ++version) {
    World next = world;
    EntityChanges changes;
    bool known = true;
    for (std::size_t i = 1 + changer.below(4); i > 0 && known; --i) {
      known = changer.change(changes, next);
      changer.forget_passed();
    }
    const Entities before = updater.current();
    const auto update = updater.apply(changes, version);
    const auto built = known ? build(next) : failure(ErrorCode::unknown_entity, "");
    REQUIRE(update.has_value() == built.has_value());
    if (!built) {
      CHECK(update.error().at(0).code == built.error().at(0).code);
      CHECK(updater.current().to_json() == before.to_json());
      ++(known ? tally.cycles : tally.unknown);
      continue;
    }
    ++tally.applied;
    check_equal(update->entities, next, *built);
    CHECK(updater.current().to_json() == update->entities.to_json());

    std::vector<EntityId> touched;
    for (const EntityId entity : entities()) {
      if (differs(entity, world, before, next, *built)) touched.push_back(entity);
      const EntityRecord* record = built->find(entity);
      if (record != nullptr && record->ancestors.size() > AncestorSet::kLine) ++tally.tables;
    }
    CHECK(update->touched == touched);
    if (touched.empty()) ++tally.untouched;
    for (const EntityId entity : touched) versions[entity] = version;
    for (const EntityId entity : entities()) CHECK(update->entities.version_of(entity) == versions[entity]);

    if (changer.below(3) == 0) kept.emplace_back(update->entities, built->to_json());
    world = std::move(next);
  }

  // What was handed out is as it was, whichever of the others are gone.
  const std::string last = updater.current().to_json();
  while (!kept.empty()) {
    std::swap(kept[changer.below(kept.size())], kept.back());
    CHECK(kept.back().first.to_json() == kept.back().second);
    kept.pop_back();
  }
  CHECK(updater.current().to_json() == last);
}

}  // namespace

TEST_CASE("a changed store is the store that is built of the changed facts, and the old one stays as it was") {
  Tally tally;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    run(seed, tally);
  }
  // Every kind of outcome was met.
  CHECK(tally.applied > 1500);
  CHECK(tally.unknown > 50);
  CHECK(tally.cycles > 50);
  CHECK(tally.untouched > 20);
  CHECK(tally.tables > 1000);
}
