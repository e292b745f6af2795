#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <quis/engine/lease_watch.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

using namespace std::chrono_literals;

World team_world() { return world_of(kTeamPolicies, kTeamEntities); }

TEST_CASE("a lease holds while its permit does and no longer") {
  LiveEngine engine(team_world());
  Lease lease = engine.lease(view("alice"));
  CHECK(lease.holds());
  require(engine.publish(joins("bob", "red")));
  CHECK(lease.holds());
  require(engine.publish(leaves("alice", "red")));
  CHECK_FALSE(lease.holds());
  require(engine.publish(joins("alice", "red")));
  CHECK_FALSE(lease.holds());  // ended is ended
  CHECK(engine.lease(view("alice")).holds());
}

TEST_CASE("what is denied never held") {
  LiveEngine engine(team_world());
  Lease lease = engine.lease(view("bob"));
  CHECK_FALSE(lease.holds());
  lease.wait();  // returns at once
  require(engine.publish(joins("bob", "red")));
  CHECK_FALSE(lease.holds());
}

TEST_CASE("a waiting lease wakes when it ends, not when something else changes") {
  LiveEngine engine(team_world());
  std::atomic<bool> ended{false};
  std::atomic<bool> waiting{false};
  std::thread stream([&] {
    Lease lease = engine.lease(view("alice"));
    waiting = true;
    lease.wait();
    ended = true;
    CHECK_FALSE(lease.decision().permitted());
  });
  while (!waiting) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    require(engine.publish(i % 2 == 0 ? joins("bob", "red") : leaves("bob", "red")));
    std::this_thread::sleep_for(1ms);
    CHECK_FALSE(ended);
  }
  require(engine.publish(leaves("alice", "red")));
  stream.join();
  CHECK(ended);
}

TEST_CASE("a wait for some time says whether it still holds") {
  LiveEngine engine(team_world());
  Lease lease = engine.lease(view("alice"));
  CHECK(lease.wait_for(5));
  require(engine.publish(leaves("alice", "red")));
  CHECK_FALSE(lease.wait_for(1'000'000));
}

TEST_CASE("a lease ends when a membership does, also while it waits") {
  LiveEngine engine(team_world());
  WorldChange timed;
  const Time now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  timed.memberships.push_back({user("bob"), team("red"), now + 150ms});
  require(engine.publish(std::move(timed)));
  Lease lease = engine.lease(view("bob"));
  REQUIRE(lease.holds());
  lease.wait();
  CHECK(std::chrono::system_clock::now() >= now + 150ms);
  CHECK_FALSE(lease.holds());
  CHECK_FALSE(engine.authorize(view("bob")).permitted());
}

TEST_CASE("a lease keeps its context") {
  LiveEngine engine(world_of(
      R"(permit(principal, action == Action::"view", resource) when { context.tags.contains("a long enough text") };)"));
  Lease lease = [&] {
    const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Doc::"plan")",
                                                         R"({"tags": ["a long enough text"]})"));
    return engine.lease(request.view());
  }();
  WorldChange same;
  same.policies = engine.world().policies();
  require(engine.publish(std::move(same)));
  CHECK(lease.holds());
}

TEST_CASE("a watch calls back once for each lease that ends, and for no other") {
  LiveEngine engine(team_world());
  require(engine.publish(joins("bob", "red")));
  std::atomic<int> alice{0};
  std::atomic<int> bob{0};
  LeaseWatch watch(engine);
  watch.watch(engine.lease(view("alice")), [&](const Decision& decision) {
    CHECK_FALSE(decision.permitted());
    ++alice;
  });
  const LeaseWatch::Id second = watch.watch(engine.lease(view("bob")), [&](const Decision&) { ++bob; });
  CHECK(watch.size() == 2);
  require(engine.publish(leaves("alice", "red")));
  while (alice == 0) std::this_thread::yield();
  CHECK(bob == 0);
  CHECK(watch.cancel(second));
  CHECK_FALSE(watch.cancel(second));
  require(engine.publish(leaves("bob", "red")));
  std::this_thread::sleep_for(5ms);
  CHECK(alice == 1);
  CHECK(bob == 0);
  CHECK(watch.size() == 0);

  SUBCASE("a lease that never held is called back too") {
    watch.watch(engine.lease(view("bob")), [&](const Decision&) { ++bob; });
    while (bob == 0) std::this_thread::yield();
  }
  SUBCASE("an end of a membership is in time, though nobody asks") {
    const Time end = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 100ms;
    WorldChange timed;
    timed.memberships.push_back({user("bob"), team("red"), end});
    require(engine.publish(std::move(timed)));
    watch.watch(engine.lease(view("bob")), [&](const Decision&) {
      CHECK(std::chrono::system_clock::now() >= end);
      ++bob;
    });
    while (bob == 0) std::this_thread::sleep_for(1ms);
  }
}

TEST_CASE("a watch that is destroyed as soon as it was made, or has just been told something, comes to its end") {
  LiveEngine engine(team_world());
  for (int i = 0; i < 2000; ++i) {
    LeaseWatch watch(engine);
    if (i % 2 == 0) watch.watch(engine.lease(view("alice")), [](const Decision&) {});
  }
  CHECK(engine.authorize(view("alice")).permitted());
}

}  // namespace
}  // namespace quis::test
