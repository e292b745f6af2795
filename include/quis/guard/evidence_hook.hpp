#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include <quis/engine/decision.hpp>
#include <quis/engine/engine.hpp>

namespace quis {

/// One decision as evidence sees it. Borrows everything; valid for the call only.
struct DecisionRecord {
  const Engine& engine;  ///< for names: policy ids, the world's version
  const Request& request;
  const Decision& decision;
  std::span<const PolicyIndex> determining;   ///< all of them
  std::span<const PolicyError> errors;        ///< all of them
  std::span<const std::string_view> step_up;  ///< what would lift the denial, when the outcome is a step-up
  std::chrono::sys_time<std::chrono::nanoseconds> time;
  std::uint64_t sequence = 0;  ///< counts this guard's decisions from 1, without gaps
};

/// What a host implements to receive evidence.
///
/// Thread safety: calls come from every thread that decides, at the same time.
class EvidenceHook {
 public:
  virtual ~EvidenceHook() = default;

  /// Called after the decision was made and before it is answered. Must not throw and must not call the guard. Returns
  /// false when the record could not be kept; the guard then does what its policy says (`OnEvidenceFailure`).
  [[nodiscard]] virtual bool on_decision(const DecisionRecord& record) noexcept = 0;
};

}  // namespace quis
