#pragma once

#include <atomic>
#include <cstdint>

#include <quis/base/digest.hpp>

namespace quis::detail {

/// Keeps the digest of the object that it is a member of, once somebody asked for it. Who copies or moves that object
/// may go on to change it, so the new one starts without.
///
/// Thread safety: `get` may be called from any thread; the object must not change any more.
class DigestCache {
 public:
  DigestCache() noexcept = default;
  DigestCache(const DigestCache&) noexcept {}
  DigestCache& operator=(const DigestCache&) noexcept {
    state_.store(State::empty, std::memory_order_relaxed);
    return *this;
  }
  ~DigestCache() = default;

  template <class Compute>
  [[nodiscard]] Digest get(Compute&& compute) const {
    if (state_.load(std::memory_order_acquire) == State::full) return digest_;
    const Digest digest = compute();
    // Threads that come at the same time each compute it; one of them keeps it.
    State expected = State::empty;
    if (state_.compare_exchange_strong(expected, State::filling, std::memory_order_relaxed)) {
      digest_ = digest;
      state_.store(State::full, std::memory_order_release);
    }
    return digest;
  }

 private:
  enum class State : std::uint8_t { empty, filling, full };

  mutable std::atomic<State> state_ = State::empty;
  mutable Digest digest_;
};

}  // namespace quis::detail
