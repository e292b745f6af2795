// Snapshots that were replaced: who still looks at them, and when they are given back.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

using namespace std::chrono_literals;

WorldChange new_policies() {
  WorldChange made;
  made.policies = require(PolicySet::from_text(kTeamPolicies));
  return made;
}

TEST_CASE("what is changed after everything was replaced is the world that replaced it") {
  LiveEngine engine(team_world());
  LiveEngine other(team_world());
  require(other.publish(leaves("alice", "red")));
  engine.replace(other.world());
  require(engine.publish(joins("bob", "red")));
  CHECK_FALSE(engine.authorize(view("alice")).permitted());
  CHECK(engine.authorize(view("bob")).permitted());
}

TEST_CASE("a snapshot is given back when nobody reads it any more, and not before") {
  LiveEngine engine(team_world());
  const auto policy = [&] { return std::weak_ptr(engine.world().policies().policies().front().body); };
  const auto first = policy();
  {
    const LiveEngine::Pin pin = engine.pin();
    require(engine.publish(new_policies()));
    CHECK_FALSE(first.expired());
    CHECK(engine.authorize(view("alice")).permitted());  // a call within, of a later epoch
    require(engine.publish(new_policies()));
    CHECK_FALSE(first.expired());
    CHECK(pin.authorize(view("alice")).permitted());
  }
  CHECK_FALSE(first.expired());
  require(engine.publish(joins("bob", "red")));
  const auto second = policy();
  require(engine.publish(new_policies()));  // looks at once for who reads, whatever was published before
  CHECK(first.expired());
  CHECK(second.expired());
  const auto third = policy();
  engine.replace(team_world());
  CHECK(third.expired());
}

TEST_CASE("a world that somebody reads as it is replaced is given back by the next publication") {
  LiveEngine engine(team_world());
  const std::weak_ptr policy = engine.world().policies().policies().front().body;
  {
    const LiveEngine::Pin pin = engine.pin();
    engine.replace(team_world());
  }
  CHECK_FALSE(policy.expired());
  require(engine.publish(joins("bob", "red")));
  CHECK(policy.expired());
}

/// The most memory that the process ever held, in megabytes; always 0 where the system does not say. (What `getrusage`
/// says may be of the program that began this one.)
long peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(line.find_first_of("0123456789"))) / 1024;
  }
  return 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepsFreedMemory = true;
#elif defined(__has_feature)
constexpr bool kKeepsFreedMemory = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kKeepsFreedMemory = false;
#endif

TEST_CASE("worlds that were replaced are given back while others are published" * doctest::skip(kKeepsFreedMemory)) {
  constexpr int kChanges = 8'000;  // each copies a page of entities: more than 200 MB in all
  LiveEngine engine(team_world());
  const long before = peak_memory();
  for (int i = 0; i < kChanges / 2; ++i) {
    require(engine.publish(joins("bob", "red")));
    require(engine.publish(leaves("bob", "red")));
  }
  CHECK(peak_memory() - before < 64);
  // A reader keeps what it looks at; what is published meanwhile waits for it, and is given back when it is gone.
  {
    const LiveEngine::Pin pin = engine.pin();
    require(engine.publish(leaves("alice", "red")));
    for (int i = 0; i < 100; ++i) require(engine.publish(i % 2 == 0 ? joins("bob", "red") : leaves("bob", "red")));
    CHECK(pin.authorize(view("alice")).permitted());
  }
  for (int i = 0; i < kChanges / 2; ++i) require(engine.publish(joins("bob", "red")));
  CHECK(peak_memory() - before < 64);
}

TEST_CASE("publish_and_drain waits for the calls that began before") {
  LiveEngine engine(team_world());
  std::atomic<bool> pinned{false};
  std::atomic<bool> released{false};
  std::thread reader([&] {
    const LiveEngine::Pin pin = engine.pin();
    CHECK(permitted_twice(engine, view("alice")));  // a call within, from the cache too, does not end the pin
    pinned = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(pin.engine().authorize(view("alice")).permitted());  // its snapshot is still there
    released = true;
  });
  while (!pinned) std::this_thread::yield();
  require(engine.publish_and_drain(leaves("alice", "red")));
  CHECK(released);
  reader.join();
  CHECK_FALSE(engine.authorize(view("alice")).permitted());
}

