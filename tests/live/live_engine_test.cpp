#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include <quis/base/vocabulary.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

TEST_CASE("a revocation holds for the very next call, though the permit was cached") {
  LiveEngine engine(team_world());
  CHECK(permitted_twice(engine, view("alice")));
  SUBCASE("the membership") { CHECK(require(engine.publish(leaves("alice", "red"))) == 2); }
  SUBCASE("the team's membership above it") {
    require(engine.publish(change([](EntityChanges& e) { require(e.remove_parent(team("red"), team("all"))); })));
  }
  SUBCASE("an attribute of the principal") {
    require(engine.publish(change([](EntityChanges& e) {
      require(e.set_attribute(user("alice"), intern_symbol("suspended"), Value::boolean(true)));
    })));
  }
  SUBCASE("an attribute of the resource") {
    require(engine.publish(change([](EntityChanges& e) {
      require(e.set_attribute(doc("plan"), intern_symbol("sealed"), Value::boolean(true)));
    })));
  }
  SUBCASE("the principal") {
    require(engine.publish(change([](EntityChanges& e) { require(e.remove(user("alice"))); })));
  }
  SUBCASE("the resource") {
    require(engine.publish(change([](EntityChanges& e) { require(e.remove(doc("plan"))); })));
  }
  SUBCASE("the policies") {
    WorldChange change;
    change.policies = require(PolicySet::from_text("forbid(principal, action, resource);"));
    require(engine.publish(std::move(change)));
  }
  SUBCASE("everything") { engine.replace(world_of("", "[]")); }
  CHECK_FALSE(engine.authorize(view("alice")).permitted());
  CHECK(engine.version() == 2);
}

TEST_CASE("a grant holds for the very next call, though the denial was cached") {
  LiveEngine engine(team_world());
  CHECK_FALSE(permitted_twice(engine, view("bob")));
  require(engine.publish(joins("bob", "red")));
  CHECK(engine.authorize(view("bob")).permitted());
}

TEST_CASE("an entity that was not there ends what was cached about its absence") {
  LiveEngine engine(team_world());
  CHECK_FALSE(permitted_twice(engine, view("carol")));
  require(engine.publish(change([](EntityChanges& e) {
    const std::pair<SymbolId, Value> suspended{intern_symbol("suspended"), Value::boolean(false)};
    const EntityId red = team("red");
    require(e.put(user("carol"), {&suspended, 1}, {&red, 1}));
  })));
  CHECK(engine.authorize(view("carol")).permitted());
}

TEST_CASE("an answer that followed a reference ends with the entity behind it") {
  LiveEngine engine(world_of(
      R"(permit(principal, action == Action::"view", resource) when { resource.folder.open && principal in Team::"red" };)",
      R"([{"uid": {"type": "Folder", "id": "f"}, "attrs": {"open": true}, "parents": []},
          {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}]},
          {"uid": {"type": "Doc", "id": "plan"}, "parents": [],
           "attrs": {"folder": {"__entity": {"type": "Folder", "id": "f"}}}}])"));
  CHECK(permitted_twice(engine, view("alice")));
  require(engine.publish(change([](EntityChanges& e) {
    require(e.set_attribute(intern_entity("Folder", "f"), intern_symbol("open"), Value::boolean(false)));
  })));
  CHECK_FALSE(engine.authorize(view("alice")).permitted());
}

TEST_CASE("unrelated answers stay cached across a publication") {
  LiveEngine engine(team_world());
  CHECK(permitted_twice(engine, view("alice")));
  require(engine.publish(joins("bob", "red")));
  const std::uint64_t hits = engine.statistics().hits;
  CHECK(engine.authorize(view("alice")).permitted());
  CHECK(engine.statistics().hits == hits + 1);
}

TEST_CASE("a change that cannot be made is not made in part, and the error says what is wrong") {
  LiveEngine engine(team_world());
  auto refused = engine.publish(change([](EntityChanges& e) {
    require(e.remove_parent(user("alice"), team("red")));
    require(e.add_parent(team("all"), team("red")));  // red is in all
  }));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().front().code == ErrorCode::cycle);
  CHECK(engine.version() == 1);
  CHECK(engine.authorize(view("alice")).permitted());

  WorldChange nobody = leaves("alice", "red");
  nobody.memberships.push_back({user("nobody-there"), team("red"), Time(std::chrono::hours(1))});
  refused = engine.publish(std::move(nobody));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().front().code == ErrorCode::unknown_entity);
  CHECK(engine.authorize(view("alice")).permitted());
}

TEST_CASE("a cached decision names its policies as an evaluated one does") {
  LiveEngine engine(team_world());
  const Engine plain(engine.world());
  for (const Request& request : {view("alice"), view("bob"), view("alice", "nothing")}) {
    for (int i = 0; i < 3; ++i) {
      const Decision live = engine.authorize(request);
      const Decision evaluated = plain.authorize(request);
      CHECK(live.outcome() == evaluated.outcome());
      CHECK(std::ranges::equal(live.determining(), evaluated.determining()));
      CHECK(std::ranges::equal(live.errors(), evaluated.errors()));
    }
  }
}

