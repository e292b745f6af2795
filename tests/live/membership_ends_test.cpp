// Ends of memberships: when they come, and what takes them away before.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

using namespace std::chrono_literals;

Time test_time{};
Time test_clock() noexcept { return test_time; }

LiveOptions with_test_clock() {
  test_time = Time(100h);
  LiveOptions options;
  options.clock = &test_clock;
  return options;
}

TEST_CASE("a membership with an end ends then, without anybody's change") {
  LiveEngine engine(team_world(), with_test_clock());
  WorldChange timed;
  timed.memberships.push_back({user("bob"), team("red"), test_time + 2h});
  timed.memberships.push_back({user("alice"), team("red"), test_time + 4h});
  require(engine.publish(std::move(timed)));
  CHECK(engine.authorize(view("bob")).permitted());
  test_time += 2h - 1ms;
  CHECK(engine.authorize(view("bob")).permitted());
  test_time += 1ms;
  CHECK_FALSE(engine.authorize(view("bob")).permitted());
  CHECK(engine.authorize(view("alice")).permitted());

  SUBCASE("it ends also when nobody asked for long") {
    test_time += 50h;
    CHECK_FALSE(engine.world().entities().is_in(user("alice"), team("red")));
    CHECK_FALSE(engine.authorize(view("alice")).permitted());
  }
  SUBCASE("a clock that is set back brings nothing back") {
    test_time -= 1h;
    CHECK_FALSE(engine.authorize(view("bob")).permitted());
  }
  SUBCASE("an end that was taken away does not come") {
    require(engine.publish(joins("alice", "red")));
    test_time += 50h;
    CHECK(engine.authorize(view("alice")).permitted());
  }
  SUBCASE("an end can be moved") {
    require(engine.publish(until("alice", "red", test_time + 10h)));
    test_time += 9h;
    CHECK(engine.authorize(view("alice")).permitted());
    test_time += 1h;
    CHECK_FALSE(engine.authorize(view("alice")).permitted());
  }
  SUBCASE("what was removed and given anew without an end has none") {
    require(engine.publish(leaves("alice", "red")));
    require(engine.publish(joins("alice", "red")));
    test_time += 50h;
    CHECK(engine.authorize(view("alice")).permitted());
  }
}

TEST_CASE("ends of memberships go with the world that is replaced") {
  LiveEngine engine(team_world(), with_test_clock());
  require(engine.publish(until("bob", "red", test_time + 2h)));
  engine.replace(engine.world());
  CHECK(engine.timed_world().memberships.empty());
  test_time += 50h;
  CHECK(engine.authorize(view("bob")).permitted());
}

TEST_CASE("an entity that is put or removed takes the ends of its own memberships with it, and nobody else's") {
  for (const std::string_view who : {"alice", "bob"}) {
    for (const bool removed : {false, true}) {
      CAPTURE(who);
      CAPTURE(removed);
      LiveEngine engine(team_world(), with_test_clock());
      for (const std::string_view member : {"alice", "bob"}) {
        require(engine.publish(until(member, "red", test_time + 2h)));
        require(engine.publish(until(member, "all", test_time + 3h)));
      }
      require(engine.publish(change([&](EntityChanges& e) {
        const std::vector<EntityId> teams = {std::min(team("red"), team("all")), std::max(team("red"), team("all"))};
        require(removed ? e.remove(user(who)) : e.put(user(who), {}, teams));
      })));
      CHECK(engine.timed_world().memberships.size() == 2);
      test_time += 50h;
      const World world = engine.world();
      for (const std::string_view member : {"alice", "bob"}) {
        for (const std::string_view group : {"red", "all"}) {
          CHECK(world.entities().is_in(user(member), team(group)) == (member == who && !removed));
        }
      }
    }
  }
}

TEST_CASE("a change that is refused changes no end of a membership") {
  LiveEngine engine(team_world(), with_test_clock());
  require(engine.publish(until("bob", "red", test_time + 2h)));
  WorldChange refused = until("alice", "red", test_time + 1h);
  require(refused.entities.add_parent(user("bob"), team("red")));
  require(refused.entities.add_parent(team("all"), team("red")));  // red is in all
  REQUIRE_FALSE(engine.publish(std::move(refused)));
  require(engine.publish(change([](EntityChanges& e) {
    require(e.set_attribute(doc("plan"), intern_symbol("sealed"), Value::boolean(false)));
  })));
  test_time += 50h;
  CHECK(engine.authorize(view("alice")).permitted());
  CHECK_FALSE(engine.authorize(view("bob")).permitted());
}

TEST_CASE("a membership without an end is not kept as one that ends") {
  LiveEngine engine(team_world());
  require(engine.publish(until("bob", "red", TimedMembership::kForever)));
  CHECK(engine.authorize(view("bob")).permitted());
  CHECK(engine.timed_world().memberships.empty());
}

TEST_CASE("by the system's clock, a membership is over for a call that begins at its end") {
  for (int i = 0; i < 5; ++i) {
    LiveEngine engine(team_world());
    const Time end = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 20ms;
    require(engine.publish(until("bob", "red", end)));
    while (std::chrono::system_clock::now() < end) (void)engine.authorize(view("bob"));
    CHECK_FALSE(engine.authorize(view("bob")).permitted());
  }
}

}  // namespace
}  // namespace quis::test
