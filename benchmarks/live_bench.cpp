// The live engine: hits, misses and what stands beside them; publishing; leases; readers while a writer publishes.
//
// One world for most: users in teams, documents that teams may view, policies of the github kind. Requests are drawn by
// a Zipf law (exponent 0.99) from a working set of 100,000 pairs, in a stream of 65,536, too long for
// the branch predictor to learn it. The stream holds ids only, so that reading it costs little beside what is measured.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/live_engine.hpp>

#include "random.hpp"

namespace quis::bench {
namespace {

constexpr std::string_view kPolicies = R"(
  permit(principal, action == Action::"read", resource) when { principal in resource.readers };
  permit(principal, action == Action::"read", resource) when { principal in resource.writers };
  permit(principal, action == Action::"read", resource) when { principal in resource.admins };
  permit(principal, action == Action::"read", resource) when { resource.owner == principal };
  forbid(principal, action, resource) when { principal.suspended };)";

constexpr std::size_t kUsers = 50'000;
constexpr std::size_t kTeams = 500;
constexpr std::size_t kDocuments = 50'000;
constexpr std::size_t kWorkingSet = 100'000;
constexpr std::size_t kStream = 1U << 16U;  // requests

EntityId named(std::string_view type, std::size_t number) { return intern_entity(type, std::to_string(number)); }

World make_world(std::size_t users) {
  EntitiesBuilder builder;
  Random random(7);
  const SymbolId suspended = intern_symbol("suspended");
  const auto team = [&] { return named("Team", random.below(kTeams)); };
  for (std::size_t i = 0; i < kTeams; ++i) {
    const EntityId parents[] = {intern_entity("Team", "everybody")};
    if (!builder.add(named("Team", i), {}, parents)) std::abort();
  }
  for (std::size_t i = 0; i < users; ++i) {
    const std::pair<SymbolId, Value> attributes[] = {{suspended, Value::boolean(i % 100 == 0)}};
    const EntityId parents[] = {team(), team(), team()};
    if (!builder.add(named("User", i), attributes, parents)) std::abort();
  }
  for (std::size_t i = 0; i < kDocuments; ++i) {
    const std::pair<SymbolId, Value> attributes[] = {{intern_symbol("readers"), Value::entity(team())},
                                                     {intern_symbol("writers"), Value::entity(team())},
                                                     {intern_symbol("admins"), Value::entity(team())},
                                                     {intern_symbol("owner"), Value::entity(named("User", i))}};
    if (!builder.add(named("Document", i), attributes, {})) std::abort();
  }
  auto entities = builder.build();
  auto policies = PolicySet::from_text(kPolicies);
  if (!entities || !policies) std::abort();
  return World::build(std::move(*policies), std::move(*entities));
}

const World& world() {
  static const World made = make_world(kUsers);
  return made;
}

/// Positions below `size`, the small ones more often.
class Zipf {
 public:
  Zipf(std::size_t size, double exponent) : sums_(size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sums_[i] = sum += 1 / std::pow(static_cast<double>(i + 1), exponent);
  }
  std::size_t operator()(Random& random) const {
    const double draw = static_cast<double>(random.next() >> 11U) * 0x1p-53 * sums_.back();
    return static_cast<std::size_t>(std::ranges::upper_bound(sums_, draw) - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

struct Pair {
  EntityId principal;
  EntityId resource;

  [[nodiscard]] Request request(EntityId action) const { return {principal, action, resource}; }
};

EntityId read_action() { return intern_entity("Action", "read"); }

/// So many draws from a working set of pairs by the law above; `pair()` makes one of the set.
template <class MakePair>
auto drawn_by_zipf(Random& random, const MakePair& pair) {
  std::vector<decltype(pair())> working_set;
  for (std::size_t i = 0; i < kWorkingSet; ++i) working_set.push_back(pair());
  const Zipf zipf(kWorkingSet, 0.99);
  std::vector<decltype(pair())> drawn;
  for (std::size_t i = 0; i < kStream; ++i) drawn.push_back(working_set[zipf(random)]);
  return drawn;
}

const std::vector<Pair>& stream() {
  static const std::vector<Pair> requests = [] {
    (void)world();
    Random random(11);
    return drawn_by_zipf(random, [&] {
      return Pair{named("User", random.below(kUsers)), named("Document", random.below(kDocuments))};
    });
  }();
  return requests;
}

/// Applies `decide` to the stream, each thread from a place of its own.
template <class Decide>
void decide_stream(benchmark::State& state, const Decide& decide) {
  const std::vector<Pair>& requests = stream();
  const EntityId read = read_action();
  std::size_t position = static_cast<std::size_t>(state.thread_index()) * kStream / 2;
  std::size_t permitted = 0;
  for (auto _ : state) {
    permitted += decide(requests[position++ % kStream].request(read)) ? 1U : 0U;
  }
  benchmark::DoNotOptimize(permitted);
}

LiveEngine& cached() {
  static LiveEngine engine = [] {
    LiveOptions options;
    options.cache_bytes = std::size_t{2} << 20U;
    return LiveEngine(world(), options);
  }();
  static const bool warm = [] {
    for (int round = 0; round < 2; ++round) {
      for (const Pair& pair : stream()) benchmark::DoNotOptimize(engine.authorize(pair.request(read_action())));
    }
    return true;
  }();
  benchmark::DoNotOptimize(warm);
  return engine;
}

/// Decides the stream and tells how many of the answers were known before.
void decide_and_count_hits(benchmark::State& state, LiveEngine& engine) {
  const CacheStatistics before = engine.statistics();
  decide_stream(state, [&](const Request& request) { return engine.authorize(request).permitted(); });
  const CacheStatistics after = engine.statistics();
  const auto asked = static_cast<double>(after.hits - before.hits + after.misses - before.misses);
  state.counters["hit_percent"] =
      benchmark::Counter(100 * static_cast<double>(after.hits - before.hits) / asked, benchmark::Counter::kAvgThreads);
}

void hit(benchmark::State& state) { decide_and_count_hits(state, cached()); }

void uncached(benchmark::State& state) {
  static LiveOptions options{.cache_bytes = 0};
  static LiveEngine engine(world(), options);
  decide_stream(state, [&](const Request& request) { return engine.authorize(request).permitted(); });
}

void plain(benchmark::State& state) {
  static const Engine engine(world());
  decide_stream(state, [&](const Request& request) { return engine.authorize(request).permitted(); });
}

/// What many would write: a map behind a reader-writer lock. Nothing invalidates it.
void shared_mutex_map(benchmark::State& state) {
  struct Hash {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint32_t>& key) const noexcept {
      return (key.first * 0x9e37'79b9'7f4a'7c15ULL ^ key.second) * 0xd6e8'feb8'6659'fd93ULL >> 20U;
    }
  };
  static std::shared_mutex mutex;
  static std::unordered_map<std::pair<std::uint64_t, std::uint32_t>, bool, Hash> map;
  static const Engine engine(world());
  const auto key = [](const Request& r) {
    return std::pair(std::uint64_t{r.principal.value} << 32U | r.resource.value, r.action.value);
  };
  if (state.thread_index() == 0) {
    for (const Pair& pair : stream())
      map[key(pair.request(read_action()))] = engine.authorize(pair.request(read_action())).permitted();
  }
  std::atomic<bool> stop{false};
  std::thread writer;
  if (state.thread_index() == 0 && state.range(0) != 0) {
    writer = std::thread([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        const Request request = stream()[0].request(read_action());
        const bool permitted = engine.authorize(request).permitted();
        const std::unique_lock lock(mutex);
        map[key(request)] = permitted;
      }
    });
  }
  decide_stream(state, [&](const Request& request) {
    const std::shared_lock lock(mutex);
    return map.find(key(request))->second;
  });
  stop = true;
  if (writer.joinable()) writer.join();
}

/// A change of one attribute of one entity.
WorldChange noted(EntityId entity, std::int64_t note) {
  static const SymbolId name = intern_symbol("note");
  WorldChange change;
  if (!change.entities.set_attribute(entity, name, Value::integer(note))) std::abort();
  return change;
}

/// Hits while another thread publishes changes of one entity that the stream hardly asks about, without a pause.
void hit_beside_writer(benchmark::State& state) {
  LiveEngine& engine = cached();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::int64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
      if (!engine.publish(noted(named("Team", 1), i))) std::abort();
    }
  });
  decide_and_count_hits(state, engine);
  stop = true;
  writer.join();
}

