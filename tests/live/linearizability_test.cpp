// Revocations and checks by real threads, with the interval of each recorded; afterwards every answer must have a legal
// order. The world has one history, because changes are serialised: version v was current from some moment within the
// interval of its publication on, until some moment within the interval of the next one's. An answer is explained by a
// version that could have been current within its call's interval and that gives the same answer; and versions may not
// go backwards between calls of which one ended before the other began, in any thread. Choosing the earliest version
// that fits for each call, in order of their beginnings, finds an order when there is one: a smaller choice never
// excludes anything for later calls.
//
//     QUIS_STRESS_SECONDS=60   how long (a few seconds when it is not set)

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <bitset>
#include <chrono>
#include <queue>
#include <random>
#include <thread>
#include <vector>

#include "live/live_world.hpp"
#include "live/stress.hpp"

namespace quis::test {
namespace {

constexpr std::size_t kUsers = 6;
constexpr std::size_t kRounds = 400;  // publications in a round, after which the record is checked and forgotten

using Truth = std::bitset<kUsers>;  // who is permitted

std::uint64_t now() { return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()); }

struct Publication {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  Truth truth;  // of the version that it made current
};

struct Check {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint32_t user = 0;
  bool permitted = false;
};

/// The first check that no version explains, or none.
const Check* unexplained(const std::vector<Publication>& history, std::vector<Check>& checks) {
  std::ranges::sort(checks, {}, &Check::begin);
  using Ended = std::pair<std::uint64_t, std::size_t>;  // when, and the version it was given
  std::priority_queue<Ended, std::vector<Ended>, std::greater<>> running;
  std::size_t least = 0;  // what ended before this one began saw at least this version
  for (const Check& check : checks) {
    for (; !running.empty() && running.top().first < check.begin; running.pop()) {
      least = std::max(least, running.top().second);
    }
    std::size_t version = least;
    const auto over = [&](std::size_t v) { return v + 1 < history.size() && history[v + 1].end < check.begin; };
    while (version < history.size() && history[version].begin <= check.end &&
           (over(version) || history[version].truth[check.user] != check.permitted)) {
      ++version;
    }
    if (version == history.size() || history[version].begin > check.end) return &check;
    running.emplace(check.end, version);
  }
  return nullptr;
}

std::string stress_entities() {
  std::string entities =
      R"([{"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": [{"type": "Team", "id": "all"}]},
    {"uid": {"type": "Team", "id": "all"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Doc", "id": "plan"}, "parents": [],
     "attrs": {"sealed": false, "viewers": {"__entity": {"type": "Team", "id": "all"}}}})";
  for (std::size_t i = 0; i < kUsers; ++i) {
    entities += R"(, {"uid": {"type": "User", "id": ")" + std::to_string(i) +
                R"("}, "attrs": {"suspended": false}, "parents": [{"type": "Team", "id": "red"}]})";
  }
  return entities + "]";
}

/// Who is permitted is a function of these.
struct Model {
  std::bitset<kUsers> member = std::bitset<kUsers>().set();
  std::bitset<kUsers> suspended;
  bool red_in_all = true;
  bool sealed = false;
  bool policies_deny = false;

  [[nodiscard]] Truth truth() const { return red_in_all && !sealed && !policies_deny ? member & ~suspended : Truth(); }
};

class Stress {
 public:
  explicit Stress(LiveOptions options) : engine_(world_of(kTeamPolicies, stress_entities()), options) {
    for (std::size_t i = 0; i < kUsers; ++i) requests_.push_back(view(std::to_string(i)));
  }

