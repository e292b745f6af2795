#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <quis/engine/lease.hpp>

namespace quis {

class LiveEngine;

/// Calls back when leases end: for hosts with more sessions than threads.
///
/// One thread looks at every lease that it watches after each publication, and in time for the ends of memberships.
/// That is a load and a comparison for a lease that a publication does not concern, plus one decision a lease and
/// publication.
///
/// Thread safety: any member from any thread, also from within a callback. The engine must outlive it.
class LeaseWatch {
 public:
  using Id = std::uint64_t;
  /// Gets the decision that ended the lease. Called once, on the watch's thread; must not throw.
  using Ended = std::function<void(const Decision&)>;

  explicit LeaseWatch(const LiveEngine& engine);
  /// Calls no more back, and waits for a callback that is running; so it must not be destroyed by one.
  ~LeaseWatch();
  LeaseWatch(const LeaseWatch&) = delete;
  LeaseWatch& operator=(const LeaseWatch&) = delete;

  /// A lease that does not hold is called back soon. REQUIRES: a lease of the same engine.
  Id watch(Lease lease, Ended ended);
  /// Calls back no more for it, unless the callback has begun. False when it was not watched any more.
  bool cancel(Id id);

  /// How many are watched.
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quis
