#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/result.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// The position of a policy in `World::policies().policies()`.
using PolicyIndex = std::uint32_t;

/// What an answer amounts to. Only `permit` lets anything happen; a switch over it tells the two denials apart.
enum class Outcome : std::uint8_t {
  deny,     ///< by a forbid, by default, or because it could not be decided
  step_up,  ///< a denial that the caller can lift; see `kStepUp`
  permit,
};

/// The annotation that makes a forbid *liftable*: `@step_up("…") forbid(…) …;`, its value naming what would lift it (a
/// stronger authentication, an approval, a fresh device check).
///
/// Such a policy denies as every forbid does, in quis and in every other Cedar engine, and is listed among the
/// determining policies. In addition the outcome is `step_up` when all of this holds: at least one permit is satisfied,
/// every satisfied forbid is liftable, and no forbid denies by its error (`ForbidErrors::deny`). In other words: when
/// these forbids are all that stands in the way. A liftable forbid that errs is skipped like any other, or denies for
/// good where errors of forbids deny; it is never a step-up. On a permit the annotation means nothing.
///
/// The requirements of a step-up are the values of these annotations, each once, in order of position; *all* of them
/// must be met. There is always at least one: `@step_up` without a value is the empty requirement, which says that a
/// step-up would do and leaves to the host which. Meeting a requirement lifts nothing by itself: the host does what it
/// asks, puts the result into the context or the entities, where the forbid's own condition sees it, and asks again.
inline constexpr std::string_view kStepUp = "step_up";

/// The answer to a request, by value and without a single allocation.
///
/// Determining policies are those that made the answer: the satisfied forbids of a deny, else the satisfied permits of
/// a permit; none when nothing was satisfied and the answer is the default deny. A policy that errs is not satisfied,
/// and is listed. Up to `kListed` of each are named here, in order of position; `complete()` tells whether that was all
/// of them. Which ones are named of more is not promised; `Response` names all.
class Decision {
 public:
  static constexpr std::uint32_t kListed = 6;

  /// Deny, by nobody's decision: what stands wherever something went wrong.
  constexpr Decision() noexcept = default;

  [[nodiscard]] constexpr bool permitted() const noexcept { return outcome_ == Outcome::permit; }
  /// Denied, and liftable: see `kStepUp`. `Engine::requirements` says what would lift it.
  [[nodiscard]] constexpr bool step_up() const noexcept { return outcome_ == Outcome::step_up; }
  [[nodiscard]] constexpr Outcome outcome() const noexcept { return outcome_; }
  [[nodiscard]] constexpr std::uint32_t determining_count() const noexcept { return determining_count_; }
  [[nodiscard]] constexpr std::uint32_t error_count() const noexcept { return error_count_; }
  [[nodiscard]] constexpr std::span<const PolicyIndex> determining() const noexcept {
    return {determining_, determining_count_ < kListed ? determining_count_ : kListed};
  }
  [[nodiscard]] constexpr std::span<const PolicyIndex> errors() const noexcept {
    return {errors_, error_count_ < kListed ? error_count_ : kListed};
  }
  [[nodiscard]] constexpr bool complete() const noexcept {
    return determining_count_ <= kListed && error_count_ <= kListed;
  }

 private:
  friend class Findings;

  Outcome outcome_ = Outcome::deny;
  std::uint32_t determining_count_ = 0;
  std::uint32_t error_count_ = 0;
  PolicyIndex determining_[kListed] = {};
  PolicyIndex errors_[kListed] = {};
};

/// A policy that could not be evaluated, and why.
struct PolicyError {
  PolicyIndex policy = 0;
  EvaluationError error;
};

/// The whole answer: every determining policy and every error, in order of position.
///
/// Meant to be reused: once its vectors have grown to what the policies need, filling it allocates nothing.
struct Response {
  bool permitted = false;
  std::vector<PolicyIndex> determining;
  std::vector<PolicyError> errors;
  std::vector<std::string_view> step_up;  ///< the requirements of a step-up (see `kStepUp`), else empty; of the world

  [[nodiscard]] Outcome outcome() const noexcept {
    if (permitted) return Outcome::permit;
    return step_up.empty() ? Outcome::deny : Outcome::step_up;
  }
};

/// The decision that a response amounts to.
[[nodiscard]] Decision summarise(const Response& response) noexcept;

}  // namespace quis