/// Single decisions, each timed, while another thread publishes a thousand changes a second. The clock's own cost is in
/// every sample.
void latency_in_a_storm(benchmark::State& state) {
  LiveEngine& engine = cached();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    Random random(3);
    for (std::int64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
      if (!engine.publish(noted(named("User", random.below(kUsers)), i))) std::abort();
      std::this_thread::sleep_for(std::chrono::microseconds(930));
    }
  });
  std::vector<std::uint32_t> samples;
  const std::vector<Pair>& requests = stream();
  const EntityId read = read_action();
  std::size_t position = 0;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(engine.authorize(requests[position++ % kStream].request(read)));
    const auto end = std::chrono::steady_clock::now();
    samples.push_back(static_cast<std::uint32_t>((end - begin).count()));
  }
  stop = true;
  writer.join();
  std::ranges::sort(samples);
  const auto at = [&](double part) {
    return static_cast<double>(samples[static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1))]);
  };
  state.counters["p50_ns"] = at(0.5);
  state.counters["p99_ns"] = at(0.99);
  state.counters["p99.9_ns"] = at(0.999);
  state.counters["p99.99_ns"] = at(0.9999);
}

/// How a request says who and what.
enum class Said : std::uint8_t { by_id, by_name, by_text };

/// Users and documents by number, those of a request each.
struct Numbers {
  std::size_t user;
  std::size_t document;
};

