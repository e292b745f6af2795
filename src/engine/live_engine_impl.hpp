#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include <quis/engine/live_engine.hpp>
#include <quis/model/entity_updater.hpp>

#include "engine/membership_ends.hpp"
#include "engine/readers.hpp"
#include "engine/snapshot.hpp"

namespace quis {

/// What a live engine holds. Two halves: what every call reads, and what only whoever changes the world touches, under
/// `writing_`.
struct LiveEngine::Impl {
 public:
  Impl(TimedWorld world, LiveOptions options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// The snapshot of the moment, in which no membership is left that has ended. REQUIRES: the thread is reading.
  [[nodiscard]] const Snapshot& now() noexcept {
    const Snapshot* snapshot = &latest();
    if (snapshot->until != TimedMembership::kForever) [[unlikely]]
      snapshot = in_time(snapshot);
    return *snapshot;
  }

  /// The snapshot that was published last, whatever the time. REQUIRES: the thread is reading.
  [[nodiscard]] const Snapshot& latest() const noexcept { return *current_.load(std::memory_order_acquire); }

  /// Decides, from the cache where that is quicker. The answer, a `Decision` or a `Result` of one, is made in place: a
  /// copy of one that was just written would have to wait for it.
  template <class Answer>
  [[nodiscard]] Answer decide_quickly(const Request& request) noexcept;
  /// The same at length.
  [[nodiscard]] Decision decide(const Request& request) noexcept;
  [[nodiscard]] Result<Decision> decide(std::string_view principal, std::string_view action, std::string_view resource,
                                        std::string_view context_json);

  Result<std::uint64_t> publish(WorldChange change) noexcept;
  std::uint64_t replace(const World& world) noexcept;
  [[nodiscard]] TimedWorld timed_world();
  /// Returns when nobody reads who began before the call.
  void drain() noexcept;

  /// What somebody who sleeps has seen.
  struct Moment {
    std::uint64_t version = 0;
    Time until = TimedMembership::kForever;
  };
  [[nodiscard]] Moment moment() noexcept {
    const Reading reading(readers);
    const Snapshot& snapshot = now();
    return {snapshot.version, snapshot.until};
  }
  /// Sleeps until another snapshot than this one was published, or it is time to look at memberships, or for `limit`,
  /// or until `disturbed` was set and `wake` called.
  void sleep(Moment seen, std::chrono::milliseconds limit, const std::atomic<bool>* disturbed = nullptr) noexcept;
  void wake() noexcept;

  [[nodiscard]] Time time() const noexcept;

  Readers readers;
  /// The version of the snapshot that `now` finds, or of the one about to be found. Stored before the pointer: whoever
  /// has seen a new snapshot sees that it is new (leases rely on it).
  alignas(64) std::atomic<std::uint64_t> published{0};

 private:
  struct Retired {
    std::uint64_t epoch;
    std::size_t entities;  ///< that changed
    std::unique_ptr<const Snapshot> snapshot;
  };
  /// What was replaced since somebody looked for who still reads.
  struct Waiting {
    std::size_t snapshots = 0;
    std::size_t entities = 0;  ///< that changed in them: of each, a page of entities is kept
  };
  /// A look for every publication would interrupt all readers as often.
  static constexpr Waiting kMostWaiting{16, 256};
  static constexpr std::size_t kEverything = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] const Snapshot* in_time(const Snapshot* snapshot) noexcept;
  [[nodiscard]] bool has_ended(Time until) const noexcept;
  /// REQUIRES (these): `writing_` is held.
  Result<std::uint64_t> apply(WorldChange change) noexcept;
  /// `touched`: how many entities changed.
  void exchange(World world, std::shared_ptr<AnswerCache> cache, std::size_t touched) noexcept;
  [[nodiscard]] std::shared_ptr<AnswerCache> new_cache(const World& world, std::uint64_t version) const;
  void free_what_nobody_reads() noexcept;

  std::atomic<const Snapshot*> current_{nullptr};

  alignas(64) const LiveOptions options_;
  std::mutex writing_;
  EntityUpdater entities_;
  MembershipEnds ends_;
  std::vector<Retired> retired_;  // the oldest first
  Waiting waiting_;
  std::size_t patience_ = 1;  // publications until the next look, when one left much that is read

  std::mutex waking_;
  std::condition_variable changed_;
};

}  // namespace quis
