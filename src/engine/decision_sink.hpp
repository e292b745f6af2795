#pragma once

#include <algorithm>
#include <cstdint>

#include <quis/engine/decision.hpp>

/// Where the outcomes of policies are gathered. Both sinks keep one list of determining policies: the first satisfied
/// forbid clears the permits found so far, and permits found later are not listed, so that the list is right at every
/// moment and no second one is needed. A failed forbid that is to deny leaves no policy determining unless a forbid is
/// satisfied too.
namespace quis {

/// What a satisfied policy does.
enum class Force : std::uint8_t {
  permit,
  forbid,
  liftable,  ///< a forbid with `@step_up`
};

[[nodiscard]] inline Force force_of(const PolicyBody& body) noexcept {
  if (body.effect == Effect::permit) return Force::permit;
  return body.annotation(kStepUp) != nullptr ? Force::liftable : Force::forbid;
}

/// What was met so far, apart from the lists.
class Tally {
 public:
  /// True when the policies listed so far no longer determine.
  bool satisfied(Force force) noexcept {
    permitted_ |= force == Force::permit;
    forbidden_ |= force == Force::forbid;
    const bool first_denial = force != Force::permit && !denied_;
    denied_ |= force != Force::permit;
    return first_denial;
  }
  void refused() noexcept { refused_ = true; }

  /// Whether a satisfied policy of this force determines the answer, as far as is known.
  [[nodiscard]] bool determines(Force force) const noexcept { return (force != Force::permit) == denied_; }
  /// A forbid that failed denies, and nothing else does: no policy determines.
  [[nodiscard]] bool by_error_alone() const noexcept { return refused_ && !denied_; }

  [[nodiscard]] Outcome outcome() const noexcept {
    if (!permitted_ || forbidden_ || refused_) return Outcome::deny;
    return denied_ ? Outcome::step_up : Outcome::permit;
  }

 private:
  bool permitted_ = false;  // a permit is satisfied
  bool denied_ = false;     // a forbid is
  bool forbidden_ = false;  // a forbid is that nothing lifts
  bool refused_ = false;    // a forbid failed and is to deny
};

/// Gathers into a `Decision`: counts everything, lists the first few.
class DecisionSink {
 public:
  explicit DecisionSink(Decision& decision) noexcept : decision_(decision) {}

  void satisfied(PolicyIndex policy, Force force) noexcept {
    if (tally_.satisfied(force)) decision_.determining_count_ = 0;
    if (tally_.determines(force)) list(policy);
  }

  void failed(PolicyIndex policy, const EvaluationError& /*error*/, bool denies) noexcept {
    if (denies) tally_.refused();
    if (decision_.error_count_ < Decision::kListed) decision_.errors_[decision_.error_count_] = policy;
    ++decision_.error_count_;
  }

  void finish() noexcept {
    if (tally_.by_error_alone()) decision_.determining_count_ = 0;
    decision_.outcome_ = tally_.outcome();
    std::sort(decision_.determining_, decision_.determining_ + decision_.determining().size());
    std::sort(decision_.errors_, decision_.errors_ + decision_.errors().size());
  }

  /// Fills the decision from an answer that is settled.
  void settled(const Response& response) noexcept {
    for (const PolicyIndex policy : response.determining) list(policy);
    for (const PolicyError& error : response.errors) failed(error.policy, error.error, false);
    finish();
    decision_.outcome_ = response.outcome();
  }

 private:
  void list(PolicyIndex policy) noexcept {
    if (decision_.determining_count_ < Decision::kListed) decision_.determining_[decision_.determining_count_] = policy;
    ++decision_.determining_count_;
  }

  Decision& decision_;
  Tally tally_;
};

/// Gathers everything into a `Response`; what a step-up requires is added by who knows the policies.
class ResponseSink {
 public:
  explicit ResponseSink(Response& response) noexcept : response_(response) {
    response_.permitted = false;
    response_.determining.clear();
    response_.errors.clear();
    response_.step_up.clear();
  }

  void satisfied(PolicyIndex policy, Force force) {
    if (tally_.satisfied(force)) response_.determining.clear();
    if (tally_.determines(force)) response_.determining.push_back(policy);
  }

  void failed(PolicyIndex policy, const EvaluationError& error, bool denies) {
    if (denies) tally_.refused();
    response_.errors.push_back({policy, error});
  }

  void finish() {
    if (tally_.by_error_alone()) response_.determining.clear();
    response_.permitted = outcome() == Outcome::permit;
    std::sort(response_.determining.begin(), response_.determining.end());
    std::sort(response_.errors.begin(), response_.errors.end(),
              [](const PolicyError& a, const PolicyError& b) { return a.policy < b.policy; });
  }

  [[nodiscard]] Outcome outcome() const noexcept { return tally_.outcome(); }

 private:
  Response& response_;
  Tally tally_;
};

}  // namespace quis
