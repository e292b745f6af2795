#pragma once

#include <optional>
#include <span>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// Which policy of one set stands for which of another.
class PolicyPairing {
 public:
  /// Pairs first what says the same, preferably under the same id, then what has the same id and effect: a permit that
  /// became a forbid is another policy, or satisfying it before and after would look like no change.
  PolicyPairing(std::span<const Policy> before, std::span<const Policy> after);

  /// The partner of a policy, by position.
  [[nodiscard]] std::optional<PolicyIndex> of_before(PolicyIndex policy) const { return before_[policy]; }
  [[nodiscard]] std::optional<PolicyIndex> of_after(PolicyIndex policy) const { return after_[policy]; }

  /// The policies that the other set has no equal of: another effect, scope or condition, or of a forbid another
  /// `@step_up`.
  [[nodiscard]] const std::vector<PolicyIndex>& changed_before() const noexcept { return changed_before_; }
  [[nodiscard]] const std::vector<PolicyIndex>& changed_after() const noexcept { return changed_after_; }

 private:
  using Partners = std::vector<std::optional<PolicyIndex>>;

  Partners before_;
  Partners after_;
  std::vector<PolicyIndex> changed_before_;
  std::vector<PolicyIndex> changed_after_;
};

}  // namespace quis
