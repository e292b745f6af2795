#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/engine/decision.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/lease.hpp>
#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>
#include <quis/model/entity_changes.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis {

struct ReaderSlot;
struct Snapshot;

/// A moment, as policies and people count time.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// A membership that ends by itself: from `until` on, `member` is no longer in `group`.
struct TimedMembership {
  static constexpr Time kForever = Time::max();

  EntityId member;
  EntityId group;
  Time until = kForever;
};

/// A world, and the memberships in it that end.
struct TimedWorld {
  World world;
  std::vector<TimedMembership> memberships = {};
};

/// What is to become of a world, all of it or nothing.
struct WorldChange {
  EntityChanges entities = {};
  /// Added after `entities` was applied. Whatever `entities` says of a membership takes its end away.
  std::vector<TimedMembership> memberships = {};
  std::optional<PolicySet> policies = {};  ///< takes the place of all policies
};

/// How a live engine decides and what it may use.
struct LiveOptions {
  ForbidErrors forbid_errors = ForbidErrors::skip;
  std::size_t cache_bytes = std::size_t{8} << 20U;  ///< of the decision cache; 0 is none. 18 bytes keep one decision
  Time (*clock)() noexcept = nullptr;               ///< null is the system's
  /// How many versions a cache serves before it begins anew. For tests.
  std::uint64_t versions_per_cache = std::numeric_limits<std::uint32_t>::max();
};

/// What the decision cache did, over all threads; exact while no thread decides.
struct CacheStatistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;     ///< evaluated, and usually kept
  std::uint64_t bypasses = 0;   ///< evaluated without a look: cheap to evaluate, or not to be kept
  std::uint64_t evictions = 0;  ///< answers that still held and gave way to others
};

/// An engine whose world changes under load.
///
/// Readers decide against an immutable snapshot that they find by one atomic load; a change builds the next snapshot,
/// sharing what it does not touch, and exchanges the pointer. Readers never wait, take no lock, write no line that
/// another thread reads, and allocate nothing, but for a thread's first call and the first with a context that the
/// cache does not know yet.
///
/// *After `publish` returned, no call that begins later sees the old world*, whether its answer is cached or not. A
/// call that runs meanwhile sees one of the two, whole; and a thread that has seen the new one does not see the old one
/// again.
///
/// *Ends of memberships* take effect at their moment without anybody's change: every call compares the clock with the
/// next end, and the first that is late removes what has ended, as a change of its own, before it decides. That one
/// call, and those that come while it works, wait for microseconds; worlds without timed memberships read no clock.
/// What has ended has ended, also when the clock is set back.
///
/// *The cache* gives the answer that evaluating would give (`src/engine/cache.hpp` argues why). It keeps whole
/// decisions, with their determining policies, and is bypassed where evaluating costs less than looking. Of contexts it
/// tells apart what the policies of the action read; once 16,384 such contexts (or 16 MiB of them) were seen, requests
/// with others are evaluated until the policies change. So an answer that depends on a value that is new in every
/// request (an identifier, a time that is compared with an attribute) is not for the cache.
///
/// *Memory.* A snapshot that was replaced is given back by a publication that finds nobody reading it: by the one that
/// replaced it where policies, the whole world or hundreds of entities were exchanged, or else by one of the next
/// sixteen, for to find out who reads interrupts those who do.
///
/// Thread safety: every member may be called from any thread, but the destructor: no call may be running, and no lease
/// or pin may be left. Changes are serialised.
class LiveEngine {
 public:
  explicit LiveEngine(World world, LiveOptions options = {});
  /// The same with memberships that end, as `open_world` gives them. One that is not in the world ends without effect.
  explicit LiveEngine(TimedWorld world, LiveOptions options = {});
  ~LiveEngine();
  LiveEngine(const LiveEngine&) = delete;
  LiveEngine& operator=(const LiveEngine&) = delete;

  /// As `Engine::authorize`, in the snapshot of the moment; from the cache where that is quicker.
  [[nodiscard]] Decision authorize(const Request& request) const noexcept;
  /// Never from the cache, as errors are told in full.
  void authorize(const Request& request, Response& response) const;
  /// From text; see `Engine`.
  [[nodiscard]] Result<Decision> authorize(std::string_view principal, std::string_view action,
                                           std::string_view resource, std::string_view context_json = "{}") const;
  /// All in one snapshot. `decisions[i]` answers `requests[i]`. REQUIRES: as many decisions as requests.
  void authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept;

  /// Applies a change and makes it visible; returns the new snapshot's version. When anything of it cannot be done,
  /// nothing is, and the error says what. Costs what changed: microseconds for an entity among millions; a change of an
  /// entity that others are members of, also its members; new policies, their compilation.
  ///
  /// Errors: those of `EntityUpdater::apply`.
  Result<std::uint64_t> publish(WorldChange change);
  /// The same, and returns only when no call that began before is still running: nobody acts on an answer of the old
  /// world that he has not got yet. REQUIRES: the calling thread has no pin.
  Result<std::uint64_t> publish_and_drain(WorldChange change);
  /// Exchanges everything, ends of memberships included. The snapshot gets the next version, whatever `world` had.
  std::uint64_t replace(const World& world);

  /// The version of the snapshot that was published last. Versions grow by one.
  [[nodiscard]] std::uint64_t version() const noexcept;
  /// The snapshot of the moment. Keeps it alive; costs a reference count, so not for the hot path.
  [[nodiscard]] World world() const;
  /// The same with the memberships that end in it, as `save_world` wants it. Waits for a change that is being made.
  [[nodiscard]] TimedWorld timed_world() const;

  /// See `Lease`. Allocates.
  [[nodiscard]] Lease lease(const Request& request) const;

  [[nodiscard]] CacheStatistics statistics() const noexcept;

  /// A snapshot held still for some calls on one thread, cheaper than `world`: what it refers to stays while it lives,
  /// and so does every snapshot since; for microseconds, not for seconds.
  class Pin {
   public:
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    /// Decides in the snapshot, without the cache.
    [[nodiscard]] const Engine& engine() const noexcept;
    /// Decides in the snapshot, by the cache where that is quicker.
    [[nodiscard]] Decision authorize(const Request& request) const noexcept;

   private:
    friend class LiveEngine;
    explicit Pin(const LiveEngine& engine) noexcept;
    ReaderSlot& slot_;
    const Snapshot& snapshot_;
  };
  [[nodiscard]] Pin pin() const noexcept { return Pin(*this); }

 private:
  friend class Lease;
  friend class LeaseWatch;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quis
