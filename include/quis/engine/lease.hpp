#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <quis/engine/decision.hpp>
#include <quis/engine/request.hpp>

namespace quis {

class LiveEngine;

/// A permit that is kept: an open session, a stream, a page already shown. *Is this still so?* costs a load and a
/// comparison while nothing was published, some loads while nothing was published that concerns the request, and a
/// decision otherwise. While any membership of the world has an end, each answer looks at the clock as well.
///
/// A lease ends once: what was revoked and granted again needs a new one. What was denied at the start never held. It
/// ends when somebody looks: a revocation that was taken back before anybody did (`holds`, or whoever waits) is not
/// seen, for what a lease tells is what is so now.
///
/// The request's ids and its context are kept by the lease. Its local names are not: a request that has any (see
/// `LocalNames`) must keep them alive as long as the lease, and its lease ends when the world learns new names.
///
/// Thread safety: one thread at a time may use a lease; different leases are independent. The engine must outlive it.
class Lease {
 public:
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  /// False for a call that begins while there is no permit: after a change of entities or policies whose `publish` has
  /// returned, or the end of a membership; and false ever after. Takes no lock (but see `LiveEngine` about ends of
  /// memberships).
  [[nodiscard]] bool holds() noexcept {
    if (published_->load(std::memory_order_acquire) == checked_ && !timed_) return true;
    return check();
  }

  /// Returns when it no longer holds. Sleeps meanwhile; wakes for every publication, and in time for the ends of
  /// memberships.
  void wait() noexcept;

  /// The same, for at most `milliseconds`; true when it still holds.
  [[nodiscard]] bool wait_for(std::uint64_t milliseconds) noexcept;

  /// The decision as it was made last: of a lease that ended, the one that ended it.
  [[nodiscard]] const Decision& decision() const noexcept;

 private:
  friend class LiveEngine;
  struct Kept;

  Lease(const LiveEngine& engine, const Request& request);
  bool check() noexcept;

  static constexpr std::uint64_t kEnded = 0;  // no snapshot has this version

  std::unique_ptr<Kept> kept_;
  const std::atomic<std::uint64_t>* published_ = nullptr;
  std::uint64_t checked_ = kEnded;  // the version of the snapshot that it was found to hold in
  bool timed_ = false;              // some membership of that snapshot ends
};

}  // namespace quis
