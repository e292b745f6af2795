#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include <quis/engine/decision.hpp>

#include "engine/compiled_policy.hpp"
#include "engine/scratch_list.hpp"

namespace quis {

/// Gathers the outcomes of policies for one request, in any order, and makes the answer of them.
///
/// It keeps one list of determining policies: the first satisfied forbid clears the permits found so far, and permits
/// found later are not listed, so that the list is right at every moment and no second one is needed. A failed forbid
/// that is to deny leaves no policy determining unless a forbid is satisfied too.
class Findings {
 public:
  /// `errors_deny`: whether a forbid that fails denies.
  explicit Findings(bool errors_deny) noexcept : errors_deny_(errors_deny) {}

  void satisfied(PolicyIndex policy, Force force) {
    if (force == Force::permit) {
      permitted_ = true;
      if (denied_) return;
    } else {
      forbidden_ |= force == Force::forbid;
      if (!denied_) determining_.clear();
      denied_ = true;
    }
    determining_.add(policy);
  }

  [[gnu::cold]] void failed(PolicyIndex policy, Force force, const EvaluationError& error) {
    refused_ |= errors_deny_ && force != Force::permit;
    errors_.add({policy, error});
  }

  [[nodiscard]] Outcome outcome() const noexcept {
    if (!permitted_ || forbidden_ || refused_) return Outcome::deny;
    return denied_ ? Outcome::step_up : Outcome::permit;
  }

  [[nodiscard]] bool has_errors() const noexcept { return !errors_.span().empty(); }

  /// The answer. What a step-up requires is added by who knows the policies.
  [[nodiscard]] Decision decision() noexcept;
  void fill(Response& response);

  /// The decision that these amount to.
  [[nodiscard]] static Decision decision(Outcome outcome, std::span<const PolicyIndex> determining,
                                         std::span<const PolicyError> errors) noexcept;
  /// The same where none errs; `determining` are places in `policies`, as bits.
  [[nodiscard]] static Decision decision(Outcome outcome, const CompiledPolicy* policies,
                                         std::uint64_t determining) noexcept {
    Decision decision;
    decision.outcome_ = outcome;
    std::uint32_t at = 0;
    for (; determining != 0 && at < Decision::kListed; ++at, determining &= determining - 1) {
      decision.determining_[at] = policies[std::countr_zero(determining)].index;
    }
    // Only for more than are listed: it is a call where the processor may lack the instruction.
    if (determining != 0) [[unlikely]]
      at += static_cast<std::uint32_t>(std::popcount(determining));
    decision.determining_count_ = at;
    return decision;
  }

 private:
  struct OfDetermining;
  struct OfErrors;

  /// Puts the lists in order of position, as most often they are.
  void finish() noexcept {
    if (determining_.span().size() > 1 || !errors_.span().empty() || refused_) [[unlikely]]
      sort();
  }
  [[gnu::noinline]] void sort() noexcept;
  [[gnu::noinline]] void list(Response& response) const;

  bool errors_deny_;
  bool permitted_ = false;  // a permit is satisfied
  bool denied_ = false;     // a forbid is
  bool forbidden_ = false;  // a forbid is that nothing lifts
  bool refused_ = false;    // a forbid failed and is to deny
  ScratchList<PolicyIndex, 64, OfDetermining> determining_;
  ScratchList<PolicyError, 16, OfErrors> errors_;
};

}  // namespace quis
