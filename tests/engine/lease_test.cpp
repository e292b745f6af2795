#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/live_world.hpp"

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

}  // namespace
}  // namespace quis::test