TEST_CASE("a drain does not end because of those who began later") {
  LiveEngine engine(team_world());
  std::atomic<int> ready{0};
  std::atomic<bool> stop{false};
  std::atomic<bool> released{false};
  std::thread first([&] {  // the slot before that of who comes and goes
    const LiveEngine::Pin pin = engine.pin();
    ready = 1;
    std::this_thread::sleep_for(100ms);
    released = true;
  });
  while (ready != 1) std::this_thread::yield();
  std::thread later([&] {
    while (!stop) {
      const LiveEngine::Pin pin = engine.pin();
      ready = 2;
    }
  });
  while (ready != 2) std::this_thread::yield();
  require(engine.publish_and_drain(leaves("alice", "red")));
  CHECK(released);
  stop = true;
  first.join();
  later.join();
}

TEST_CASE("a call that has returned is not waited for, whatever it was and wherever it found its answer") {
  LiveEngine engine(team_world());
  const auto drained = [&] {
    return require(engine.publish_and_drain(joins("bob", "red")));
  };  // or it would not return
  CHECK(engine.authorize(view("alice")).permitted());
  drained();
  CHECK(engine.authorize(view("alice")).permitted());  // from the cache
  drained();
  Response response;
  engine.authorize(view("alice"), response);
  drained();
  require(engine.authorize(R"(User::"alice")", R"(Action::"view")", R"(Doc::"plan")", R"({"x": 1})"));
  drained();
  { const LiveEngine::Pin pin = engine.pin(); }
  drained();
  Lease lease = engine.lease(view("alice"));
  drained();
  CHECK(lease.holds());
  drained();
  CHECK(engine.version() == 8);
}

std::function<void()> when_asked_for_the_time;
Time clock_that_does_more() noexcept {
  if (when_asked_for_the_time) std::exchange(when_asked_for_the_time, nullptr)();
  return Time{};
}

TEST_CASE("what a call looks at is not given back under it, whatever the call") {
  LiveOptions options;
  options.clock = clock_that_does_more;
  LiveEngine engine(team_world(), options);
  require(
      engine.publish(until("bob", "red", Time(1h))));  // so that each call asks for the time, with a snapshot in hand
  Lease lease = engine.lease(view("alice"));
  const std::vector<std::function<void()>> calls = {
      [&] { CHECK(engine.authorize(view("alice")).permitted()); },
      [&] {
        Response response;
        engine.authorize(view("alice"), response);
        CHECK(response.permitted);
      },
      [&] {
        CHECK(require(engine.authorize(R"(User::"alice")", R"(Action::"view")", R"(Doc::"plan")", R"({"x": 1})"))
                  .permitted());
      },
      [&] {
        const Request request = view("alice");
        Decision decision;
        engine.authorize_many({&request, 1}, {&decision, 1});
        CHECK(decision.permitted());
      },
      [&] { CHECK(engine.version() > 1); },
      [&] { CHECK(engine.world().entities().is_in(user("alice"), team("red"))); },
      [&] { CHECK(engine.pin().authorize(view("alice")).permitted()); },
      [&] { CHECK(engine.lease(view("alice")).holds()); },
      [&] { CHECK(lease.holds()); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    const std::weak_ptr<const PolicyBody> policy = engine.world().policies().policies().front().body;
    bool held = false;
    when_asked_for_the_time = [&] {
      std::thread([&] { require(engine.publish(new_policies())); }).join();
      held = !policy.expired();
    };
    calls[i]();
    CHECK(held);
    require(engine.publish(new_policies()));
    CHECK(policy.expired());
  }
}

TEST_CASE("more threads than the first chunk of slots can all read and are waited for") {
  LiveEngine engine(team_world());
  std::vector<std::thread> threads;
  std::atomic<int> permits{0};
  std::atomic<int> ready{0};
  constexpr int kThreads = 200;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const LiveEngine::Pin pin = engine.pin();
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      permits += pin.authorize(view("alice")).permitted() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  require(engine.publish_and_drain(leaves("alice", "red")));
  CHECK(permits == kThreads);
}

}  // namespace
}  // namespace quis::test
