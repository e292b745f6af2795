// Leases and pins while the world is exchanged, by real threads (`QUIS_STRESS_SECONDS`, see linearizability_test.cpp).

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

#include "live/live_world.hpp"
#include "live/stress.hpp"

namespace quis::test {
namespace {

TEST_CASE("a lease does not hold for who has seen the new world, nor for anybody once the revocation has returned") {
  LiveEngine engine(world_of(kTeamPolicies, kTeamEntities));
  std::atomic<std::uint64_t> returned{1};  // the version that was published last; the even ones deny
  std::atomic<std::uint64_t> held{0};      // the denying version before which a lease was found to hold
  std::atomic<std::uint64_t> ended{0};     // the one at which it was found to have ended
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::thread holder([&] {
    for (std::uint64_t denied = 2; !stop; denied += 2) {
      Lease lease = engine.lease(view("alice"));
      held = denied;
      for (std::uint32_t i = 1;; ++i) {
        const bool over = returned.load(std::memory_order_acquire) >= denied || engine.version() >= denied;
        if (!lease.holds()) break;
        if (over) {
          ++wrong;
          break;
        }
        if (i % 8 == 0) lease = engine.lease(view("alice"));  // some begin while the revocation is made
      }
      ended = denied;
      while (returned <= denied && !stop) std::this_thread::yield();
    }
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(stress_seconds() * 0.2);
  while (std::chrono::steady_clock::now() < end) {
    returned = require(engine.publish(leaves("alice", "red")));
    while (ended != returned) std::this_thread::yield();
    returned = require(engine.publish(joins("alice", "red")));
    while (held <= returned) std::this_thread::yield();
    const auto soon = std::chrono::steady_clock::now() + std::chrono::nanoseconds(returned * 7 % 5000);
    while (std::chrono::steady_clock::now() < soon) continue;
  }
  stop = true;
  require(engine.publish(leaves("alice", "red")));
  holder.join();
  MESSAGE(returned.load(), " versions");
  CHECK(wrong == 0);
}

TEST_CASE("what a pin refers to stays while it lives, also of a pin that is taken while the world is exchanged") {
  LiveOptions options;
  options.cache_bytes = 0;
  LiveEngine engine(world_of(kTeamPolicies, kTeamEntities), options);
  std::atomic<bool> stop{false};
  std::atomic<int> gone{0};
  std::atomic<std::uint64_t> pins{0};
  std::thread reader([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      const LiveEngine::Pin pin = engine.pin();
      const std::weak_ptr<const PolicyBody> policy = pin.engine().world().policies().policies().front().body;
      for (int i = 0; i < 1000; ++i) gone += policy.expired() ? 1 : 0;
      ++pins;
    }
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(stress_seconds() * 0.2);
  std::uint64_t versions = 0;
  for (; std::chrono::steady_clock::now() < end; ++versions) {
    WorldChange change;
    change.policies = require(PolicySet::from_text("permit(principal, action, resource);"));  // no body is shared
    require(engine.publish(std::move(change)));
  }
  stop = true;
  reader.join();
  MESSAGE(versions, " versions, ", pins.load(), " pins");
  CHECK(gone == 0);
}

}  // namespace
}  // namespace quis::test