/// Two texts for each request, in a row: as little to read as the requests by id are.
class Texts {
 public:
  void add(std::string_view user, std::string_view document) {
    places_.push_back({static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint16_t>(user.size()),
                       static_cast<std::uint16_t>(document.size())});
    texts_ += user;
    texts_ += document;
  }
  [[nodiscard]] std::pair<std::string_view, std::string_view> operator[](std::size_t i) const {
    const auto [begin, user, document] = places_[i];
    const char* const at = texts_.data() + begin;
    return {{at, user}, {at + user, document}};
  }

 private:
  struct Place {
    std::uint32_t begin;
    std::uint16_t user;
    std::uint16_t document;
  };
  std::string texts_;
  std::vector<Place> places_;
};

/// A world of so many users, and a stream of requests about them in three ways: `spread`, all are drawn alike, and
/// hardly one comes twice; else as in `stream()`.
struct NamedRequests {
  LiveEngine engine;
  std::vector<Request> requests;
  Texts names;
  Texts uids;

  NamedRequests(std::size_t users, bool spread) : engine(make_world(users)) {
    Random random(13);
    const auto any = [&] { return Numbers{random.below(users), random.below(std::min(users, kDocuments))}; };
    std::vector<Numbers> drawn;
    if (spread) {
      std::ranges::generate_n(std::back_inserter(drawn), kStream, any);
    } else {
      drawn = drawn_by_zipf(random, any);
    }
    for (const Numbers& numbers : drawn) {
      const std::string user = std::to_string(numbers.user);
      const std::string document = std::to_string(numbers.document);
      requests.push_back({intern_entity("User", user), read_action(), intern_entity("Document", document)});
      names.add(user, document);
      uids.add("User::\"" + user + '"', "Document::\"" + document + '"');
    }
  }
};

