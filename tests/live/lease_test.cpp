#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/lease_watch.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

using namespace std::chrono_literals;

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

TEST_CASE("a lease borrows nothing from its request but local names, if it has any") {
  LiveEngine engine(world_of(
      R"(permit(principal, action == Action::"view", resource) when { context.tag == "a long enough text" };)"));
  std::string text = "a long enough text";
  const SymbolId name = intern_symbol("tag");
  Value value = Value::string(text);
  const RecordData record{1, &name, &value};
  LocalNames names;
  Request request = view("alice");
  request.context = Value::record(&record);
  request.names = &names;
  Lease lease = engine.lease(request);
  text.assign(text.size(), '-');  // all of it is used for something else
  value = Value::integer(1);
  (void)names.symbol("unheard of");
  (void)intern_symbol("heard of meanwhile");
  WorldChange same;
  same.policies = engine.world().policies();
  require(engine.publish(std::move(same)));
  CHECK(lease.holds());
}

TEST_CASE("a wait may be as long as it likes") {
  LiveEngine engine(team_world());
  std::thread stream([&] {
    Lease lease = engine.lease(view("alice"));
    CHECK_FALSE(lease.wait_for(std::numeric_limits<std::uint64_t>::max()));
  });
  std::this_thread::sleep_for(20ms);
  require(engine.publish(leaves("alice", "red")));
  stream.join();
}

std::atomic<Time> test_time;
Time test_clock() noexcept { return test_time; }

TEST_CASE("a lease that waits is looked at as often as a host's own clock may jump") {
  test_time = Time(100h);
  LiveOptions options;
  options.clock = &test_clock;
  LiveEngine engine(team_world(), options);
  WorldChange timed;
  timed.memberships.push_back({user("alice"), team("red"), Time(102h)});
  require(engine.publish(std::move(timed)));
  Lease lease = engine.lease(view("alice"));
  REQUIRE(lease.holds());
  std::thread stream([&] { lease.wait(); });  // two hours of that clock
  std::this_thread::sleep_for(20ms);
  test_time = Time(102h);
  stream.join();
  CHECK_FALSE(lease.decision().permitted());
}

TEST_CASE("everybody who waits is woken") {
  LiveEngine engine(team_world());
  std::atomic<int> waiting{0};
  std::vector<std::thread> streams;
  for (int i = 0; i < 4; ++i) {
    streams.emplace_back([&] {
      Lease lease = engine.lease(view("alice"));
      ++waiting;
      lease.wait();
    });
  }
  while (waiting < 4) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  require(engine.publish(leaves("alice", "red")));
  for (std::thread& stream : streams) stream.join();
}

TEST_CASE("a callback may watch, cancel and publish, and what it changes is not overlooked") {
  LiveEngine engine(team_world());
  require(engine.publish(joins("bob", "red")));
  std::atomic<int> called{0};
  LeaseWatch watch(engine);
  const LeaseWatch::Id kept = watch.watch(engine.lease(view("bob")), [&](const Decision&) { called += 100; });
  watch.watch(engine.lease(view("bob")), [&](const Decision&) {
    ++called;
    // Denied from the start, and watched while the callback runs.
    watch.watch(engine.lease(view("bob")), [&](const Decision&) { ++called; });
  });
  watch.watch(engine.lease(view("alice")), [&](const Decision&) {
    CHECK(watch.cancel(kept));
    CHECK(watch.size() == 1);
    ++called;
    require(engine.publish(leaves("bob", "red")));
  });
  require(engine.publish(leaves("alice", "red")));
  while (called < 3) std::this_thread::yield();
  CHECK(called == 3);
  CHECK(watch.size() == 0);
}

std::atomic<int> looks_at_the_clock{0};
Time counting_clock() noexcept {
  ++looks_at_the_clock;
  return Time(100h);
}

TEST_CASE("a watch sleeps while nothing happens") {
  LiveOptions options;
  options.clock = &counting_clock;  // which is looked at each time that the watch is awake
  LiveEngine engine(team_world(), options);
  WorldChange timed;
  timed.memberships.push_back({user("alice"), team("red"), Time(102h)});
  require(engine.publish(std::move(timed)));
  LeaseWatch watch(engine);
  watch.watch(engine.lease(view("alice")), [](const Decision&) {});
  looks_at_the_clock = 0;
  std::this_thread::sleep_for(100ms);
  CHECK(looks_at_the_clock < 2'000);
}

}  // namespace
}  // namespace quis::test