  void run(std::uint64_t seed) {
    random_.seed(seed);
    std::vector<Publication> history{{0, 0, model_.truth()}};
    std::atomic<bool> stop{false};
    std::vector<std::vector<Check>> checks(3);
    std::vector<std::thread> readers;
    for (std::vector<Check>& record : checks) {
      record.reserve(std::size_t{1} << 20U);
      readers.emplace_back([&, seed = random_()] { check_until(stop, seed, record); });
    }
    for (std::size_t i = 0; i < kRounds; ++i) {
      WorldChange change = next_change();
      Publication& publication = history.emplace_back();
      publication.truth = model_.truth();
      publication.begin = now();
      if (random_() % 16 == 0) {
        require(engine_.publish_and_drain(std::move(change)));
      } else {
        require(engine_.publish(std::move(change)));
      }
      publication.end = now();
      if (random_() % 4 != 0) std::this_thread::sleep_for(std::chrono::microseconds(random_() % 200));
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    std::vector<Check> all;
    for (const auto& record : checks) all.insert(all.end(), record.begin(), record.end());
    const Check* const bad = unexplained(history, all);
    if (bad != nullptr)
      FAIL("no order explains that user ", bad->user, " was ", bad->permitted ? "permitted" : "denied");
    checked_ += all.size();
    permits_ += static_cast<std::uint64_t>(std::ranges::count(all, true, &Check::permitted));
  }

  [[nodiscard]] std::uint64_t checked() const { return checked_; }
  [[nodiscard]] std::uint64_t permits() const { return permits_; }
  [[nodiscard]] CacheStatistics statistics() const { return engine_.statistics(); }

 private:
  void check_until(const std::atomic<bool>& stop, std::uint64_t seed, std::vector<Check>& record) {
    std::mt19937_64 random(seed);
    while (!stop.load(std::memory_order_relaxed) && record.size() < record.capacity()) {
      Check check;
      check.user = static_cast<std::uint32_t>(random() % kUsers);
      check.begin = now();
      check.permitted = engine_.authorize(requests_[check.user]).permitted();
      check.end = now();
      record.push_back(check);
    }
  }

  /// What denies is undone more often than done, so that most answers are permits.
  std::uint64_t next_kind(std::size_t who) {
    if (random_() % 2 != 0) return random_() % 16;
    if (!model_.red_in_all) return 0;
    if (model_.sealed) return 1;
    if (model_.policies_deny) return 2;
    return model_.suspended[who] ? 3 : random_() % 16;
  }

  WorldChange next_change() {
    const std::size_t who = random_() % kUsers;
    const EntityId user_id = user(std::to_string(who));
    WorldChange made;
    EntityChanges& entities = made.entities;
    switch (next_kind(who)) {
      case 0:
        model_.red_in_all = !model_.red_in_all;
        require(model_.red_in_all ? entities.add_parent(team("red"), team("all"))
                                  : entities.remove_parent(team("red"), team("all")));
        break;
      case 1:
        model_.sealed = !model_.sealed;
        require(entities.set_attribute(doc("plan"), intern_symbol("sealed"), Value::boolean(model_.sealed)));
        break;
      case 2:
        model_.policies_deny = !model_.policies_deny;
        made.policies = require(PolicySet::from_text(model_.policies_deny ? std::string_view() : kTeamPolicies));
        break;
      case 3:
      case 4:
      case 5:
      case 6:
        model_.suspended.flip(who);
        require(entities.set_attribute(user_id, intern_symbol("suspended"), Value::boolean(model_.suspended[who])));
        break;
      default:
        model_.member.flip(who);
        require(model_.member[who] ? entities.add_parent(user_id, team("red"))
                                   : entities.remove_parent(user_id, team("red")));
        break;
    }
    return made;
  }

  LiveEngine engine_;
  std::vector<Request> requests_;
  Model model_;
  std::mt19937_64 random_;
  std::uint64_t checked_ = 0;
  std::uint64_t permits_ = 0;
};

void stress_for(double seconds, LiveOptions options) {
  Stress stress(options);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::uint64_t rounds = 0;
  do {
    stress.run(++rounds);
  } while (std::chrono::steady_clock::now() < end);
  const CacheStatistics cache = stress.statistics();
  MESSAGE(stress.checked(), " checks explained, ", stress.permits(), " of them permits, ", cache.hits,
          " from the cache, ", rounds * kRounds, " publications");
  CHECK(stress.permits() > 0);
  CHECK(stress.permits() < stress.checked());
  CHECK((options.cache_bytes == 0 || cache.hits > 0));
}

TEST_CASE("every answer under concurrent revocations has a legal order") { stress_for(stress_seconds() * 0.6, {}); }

TEST_CASE("so it has with a cache of one bucket that wraps around all the time") {
  LiveOptions options;
  options.cache_bytes = 1;
  options.versions_per_cache = 8;
  stress_for(stress_seconds() * 0.4, options);
}

TEST_CASE("the checker finds what it is there to find") {
  const std::vector<Publication> history{{0, 0, Truth(1)}, {10, 20, Truth(0)}, {50, 60, Truth(1)}};
  const auto legal = [&](std::vector<Check> checks) { return unexplained(history, checks) == nullptr; };
  CHECK(legal({{5, 6, 0, true}, {21, 22, 0, false}, {61, 62, 0, true}}));
  CHECK(legal({{12, 14, 0, true}, {15, 16, 0, false}}));
  CHECK_FALSE(legal({{21, 22, 0, true}}));                      // stale: the revocation had returned
  CHECK_FALSE(legal({{5, 6, 0, false}}));                       // too early
  CHECK_FALSE(legal({{12, 13, 0, false}, {14, 15, 0, true}}));  // back to the old world, in one thread or in two
  CHECK(legal({{12, 15, 0, false}, {14, 16, 0, true}}));        // at the same time: either may be first
  CHECK_FALSE(legal({{61, 62, 0, false}}));
}

}  // namespace
}  // namespace quis::test
