#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/result.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// The position of a policy in `World::policies().policies()`.
using PolicyIndex = std::uint32_t;

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

  [[nodiscard]] constexpr bool permitted() const noexcept { return permitted_; }
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
  friend class DecisionSink;

  bool permitted_ = false;
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
};

/// The decision that a response amounts to.
[[nodiscard]] Decision summarise(const Response& response) noexcept;

/// A decision in words.
struct Explanation {
  struct Determining {
    std::string id;
    Effect effect = Effect::forbid;
    std::vector<Annotation> annotations;
    std::string source;  ///< file or other name of the text it came from
    SourceSpan span;     ///< of the policy in that text
  };
  struct Error {
    std::string id;
    std::string message;
  };

  bool permitted = false;
  std::vector<Determining> determining;
  std::vector<Error> errors;
};

}  // namespace quis
