// Publishing. The order of the stores is the protocol that cache.hpp, readers.hpp and lease.hpp argue from:
//
//   1. the partitions of what changes     (no cached answer about it passes any more)
//   2. `published`, the version           (no lease about it passes unchecked)
//   3. the pointer to the snapshot        (from here on, calls see the new world)
//   4. a fence                            (all of it is visible to every processor before `publish` returns)
//
// A call that runs between 1 and 3 evaluates in the old world: the change has not happened yet. tests/models has the
// protocol as small programs, with the orders that do not work.

#include <quis/engine/live_engine.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include <time.h>

#include <quis/base/vocabulary.hpp>

#include "engine/live_engine_impl.hpp"
#include "engine/plain_request.hpp"

namespace quis {
namespace {

Time system_time() noexcept { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// A clock that is behind by less than this and costs a quarter.
constexpr std::chrono::milliseconds kCoarse{50};

Time coarse_time() noexcept {
#ifdef CLOCK_REALTIME_COARSE
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0) {
    return Time(std::chrono::seconds(now.tv_sec) + std::chrono::milliseconds(now.tv_nsec / 1'000'000));
  }
#endif
  return system_time();
}

bool touches_actions(std::span<const EntityId> touched) {
  return std::ranges::any_of(touched, [](EntityId entity) { return is_action_type(type_of(entity)); });
}

}  // namespace

LiveEngine::Impl::Impl(TimedWorld timed, LiveOptions options) : options_(options), entities_(timed.world.entities()) {
  World& world = timed.world;
  // No world knows a local id, so nothing can be taken out of one.
  std::erase_if(timed.memberships, [](const TimedMembership& m) { return m.member.local() || m.group.local(); });
  WorldChange known;
  known.memberships = std::move(timed.memberships);
  ends_.follow(known);
  const std::uint64_t version = std::max<std::uint64_t>(world.version(), 1);  // 0 is no version (see `Lease`)
  auto cache = new_cache(world, version);
  published.store(version, std::memory_order_relaxed);
  auto first =
      std::make_unique<const Snapshot>(Snapshot{Engine(std::move(world), Evaluator::compiled, options_.forbid_errors),
                                                std::move(cache), version, 0, ends_.next()});
  current_.store(first.release(), std::memory_order_release);
}

LiveEngine::Impl::~Impl() { delete current_.load(std::memory_order_acquire); }

std::shared_ptr<AnswerCache> LiveEngine::Impl::new_cache(const World& world, std::uint64_t version) const {
  return options_.cache_bytes == 0 ? nullptr : std::make_shared<AnswerCache>(world, version, options_.cache_bytes);
}

Result<std::uint64_t> LiveEngine::Impl::publish(WorldChange change) noexcept {
  const std::lock_guard lock(writing_);
  return apply(std::move(change));
}

Result<std::uint64_t> LiveEngine::Impl::apply(WorldChange change) noexcept {
  for (const TimedMembership& membership : change.memberships) {
    if (auto noted = change.entities.add_parent(membership.member, membership.group); !noted) {
      return tl::make_unexpected(noted.error());
    }
  }
  const Snapshot& old = *current_.load(std::memory_order_relaxed);
  const std::uint64_t version = old.version + 1;
  auto update = entities_.apply(change.entities, version);
  if (!update) return tl::make_unexpected(update.error());
  // From here on nothing can fail.
  ends_.follow(change);
  const World& world = old.engine.world();
  if (change.policies || touches_actions(update->touched)) {
    World next = World::build(change.policies ? *std::move(change.policies) : world.policies(),
                              std::move(update->entities), version);
    auto cache = new_cache(next, version);
    exchange(std::move(next), std::move(cache), kEverything);
    return version;
  }
  World next = world.with(std::move(update->entities), version);
  std::shared_ptr<AnswerCache> cache = old.cache;
  if (cache != nullptr && !cache->fits(version, options_.versions_per_cache)) cache = new_cache(next, version);
  if (cache != nullptr) {
    for (const EntityId entity : update->touched) cache->clock.changed(entity, cache->stamp(version));
  }
  exchange(std::move(next), std::move(cache), update->touched.size());
  return version;
}

std::uint64_t LiveEngine::Impl::replace(const World& world) noexcept {
  const std::lock_guard lock(writing_);
  const std::uint64_t version = current_.load(std::memory_order_relaxed)->version + 1;
  World next = world.with(world.entities(), version);
  entities_ = EntityUpdater(next.entities());
  ends_ = {};
  auto cache = new_cache(next, version);
  exchange(std::move(next), std::move(cache), kEverything);
  return version;
}

TimedWorld LiveEngine::Impl::timed_world() {
  const std::lock_guard lock(writing_);
  return {current_.load(std::memory_order_relaxed)->engine.world(), ends_.all()};
}

void LiveEngine::Impl::exchange(World world, std::shared_ptr<AnswerCache> cache, std::size_t touched) noexcept {
  const std::uint64_t version = world.version();
  const std::uint32_t stamp = cache == nullptr ? 0 : cache->stamp(version);
  auto next =
      std::make_unique<const Snapshot>(Snapshot{Engine(std::move(world), Evaluator::compiled, options_.forbid_errors),
                                                std::move(cache), version, stamp, ends_.next()});
  std::unique_ptr<const Snapshot> old(current_.load(std::memory_order_relaxed));
  published.store(version, std::memory_order_relaxed);
  current_.store(next.release(), std::memory_order_release);
  retired_.push_back({readers.retire(), touched, std::move(old)});
  wake();
  waiting_.snapshots += 1;
  waiting_.entities += std::min(touched, kEverything - waiting_.entities);
  if (waiting_.snapshots >= kMostWaiting.snapshots || waiting_.entities >= kMostWaiting.entities) {
    free_what_nobody_reads();
  }
}

void LiveEngine::Impl::free_what_nobody_reads() noexcept {
  const std::uint64_t oldest = readers.oldest();
  const auto kept = std::ranges::find_if(retired_, [&](const Retired& retired) { return retired.epoch >= oldest; });
  retired_.erase(retired_.begin(), kept);
  waiting_ = {};
  const bool is_much_left =
      std::ranges::any_of(retired_, [](const Retired& retired) { return retired.entities >= kMostWaiting.entities; });
  if (!is_much_left) {
    patience_ = 1;
    return;
  }
  // Who reads it is most likely done by the next publication; else it is a pin, which may take long.
  waiting_.snapshots = kMostWaiting.snapshots - patience_;
  patience_ = std::min(2 * patience_, kMostWaiting.snapshots);
}

void LiveEngine::Impl::drain() noexcept {
  std::uint64_t closed = 0;
  {
    const std::lock_guard lock(writing_);
    closed = readers.retire();
  }
  // Most calls are over by now. For one that takes its time, nobody else is interrupted more than a thousand times a
  // second.
  for (std::chrono::microseconds pause{20};; pause = std::min(2 * pause, std::chrono::microseconds{1000})) {
    {
      const std::lock_guard lock(writing_);
      if (readers.oldest() > closed) {
        free_what_nobody_reads();
        return;
      }
    }
    std::this_thread::sleep_for(pause);
  }
}

Time LiveEngine::Impl::time() const noexcept { return options_.clock == nullptr ? system_time() : options_.clock(); }

bool LiveEngine::Impl::has_ended(Time until) const noexcept {
  if (options_.clock == nullptr && coarse_time() + kCoarse < until) return false;
  return time() >= until;
}

const Snapshot* LiveEngine::Impl::in_time(const Snapshot* snapshot) noexcept {
  while (has_ended(snapshot->until)) {
    const std::lock_guard lock(writing_);
    snapshot = current_.load(std::memory_order_relaxed);
    if (!has_ended(snapshot->until)) break;  // another call was first
    WorldChange change;
    for (const TimedMembership& membership : ends_.ended(time())) {
      // Cannot fail: neither id is local, or it could not have been added.
      (void)change.entities.remove_parent(membership.member, membership.group);
    }
    // Cannot fail either: taking memberships away closes no cycle and needs no room. Going on with a world in which
    // they have not ended would be worse than to stop.
    if (!apply(std::move(change))) std::abort();
    snapshot = current_.load(std::memory_order_relaxed);
  }
  return snapshot;
}

void LiveEngine::Impl::sleep(Moment seen, std::chrono::milliseconds limit,
                             const std::atomic<bool>* disturbed) noexcept {
  constexpr std::chrono::milliseconds kLook{1000};      // clocks are set
  constexpr std::chrono::milliseconds kLookForeign{5};  // and others do as they please
  if (seen.until != TimedMembership::kForever) {
    const auto left = std::max(seen.until - time(), std::chrono::milliseconds{0});
    limit = std::min({limit, left, options_.clock == nullptr ? kLook : kLookForeign});
  }
  std::unique_lock lock(waking_);
  const auto something_new = [&] {
    return published.load(std::memory_order_relaxed) != seen.version ||
           (disturbed != nullptr && disturbed->load(std::memory_order_relaxed));
  };
  if (limit == std::chrono::milliseconds::max()) {
    changed_.wait(lock, something_new);
  } else {
    (void)changed_.wait_for(lock, limit, something_new);
  }
}

void LiveEngine::Impl::wake() noexcept {
  // The lock is taken so that nobody who is about to sleep misses it.
  const std::lock_guard lock(waking_);
  changed_.notify_all();
}

LiveEngine::LiveEngine(World world, LiveOptions options) : LiveEngine(TimedWorld{std::move(world)}, options) {}
LiveEngine::LiveEngine(TimedWorld world, LiveOptions options)
    : impl_(std::make_unique<Impl>(std::move(world), options)) {}
LiveEngine::~LiveEngine() = default;

namespace {

/// Ends the reading with a copy of what was found in it, made where the caller wants it.
template <class Answer>
inline Answer hit(const Decision& known, ReaderSlot& slot) noexcept {
  Answer answer = known;
  slot.count(Counter::hits);
  Readers::end_brief(slot);
  return answer;
}

}  // namespace

[[gnu::noinline]] Decision LiveEngine::Impl::decide(const Request& request) noexcept {
  const Reading reading(readers);
  return now().decide(request, reading.slot());
}

// What is asked most often is answered here, in a hundred instructions and without a call; all else begins anew.
template <class Answer>
[[gnu::always_inline]] inline Answer LiveEngine::Impl::decide_quickly(const Request& request) noexcept {
  if (ReaderSlot* const slot = readers.begin_brief()) [[likely]] {
    if (const Decision* const known = latest().quick.find(request)) [[likely]] {
      return hit<Answer>(*known, *slot);
    }
    Readers::end_brief(*slot);
  }
  return decide(request);
}

Decision LiveEngine::authorize(const Request& request) const noexcept {
  return impl_->decide_quickly<Decision>(request);
}

void LiveEngine::authorize(const Request& request, Response& response) const {
  const Reading reading(impl_->readers);
  impl_->now().engine.authorize(request, response);
}

Result<Decision> LiveEngine::authorize(std::string_view principal, std::string_view action, std::string_view resource,
                                       std::string_view context_json) const {
  if (context_json == "{}") {
    const auto plain = plain_request(principal, action, resource);
    if (plain.known()) return impl_->decide_quickly<Result<Decision>>(plain.view());
  }
  return impl_->decide(principal, action, resource, context_json);
}

Result<Decision> LiveEngine::Impl::decide(std::string_view principal, std::string_view action,
                                          std::string_view resource, std::string_view context_json) {
  // The snapshot first: a request that is older than its world, and has local names, is denied.
  const Reading reading(readers);
  const Snapshot& snapshot = now();
  const auto request = OwnedRequest::from_text(principal, action, resource, context_json);
  if (!request) return tl::make_unexpected(request.error());
  return snapshot.decide(request->view(), reading.slot());
}

void LiveEngine::authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept {
  const Reading reading(impl_->readers);
  impl_->now().engine.authorize_many(requests, decisions);
}

Result<std::uint64_t> LiveEngine::publish(WorldChange change) { return impl_->publish(std::move(change)); }

Result<std::uint64_t> LiveEngine::publish_and_drain(WorldChange change) {
  auto version = impl_->publish(std::move(change));
  if (version) impl_->drain();
  return version;
}

std::uint64_t LiveEngine::replace(const World& world) { return impl_->replace(world); }

std::uint64_t LiveEngine::version() const noexcept {
  const Reading reading(impl_->readers);
  return impl_->now().version;
}

World LiveEngine::world() const {
  const Reading reading(impl_->readers);
  return impl_->now().engine.world();
}

TimedWorld LiveEngine::timed_world() const { return impl_->timed_world(); }

Lease LiveEngine::lease(const Request& request) const { return Lease(*this, request); }

CacheStatistics LiveEngine::statistics() const noexcept {
  const Readers& readers = impl_->readers;
  return {readers.total(Counter::hits), readers.total(Counter::misses), readers.total(Counter::bypasses),
          readers.total(Counter::evictions)};
}

LiveEngine::Pin::Pin(const LiveEngine& engine) noexcept
    : slot_(engine.impl_->readers.begin()), snapshot_(engine.impl_->now()) {}
LiveEngine::Pin::~Pin() { Readers::end(slot_); }
const Engine& LiveEngine::Pin::engine() const noexcept { return snapshot_.engine; }
Decision LiveEngine::Pin::authorize(const Request& request) const noexcept { return snapshot_.decide(request, slot_); }

}  // namespace quis
