// The decision cache by itself: what may be found in it, and under the worst digest there is.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <thread>
#include <tuple>
#include <vector>

#include "engine/cache.hpp"
#include "live/stress.hpp"

namespace quis::test {
namespace {

/// Every key belongs to the same bucket.
struct WorstDigest {
  std::uint64_t operator()(CacheKey /*key*/) const noexcept { return 7; }
};

/// The same bucket, with the home that the resource says.
struct HomeDigest {
  std::uint64_t operator()(CacheKey key) const noexcept { return std::uint64_t{key.resource().value} << 62U; }
};

std::uint32_t draw(std::mt19937& random, std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); }

CacheKey key(std::uint32_t principal, std::uint32_t resource, std::uint16_t situation = 1) {
  return {EntityId{principal}, EntityId{resource}, situation, situation * 17U};
}

/// Both ways to find, of which the quicker one may miss and must not differ.
template <class Cache>
VerdictNumber find(Cache& cache, CacheKey key, Reach reach, std::uint32_t stamp) {
  const VerdictNumber at_home = cache.homes().find(key, reach, stamp);
  const VerdictNumber found = cache.find(key, reach, stamp);
  if (at_home != 0) REQUIRE(at_home == found);
  return found;
}

TEST_CASE("what was put is found, by its whole key only") {
  const ChangeClock clock;
  DecisionCache<> cache(1 << 16, clock);
  CHECK(find(cache, key(1, 2), Reach::request, 0) == 0);
  cache.put(key(1, 2), Reach::request, 5, 0);
  CHECK(find(cache, key(1, 2), Reach::request, 0) == 5);
  CHECK(find(cache, key(2, 1), Reach::request, 0) == 0);
  CHECK(find(cache, key(1, 2, 2), Reach::request, 0) == 0);
}

TEST_CASE_TEMPLATE("colliding keys are never taken for each other", Digest, CacheDigest, WorstDigest) {
  const ChangeClock clock;
  DecisionCache<Digest> cache(1, clock);  // one bucket
  std::mt19937 random(1);
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint16_t>, VerdictNumber> truth;
  std::size_t hits = 0;
  for (int i = 0; i < 200'000; ++i) {
    // Ids that share their halves: 1|2 and 2|1, 0x10000 and 1, and so on.
    const std::uint32_t principal = draw(random, 4) << (draw(random, 2) * 16);
    const std::uint32_t resource = draw(random, 4) << (draw(random, 2) * 16);
    const auto situation = static_cast<std::uint16_t>(draw(random, 3));
    const auto known = truth.find({principal, resource, situation});
    const VerdictNumber found = find(cache, key(principal, resource, situation), Reach::request, 0);
    if (found != 0) {
      REQUIRE(known != truth.end());
      REQUIRE(found == known->second);
      ++hits;
      continue;
    }
    const auto verdict = static_cast<VerdictNumber>(1 + draw(random, 1000));
    cache.put(key(principal, resource, situation), Reach::request, verdict, 0);
    truth[{principal, resource, situation}] = verdict;
  }
  CHECK(hits > 1000);
}

TEST_CASE("keys do not crowd when ids run in steps, whatever the steps are") {
  const ChangeClock clock;
  for (std::uint32_t step = 1; step < 600; ++step) {
    DecisionCache<> cache(std::size_t{1} << 17U, clock);  // room for twice as many as are put
    std::uint32_t found = 0;
    std::uint32_t at_home = 0;
    const auto each = [&](const auto& visit) {
      for (std::uint32_t action = 0; action < 32; ++action) {
        for (std::uint32_t pair = 0; pair < 112; ++pair) {
          visit(CacheKey(EntityId{5000 + pair / 7}, EntityId{90 + pair % 7}, static_cast<std::uint16_t>(action + 1),
                         100 + action * step));
        }
      }
    };
    each([&](const CacheKey& key) { cache.put(key, Reach::request, 5, 0); });
    each([&](const CacheKey& key) {
      at_home += cache.homes().find(key, Reach::request, 0) != 0 ? 1U : 0U;
      found += cache.find(key, Reach::request, 0) != 0 ? 1U : 0U;
    });
    CAPTURE(step);
    CHECK(found > 32 * 112 * 9 / 10);
    CHECK(at_home > 32 * 112 * 2 / 5);
  }
}

TEST_CASE("an entry is put at home where there is room") {
  ChangeClock clock;
  DecisionCache<WorstDigest> cache(1, clock);
  cache.put(key(1, 2), Reach::request, 5, 0);
  CHECK(cache.homes().find(key(1, 2), Reach::request, 0) == 5);
  cache.put(key(3, 2), Reach::request, 6, 0);
  CHECK(cache.homes().find(key(3, 2), Reach::request, 0) == 0);
  CHECK(cache.find(key(3, 2), Reach::request, 0) == 6);
  clock.changed(EntityId{1}, 1);  // what is at home holds no longer
  CHECK(cache.homes().find(key(1, 2), Reach::request, 1) == 0);
  cache.put(key(4, 2), Reach::request, 7, 1);
  CHECK(cache.homes().find(key(4, 2), Reach::request, 1) == 7);
}

TEST_CASE("an entry ends with its principal, its resource, and nothing else") {
  ChangeClock clock;
  DecisionCache<> cache(1 << 16, clock);
  cache.put(key(1, 2), Reach::request, 5, 3);
  std::uint32_t other = 3;
  while (ChangeClock::partition(EntityId{other}) == ChangeClock::partition(EntityId{1}) ||
         ChangeClock::partition(EntityId{other}) == ChangeClock::partition(EntityId{2})) {
    ++other;
  }
  clock.changed(EntityId{other}, 4);
  CHECK(find(cache, key(1, 2), Reach::request, 4) == 5);
  SUBCASE("principal") { clock.changed(EntityId{1}, 5); }
  SUBCASE("resource") { clock.changed(EntityId{2}, 5); }
  CHECK(find(cache, key(1, 2), Reach::request, 5) == 0);
}

TEST_CASE("an answer that followed references ends with any change") {
  ChangeClock clock;
  DecisionCache<> cache(1 << 16, clock);
  cache.put(key(1, 2), Reach::anywhere, 5, 3);
  CHECK(find(cache, key(1, 2), Reach::anywhere, 3) == 5);
  clock.changed(EntityId{77'777}, 4);
  CHECK(find(cache, key(1, 2), Reach::anywhere, 4) == 0);
}

TEST_CASE("an answer of an older snapshot that is put late is not found in the new one") {
  ChangeClock clock;
  DecisionCache<> cache(1 << 16, clock);
  clock.changed(EntityId{1}, 4);
  cache.put(key(1, 2), Reach::request, 5, 3);  // evaluated before the change, put after it
  CHECK(find(cache, key(1, 2), Reach::request, 4) == 0);
  cache.put(key(1, 2), Reach::request, 6, 4);
  cache.put(key(1, 2), Reach::request, 5, 3);  // must not take the newer one's place either
  CHECK(find(cache, key(1, 2), Reach::request, 4) == 6);
}

TEST_CASE("an answer of a newer snapshot is not given in an older one") {
  const ChangeClock clock;
  DecisionCache<> cache(1 << 16, clock);
  cache.put(key(1, 2), Reach::request, 6, 4);
  CHECK(find(cache, key(1, 2), Reach::request, 3) == 0);
  CHECK(find(cache, key(1, 2), Reach::request, 4) == 6);
}

TEST_CASE("what is asked twice survives a scan") {
  constexpr std::uint32_t kWays = DecisionCache<>::kWays;
  const ChangeClock clock;
  DecisionCache<WorstDigest> cache(1, clock);
  for (std::uint32_t i = 0; i < kWays; ++i) cache.put(key(100 + i, 1), Reach::request, 9, 0);
  const std::uint32_t last = 100 + kWays - 1;
  CHECK(find(cache, key(last, 1), Reach::request, 0) == 9);  // on probation, so now in a main way
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) cache.put(key(1000 + i, 1), Reach::request, 8, 0);
  for (std::uint32_t i = 0; i < kWays; ++i) kept += find(cache, key(100 + i, 1), Reach::request, 0) != 0 ? 1U : 0U;
  CHECK(kept == kWays - 1);  // one of the main ways was swapped to probation, and the scan went through there
  CHECK(find(cache, key(last, 1), Reach::request, 0) == 9);
}

TEST_CASE("threads that put and find different answers for colliding keys never see a mixed one") {
  const ChangeClock clock;
  DecisionCache<WorstDigest> cache(1, clock);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> hits{0};
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::uint64_t found_here = 0;  // apart, so that nothing but the bucket is shared
    while (!stop.load(std::memory_order_relaxed)) {
      // The verdict says which key it was put for.
      const std::uint32_t principal = 1 + draw(random, 12);
      const std::uint32_t resource = 1 + draw(random, 12);
      const auto verdict = static_cast<VerdictNumber>(principal * 100 + resource);
      const VerdictNumber at_home = cache.homes().find(key(principal, resource), Reach::request, 0);
      const VerdictNumber found = at_home != 0 ? at_home : cache.find(key(principal, resource), Reach::request, 0);
      if (found == 0) {
        cache.put(key(principal, resource), Reach::request, verdict, 0);
      } else {
        ++found_here;
        if (found != verdict) wrong.fetch_add(1, std::memory_order_relaxed);
      }
    }
    hits += found_here;
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) threads.emplace_back(work, i);
  std::this_thread::sleep_for(std::chrono::duration<double>(stress_seconds() * 0.1));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(hits > 0);
}

TEST_CASE("a pair has an answer for each of its situations") {
  constexpr std::uint16_t kWays = DecisionCache<>::kWays;
  const ChangeClock clock;
  DecisionCache<WorstDigest> cache(1, clock);
  for (std::uint16_t i = 1; i <= kWays; ++i) CHECK_FALSE(cache.put(key(1, 2, i), Reach::request, i, 0));
  for (std::uint16_t i = 1; i <= kWays; ++i) CHECK(cache.find(key(1, 2, i), Reach::request, 0) == i);
}

TEST_CASE("only what still holds is evicted, and what does not gives way first") {
  constexpr std::uint32_t kWays = DecisionCache<>::kWays;
  for (const Reach reach : {Reach::request, Reach::anywhere}) {
    ChangeClock clock;
    DecisionCache<WorstDigest> cache(1, clock);
    for (std::uint32_t i = 1; i <= kWays; ++i) CHECK_FALSE(cache.put(key(i, 100), reach, 5, 0));
    clock.changed(reach == Reach::anywhere ? EntityId{77'777} : EntityId{100}, 1);
    for (std::uint32_t i = 1; i <= kWays; ++i) CHECK_FALSE(cache.put(key(i, 200), reach, 6, 1));
    for (std::uint32_t i = 1; i <= kWays; ++i) CHECK(cache.find(key(i, 200), reach, 1) == 6);
    CHECK(cache.put(key(kWays + 1, 200), reach, 6, 1));
    CHECK_FALSE(cache.put(key(kWays + 1, 200), reach, 6, 1));  // an entry does not evict itself
    CHECK_FALSE(cache.put(key(kWays + 1, 200), reach, 6, 0));
  }
}

TEST_CASE("each of the homes is taken by who belongs there, the others by whoever comes") {
  const ChangeClock clock;
  for (std::uint32_t home = 0; home < 4; ++home) {
    DecisionCache<HomeDigest> cache(1, clock);
    for (std::uint32_t i = 1; i <= DecisionCache<>::kWays; ++i) cache.put(key(i, home), Reach::request, 5, 0);
    CHECK(cache.homes().find(key(1, home), Reach::request, 0) == 5);
    for (std::uint32_t i = 1; i <= DecisionCache<>::kWays; ++i) CHECK(cache.find(key(i, home), Reach::request, 0) == 5);
  }
}

TEST_CASE("what is promoted changes places with different entries") {
  constexpr std::uint32_t kWays = DecisionCache<>::kWays;
  const ChangeClock clock;
  DecisionCache<WorstDigest> cache(1, clock);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    cache.put(key(i, 1), Reach::request, 5, 0);
    CHECK(cache.find(key(i, 1), Reach::request, 0) == 5);  // from then on in a main way
  }
  std::uint32_t kept = 0;
  for (std::uint32_t i = 1; i <= 100; ++i) kept += cache.find(key(i, 1), Reach::request, 0) != 0 ? 1U : 0U;
  CHECK(kept == kWays);
  std::uint32_t latest = 0;
  for (std::uint32_t i = 100 - 2 * kWays; i <= 100; ++i)
    latest += cache.find(key(i, 1), Reach::request, 0) != 0 ? 1U : 0U;
  CHECK(latest >= kWays / 2);
}

}  // namespace
}  // namespace quis::test