TEST_CASE("what was revoked stays revoked, however many versions later it is asked about") {
  LiveEngine engine(team_world());
  bool bob_is_in = false;
  for (int later = 0; later < 40; ++later) {
    CHECK(engine.authorize(view("alice")).permitted());  // and kept
    require(engine.publish(leaves("alice", "red")));
    for (int i = 0; i < later; ++i, bob_is_in = !bob_is_in) {
      require(engine.publish(bob_is_in ? leaves("bob", "red") : joins("bob", "red")));
    }
    CHECK_FALSE(engine.authorize(view("alice")).permitted());
    require(engine.publish(joins("alice", "red")));
  }
}

TEST_CASE("a version count that wraps around begins a new cache and nothing old is found in it") {
  LiveOptions options;
  options.versions_per_cache = 4;
  LiveEngine engine(team_world(), options);
  for (int i = 0; i < 50; ++i) {
    CHECK(engine.authorize(view("alice")).permitted() == (i % 2 == 0));
    CHECK(engine.authorize(view("alice")).permitted() == (i % 2 == 0));
    require(engine.publish(i % 2 == 0 ? leaves("alice", "red") : joins("alice", "red")));
  }
}

constexpr std::string_view kContextPolicies = R"(
  permit(principal, action == Action::"view", resource)
    when { context.now < datetime("2026-01-01") && principal in Team::"all" && !resource.sealed };
  permit(principal, action == Action::"edit", resource)
    when { context.level >= 3 && context.device == "known" && principal in Team::"all" && !resource.sealed };)";

Decision ask(const LiveEngine& engine, std::string_view action, std::string_view context) {
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", action, R"(Doc::"plan")", context));
  return engine.authorize(request.view());
}

TEST_CASE("the context counts as far as policies read it") {
  LiveEngine engine(world_of(kContextPolicies, kTeamEntities));
  const auto hits_while = [&](auto&& work) {
    const std::uint64_t before = engine.statistics().hits;
    work();
    return engine.statistics().hits - before;
  };
  constexpr std::string_view kEdit = R"(Action::"edit")";
  constexpr std::string_view kView = R"(Action::"view")";
  CHECK(ask(engine, kEdit, R"({"level": 3, "device": "known"})").permitted());
  SUBCASE("attributes that no policy reads spoil nothing") {
    CHECK(hits_while(
              [&] { CHECK(ask(engine, kEdit, R"({"level": 3, "device": "known", "device_": 7})").permitted()); }) <= 1);
  }
  SUBCASE("numbers on the same side of every constant are one situation, others are not") {
    CHECK(hits_while([&] { CHECK(ask(engine, kEdit, R"({"level": 4, "device": "known"})").permitted()); }) == 0);
    CHECK(hits_while([&] { CHECK(ask(engine, kEdit, R"({"level": 5, "device": "known"})").permitted()); }) == 1);
    CHECK(hits_while([&] { CHECK_FALSE(ask(engine, kEdit, R"({"level": 2, "device": "known"})").permitted()); }) == 0);
  }
  SUBCASE("values that are compared otherwise are told apart") {
    CHECK_FALSE(ask(engine, kEdit, R"({"level": 3, "device": "other"})").permitted());
    CHECK_FALSE(ask(engine, kEdit, R"({"level": 3})").permitted());
    CHECK_FALSE(ask(engine, kEdit, R"({"level": "3", "device": "known"})").permitted());
    CHECK(ask(engine, kEdit, R"({"level": 3, "device": "known"})").permitted());
  }
  SUBCASE("time may pass up to the date that a policy names") {
    const auto now = [](std::string_view date) {
      return R"({"now": {"__extn": {"fn": "datetime", "arg": ")" + std::string(date) + "\"}}}";
    };
    CHECK(ask(engine, kView, now("2025-11-01")).permitted());
    CHECK(hits_while([&] { CHECK(ask(engine, kView, now("2025-11-02T10:00:00Z")).permitted()); }) == 1);
    CHECK(hits_while([&] { CHECK_FALSE(ask(engine, kView, now("2026-01-01")).permitted()); }) == 0);
    CHECK_FALSE(ask(engine, kView, now("2027-01-01")).permitted());
  }
}

TEST_CASE("a context that is no record is denied, and neither takes an answer from the cache nor leaves one there") {
  const LiveEngine engine(world_of(
      R"(permit(principal, action == Action::"edit", resource)
         when { !(context has blocked) && principal.suspended == false };
         permit(principal, action == Action::"view", resource) when { principal.suspended == false && 1 < 2 };)",
      kTeamEntities));
  for (const std::string_view action : {"edit", "view"}) {
    CAPTURE(action);
    Request request{user("alice"), intern_entity("Action", action), doc("plan")};
    for (int round = 0; round < 3; ++round) {
      request.context = Value();
      CHECK_FALSE(engine.authorize(request).permitted());
      CHECK_FALSE(engine.lease(request).holds());
      request.context = Value::empty_record();
      CHECK(engine.authorize(request).permitted());
    }
  }
  CHECK(engine.statistics().hits == 4);
}