/// Principals and resources by name, as they come from a token and a path: two look-ups in the vocabulary, then the
/// decision. `by_text` reads three uids as policies write them, `by_id` looks nothing up; all over the same stream.
template <Said kSaid>
void named_request(benchmark::State& state) {
  static std::unique_ptr<NamedRequests> made;
  static std::pair<std::int64_t, std::int64_t> made_for;
  if (const std::pair wanted(state.range(0), state.range(1)); !made || made_for != wanted) {
    made = std::make_unique<NamedRequests>(static_cast<std::size_t>(wanted.first), wanted.second != 0);
    made_for = wanted;
  }
  LiveEngine& engine = made->engine;
  const TypeId user = find_type("User");
  const TypeId document = find_type("Document");
  const EntityId read = read_action();
  std::size_t position = 0;
  std::size_t permitted = 0;
  for (auto _ : state) {
    const std::size_t here = position++ % kStream;
    if constexpr (kSaid == Said::by_id) {
      permitted += engine.authorize(made->requests[here]).permitted() ? 1U : 0U;
    } else if constexpr (kSaid == Said::by_name) {
      const auto [who, what] = made->names[here];
      const Request request{find_entity(user, who), read, find_entity(document, what)};
      permitted += engine.authorize(request).permitted() ? 1U : 0U;
    } else {
      const auto [who, what] = made->uids[here];
      const auto decision = engine.authorize(who, R"(Action::"read")", what);
      permitted += decision && decision->permitted() ? 1U : 0U;
    }
  }
  benchmark::DoNotOptimize(permitted);
}

LiveEngine& large() {
  static LiveEngine engine(make_world(1'000'000));
  return engine;
}

/// `publish` as a whole: change set, new store, snapshot, exchange, and freeing the one before.
void publish_attribute(benchmark::State& state) {
  LiveEngine& engine = large();
  Random random(5);
  static std::int64_t next = 0;
  for (auto _ : state) {
    if (!engine.publish(noted(named("User", random.below(1'000'000)), ++next))) {
      state.SkipWithError("refused");
      return;
    }
  }
}

void publish_membership(benchmark::State& state) {
  LiveEngine& engine = large();
  Random random(5);
  const EntityId team = intern_entity("Team", "everybody");
  static bool joins = false;
  const auto membership = [&] {
    WorldChange change;
    const EntityId who = named("User", random.below(1000));
    joins = !joins;
    if (!(joins ? change.entities.add_parent(who, team) : change.entities.remove_parent(who, team))) std::abort();
    return change;
  };
  for (auto _ : state) {
    if (!engine.publish(membership())) {
      state.SkipWithError("refused");
      return;
    }
  }
}

void lease_holds(benchmark::State& state) {
  LiveEngine& engine = cached();
  const auto& requests = stream();
  const auto permitted = std::ranges::find_if(
      requests, [&](const Pair& pair) { return engine.authorize(pair.request(read_action())).permitted(); });
  Lease lease = engine.lease(permitted->request(read_action()));
  bool holds = true;
  for (auto _ : state) holds &= lease.holds();
  if (!holds) state.SkipWithError("the lease ended");
}

const bool kRegistered = [] {
  benchmark::RegisterBenchmark("live/hit", hit);
  benchmark::RegisterBenchmark("live/hit", hit)->Threads(2)->UseRealTime();
  benchmark::RegisterBenchmark("live/hit_beside_writer", hit_beside_writer);
  benchmark::RegisterBenchmark("live/uncached", uncached);
  benchmark::RegisterBenchmark("live/uncached", uncached)->Threads(2)->UseRealTime();
  benchmark::RegisterBenchmark("live/plain_engine", plain);
  benchmark::RegisterBenchmark("live/shared_mutex_map", shared_mutex_map)->Arg(0)->ArgName("writer");
  benchmark::RegisterBenchmark("live/shared_mutex_map", shared_mutex_map)->Arg(1)->ArgName("writer");
  benchmark::RegisterBenchmark("live/latency_in_a_storm", latency_in_a_storm);
  benchmark::RegisterBenchmark("live/lease_holds", lease_holds);
  for (const std::int64_t spread : {0, 1}) {
    for (const std::int64_t users : {1'000, 100'000, 1'000'000}) {
      const auto in_ranges = [&](const char* name, void (*run)(benchmark::State&)) {
        benchmark::RegisterBenchmark(name, run)->Args({users, spread})->ArgNames({"", "spread"});
      };
      in_ranges("live/by_id", named_request<Said::by_id>);
      in_ranges("live/by_name", named_request<Said::by_name>);
      in_ranges("live/by_text", named_request<Said::by_text>);
    }
  }
  benchmark::RegisterBenchmark("live/publish_attribute/1000000", publish_attribute)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("live/publish_membership/1000000", publish_membership)->Unit(benchmark::kMicrosecond);
  return true;
}();

}  // namespace
}  // namespace quis::bench
