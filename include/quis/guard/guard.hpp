#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/live_engine.hpp>
#include <quis/guard/evidence_hook.hpp>

namespace quis {

/// What to answer when a hook could not keep its record.
enum class OnEvidenceFailure : std::uint8_t {
  deny,     ///< nothing proceeds that is not on record
  proceed,  ///< the decision stands; the loss is counted
};

/// A policy enforcement point's one call: decide, hand the record to every hook, answer.
///
/// Thread safety: `check` may be called from any thread. The engine and the hooks must outlive the guard.
class Guard {
 public:
  explicit Guard(const Engine& engine, std::vector<std::shared_ptr<EvidenceHook>> hooks = {},
                 OnEvidenceFailure on_failure = OnEvidenceFailure::deny);
  /// Every record names the snapshot that its decision was made in, whether by evaluating or from the cache.
  explicit Guard(const LiveEngine& engine, std::vector<std::shared_ptr<EvidenceHook>> hooks = {},
                 OnEvidenceFailure on_failure = OnEvidenceFailure::deny);

  /// Decides and records. Every hook sees every decision, permits and denies alike, before it is answered. Takes no
  /// lock and allocates nothing itself, once a thread's buffers have grown; what hooks do is theirs.
  [[nodiscard]] Decision check(const Request& request) noexcept;

  /// As `check`; `decisions[i]` answers `requests[i]`. REQUIRES: as many decisions as requests.
  void check_many(std::span<const Request> requests, std::span<Decision> decisions) noexcept;

  /// How many records hooks could not keep. Each hook that failed for a decision counts.
  [[nodiscard]] std::uint64_t evidence_failures() const noexcept { return failures_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] Decision record(const Engine& engine, const Request& request, const Decision& decision,
                                const Response& response) noexcept;

  const Engine* const engine_ = nullptr;  // one of the two is set
  const LiveEngine* const live_ = nullptr;
  const std::vector<std::shared_ptr<EvidenceHook>> hooks_;
  const OnEvidenceFailure on_failure_;
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace quis