// Three ways in which another engine's cache was found to permit what it must deny (casbin-cpp 1.53.2).
TEST_CASE("ids that look alike when they are joined do not share an answer") {
  const World world = world_of(R"(permit(principal == User::"a$$b", action == Action::"read", resource == Doc::"c")
                                    when { principal in Team::"t" || resource has x || true };)");
  LiveEngine engine(world);
  const EntityId read = intern_entity("Action", "read");
  const Request allowed{user("a$$b"), read, doc("c")};
  const Request denied{user("a"), read, doc("b$$c")};
  for (int i = 0; i < 3; ++i) {
    CHECK(engine.authorize(allowed).permitted());
    CHECK_FALSE(engine.authorize(denied).permitted());
  }
}

TEST_CASE("an attribute that decides is part of what an answer is found by") {
  LiveEngine engine(world_of(
      R"(permit(principal, action == Action::"drink", resource) when { context.age >= 18 && resource has open };)",
      R"([{"uid": {"type": "Doc", "id": "bar"}, "attrs": {"open": true}, "parents": []}])"));
  for (int i = 0; i < 3; ++i) {
    for (const int age : {25, 5, 18, 17}) {
      const auto request = require(OwnedRequest::from_text(R"(User::"kim")", R"(Action::"drink")", R"(Doc::"bar")",
                                                           "{\"age\": " + std::to_string(age) + "}"));
      CHECK(engine.authorize(request.view()).permitted() == (age >= 18));
    }
  }
}

TEST_CASE("a request with local names is decided and not cached") {
  LiveEngine engine(team_world());
  const auto request = require(
      OwnedRequest::from_text(R"(User::"a name that nobody ever loaded")", R"(Action::"view")", R"(Doc::"plan")"));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(engine.authorize(request.view()).permitted());
  CHECK(engine.statistics().hits == 0);
  CHECK(engine.statistics().bypasses == 3);
}

TEST_CASE("decisions that cost less than a look-up are not cached") {
  LiveEngine engine(world_of(R"(permit(principal == User::"alice", action == Action::"view", resource);)"));
  for (int i = 0; i < 3; ++i) CHECK(engine.authorize(view("alice")).permitted());
  CHECK(engine.statistics().hits == 0);
  CHECK(engine.statistics().bypasses == 3);
}

TEST_CASE("a cache begins anew after as many versions as it may serve") {
  LiveOptions options;
  options.versions_per_cache = 4;
  LiveEngine engine(team_world(), options);
  for (int i = 1; i <= 12; ++i) {
    CAPTURE(i);
    const std::uint64_t hits = engine.statistics().hits;
    CHECK(engine.authorize(view("alice")).permitted());
    CHECK(engine.statistics().hits == hits + (i % 4 == 1 ? 0 : 1));
    require(engine.publish(i % 2 == 0 ? leaves("bob", "red") : joins("bob", "red")));
  }
}

TEST_CASE("a world of any version is cached") {
  for (const std::uint64_t version : {0xffff'fff0ULL, 0xffff'ffff'0000ULL}) {
    LiveEngine engine(World::build(require(PolicySet::from_text(kTeamPolicies)),
                                   require(Entities::from_json(kTeamEntities)), version));
    for (int i = 0; i < 40; ++i) {
      for (int round = 0; round < 2; ++round) CHECK(engine.authorize(view("alice")).permitted() == (i % 2 == 0));
      CHECK(engine.statistics().hits == static_cast<std::uint64_t>(i) + 1);
      require(engine.publish(i % 2 == 0 ? leaves("alice", "red") : joins("alice", "red")));
    }
  }
}

TEST_CASE("each call counts once, and what gives way counts only if it still held") {
  LiveOptions options;
  options.cache_bytes = 1;  // one bucket: seven answers
  LiveEngine engine(world_of(R"(permit(principal, action == Action::"view", resource)
                                when { resource.folder.open && principal in Team::"all" && !principal.suspended };)",
                             kTeamEntities),
                    options);
  const auto ask = [&](int first, int last) {
    for (int i = first; i < last; ++i) CHECK_FALSE(engine.authorize(view("nobody" + std::to_string(i))).permitted());
  };
  const auto counted = [&](std::uint64_t hits, std::uint64_t misses, std::uint64_t evictions) {
    const CacheStatistics cache = engine.statistics();
    CHECK(cache.hits == hits);
    CHECK(cache.misses == misses);
    CHECK(cache.evictions == evictions);
    CHECK(cache.bypasses == 0);
  };
  ask(0, 7);
  counted(0, 7, 0);
  ask(0, 7);
  counted(7, 7, 0);
  require(engine.publish(joins("bob", "red")));  // ends them all: they followed references
  ask(7, 14);
  counted(7, 14, 0);
  ask(14, 15);
  counted(7, 15, 1);
}

}  // namespace
}  // namespace quis::test
