#pragma once

#include <algorithm>

#include <quis/engine/decision.hpp>

/// Where the outcomes of policies are gathered. Both sinks keep one list of determining policies: the first satisfied
/// forbid clears the permits found so far, and permits found later are not listed, so that the list is right at every
/// moment and no second one is needed. A failed forbid that is to deny leaves no policy determining unless a forbid is
/// satisfied too.
namespace quis {

/// Gathers into a `Decision`: counts everything, lists the first few.
class DecisionSink {
 public:
  explicit DecisionSink(Decision& decision) noexcept : decision_(decision) {}

  void satisfied(PolicyIndex policy, bool forbid) noexcept {
    if (forbid && !denied_) {
      denied_ = true;
      decision_.determining_count_ = 0;
    }
    if (forbid != denied_) return;
    if (decision_.determining_count_ < Decision::kListed) decision_.determining_[decision_.determining_count_] = policy;
    ++decision_.determining_count_;
  }

  void failed(PolicyIndex policy, const EvaluationError& /*error*/, bool denies) noexcept {
    refused_ |= denies;
    if (decision_.error_count_ < Decision::kListed) decision_.errors_[decision_.error_count_] = policy;
    ++decision_.error_count_;
  }

  void finish() noexcept {
    if (refused_ && !denied_) decision_.determining_count_ = 0;
    decision_.permitted_ = !denied_ && decision_.determining_count_ != 0;
    std::sort(decision_.determining_, decision_.determining_ + decision_.determining().size());
    std::sort(decision_.errors_, decision_.errors_ + decision_.errors().size());
  }

 private:
  Decision& decision_;
  bool denied_ = false;   // a forbid is satisfied
  bool refused_ = false;  // a forbid failed and is to deny
};

/// Gathers everything into a `Response`.
class ResponseSink {
 public:
  explicit ResponseSink(Response& response) noexcept : response_(response) {
    response_.permitted = false;
    response_.determining.clear();
    response_.errors.clear();
  }

  void satisfied(PolicyIndex policy, bool forbid) {
    if (forbid && !denied_) {
      denied_ = true;
      response_.determining.clear();
    }
    if (forbid == denied_) response_.determining.push_back(policy);
  }

  void failed(PolicyIndex policy, const EvaluationError& error, bool denies) {
    refused_ |= denies;
    response_.errors.push_back({policy, error});
  }

  void finish() {
    if (refused_ && !denied_) response_.determining.clear();
    response_.permitted = !denied_ && !response_.determining.empty();
    std::sort(response_.determining.begin(), response_.determining.end());
    std::sort(response_.errors.begin(), response_.errors.end(),
              [](const PolicyError& a, const PolicyError& b) { return a.policy < b.policy; });
  }

 private:
  Response& response_;
  bool denied_ = false;
  bool refused_ = false;
};

}  // namespace quis
