#include "generator/choices.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "generator/shrink.hpp"

namespace quis::test {
namespace {

/// A list of numbers below 1000: each behind the question whether there is one more.
std::vector<std::size_t> numbers(Choices& choices) {
  std::vector<std::size_t> list;
  while (choices.chance(90)) {
    const Choices::Part part(choices);
    list.push_back(choices.below(1000));
  }
  return list;
}

}  // namespace

TEST_CASE("the same seed gives the same choices, and what was drawn replays as the same") {
  Choices first(7);
  Choices second(7);
  const std::vector<std::size_t> list = numbers(first);
  CHECK(numbers(second) == list);
  CHECK(list.size() > 2);
  Choices replayed = Choices::replay(first.drawn());
  CHECK(numbers(replayed) == list);
  CHECK(replayed.drawn() == first.drawn());
  Choices other(8);
  CHECK(numbers(other) != list);
}

TEST_CASE("a replay that has run out draws zeros, and one that was cut short fits what is asked") {
  Choices empty = Choices::replay({});
  CHECK(empty.below(5) == 0);
  CHECK_FALSE(empty.chance(99));
  Choices large = Choices::replay({4'000'000'000U});
  CHECK(large.below(3) == 2);
}

TEST_CASE("a generator that never stops is stopped") {
  Choices choices(1);
  std::size_t drawn = 0;
  while (choices.below(1000) != 1000 && drawn < 2 * Choices::kLongest) ++drawn;
  CHECK(choices.drawn().size() == Choices::kLongest);
  CHECK(choices.below(1000) == 0);
}

TEST_CASE("shrinking ends at the smallest thing that still fails") {
  const auto has_large = [](Choices& choices) {
    const std::vector<std::size_t> list = numbers(choices);
    return std::ranges::any_of(list, [](std::size_t number) { return number >= 507; });
  };
  std::size_t seed = 1;
  for (Choices probe(seed); !has_large(probe) || probe.drawn().size() < 12; probe = Choices(seed)) ++seed;
  Choices found(seed);
  REQUIRE(has_large(found));
  const Choices smallest = shrink(found, has_large);
  Choices again = Choices::replay(smallest.drawn());
  CHECK(numbers(again) == std::vector<std::size_t>{507});
}

TEST_CASE("shrinking tries no more than it may, and keeps what it was given when nothing smaller fails") {
  const Choices found = [] {
    Choices choices(5);
    (void)numbers(choices);
    return choices;
  }();
  std::size_t tried = 0;
  const Choices kept = shrink(
      found,
      [&](Choices& choices) {
        (void)numbers(choices);
        ++tried;
        return false;
      },
      5);
  CHECK(tried == 5);
  CHECK(kept.drawn() == found.drawn());
}

TEST_CASE("shrinking takes a part out of the middle without disturbing the others") {
  const auto has_both = [](Choices& choices) {
    const std::vector<std::size_t> list = numbers(choices);
    std::size_t large = 0;
    for (const std::size_t number : list) large += number >= 900 ? 1U : 0U;
    return large >= 2;
  };
  std::size_t seed = 1;
  for (Choices probe(seed); !has_both(probe); probe = Choices(seed)) ++seed;
  Choices found(seed);
  REQUIRE(has_both(found));
  Choices again = Choices::replay(shrink(found, has_both).drawn());
  CHECK(numbers(again) == std::vector<std::size_t>{900, 900});
}

}  // namespace quis::test
