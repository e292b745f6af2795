// Who still reads, by itself: which epochs are open, and that every thread's counts.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <future>
#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "engine/readers.hpp"

namespace quis::test {
namespace {

constexpr std::uint64_t kNobody = std::numeric_limits<std::uint64_t>::max();

void read_and_read_within() {
  Readers readers;
  CHECK(readers.oldest() == kNobody);
  ReaderSlot& outer = readers.begin();
  const std::uint64_t first = readers.oldest();
  CHECK(readers.retire() == first);
  CHECK(readers.oldest() == first);
  {
    const Reading inner(readers);
    CHECK(&inner.slot() == &outer);
    CHECK(readers.oldest() == first);
    CHECK(readers.begin_brief() == nullptr);  // the thread reads already
  }
  CHECK(readers.oldest() == first);
  Readers::end(outer);
  CHECK(readers.oldest() == kNobody);
  ReaderSlot* const brief = readers.begin_brief();
  REQUIRE(brief == &outer);
  CHECK(readers.oldest() == first + 1);
  Readers::end_brief(*brief);
  CHECK(readers.oldest() == kNobody);
}

TEST_CASE("a reading holds its epoch until it ends, and readings within it change nothing") {
  // In a thread that has read nothing yet: after many that have ended, it too has one of the first slots.
  std::vector<std::thread> many(100);
  for (std::thread& thread : many) {
    thread = std::thread([] {
      Readers readers;
      const Reading reading(readers);
    });
  }
  for (std::thread& thread : many) thread.join();
  std::async(std::launch::async, read_and_read_within).get();
}

TEST_CASE("the oldest epoch is that of whoever began first, whichever thread it is, and counts are of all threads") {
  constexpr std::uint64_t kThreads = 350;    // slots of three chunks
  for (int round = 0; round < 2; ++round) {  // the second time with numbers of threads that have ended
    Readers readers;
    std::atomic<std::uint64_t> begun{0};
    std::vector<std::atomic<bool>> may_end(kThreads);
    std::vector<ReaderSlot*> slots(kThreads);
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const Reading reading(readers);
        slots[i] = &reading.slot();
        reading.slot().count(Counter::misses);
        begun = i + 1;
        begun.notify_one();
        may_end[i].wait(false);
      });
      begun.wait(i);
      CHECK(readers.retire() == i + 1);
    }
    CHECK(std::set<ReaderSlot*>(slots.begin(), slots.end()).size() == kThreads);
    CHECK(readers.total(Counter::misses) == kThreads);
    for (std::uint64_t i = 0; i < kThreads; ++i) {
      CHECK(readers.oldest() == i + 1);
      may_end[i] = true;
      may_end[i].notify_one();
      threads[i].join();
    }
    CHECK(readers.oldest() == kNobody);
  }
}

}  // namespace
}  // namespace quis::test
