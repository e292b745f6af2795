#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <quis/engine/partial.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/policy.hpp>

#include "engine/partial_evaluator.hpp"
#include "engine/partial_facts.hpp"
#include "engine/value_expression.hpp"

namespace quis {

/// A policy as far as it can be decided.
struct ReducedPolicy {
  PartialVerdict verdict = PartialVerdict::not_satisfied;
  bool may_hold = false;  ///< some completion may satisfy it
  EvaluationError error;
  ScopeConstraint principal;  ///< what is left of the scope
  ActionConstraint action;
  ScopeConstraint resource;
  std::vector<Condition> conditions;  ///< what is left of them
};

/// Evaluates policies, one after the other, for a request that is partly unknown.
class PolicyReducer {
 public:
  /// What becomes of names that only the request knows where they stand in what is left of a policy.
  enum class LocalIds : std::uint8_t {
    intern,  ///< they are added to the vocabulary
    keep,    ///< they stay, and nothing that is left may be printed or outlive the request
  };

  /// Borrows everything; `schema` may be null.
  PolicyReducer(const Entities& entities, const PartialRequest& request, const Schema* schema,
                LocalIds local_ids = LocalIds::intern);
  PolicyReducer(const PolicyReducer&) = delete;  // its parts refer to each other
  PolicyReducer& operator=(const PolicyReducer&) = delete;

  /// Nodes of the conditions belong to this object, or to the policy itself.
  [[nodiscard]] ReducedPolicy reduce(const Policy& policy);

  /// Fails when a limit was exceeded; then nothing that `reduce` returned means anything.
  [[nodiscard]] Result<void> within_limits() const;

  /// The policy that is left, under the same id. It owns what it needs. REQUIRES: not `not_satisfied`.
  [[nodiscard]] Policy residual(const Policy& policy, ReducedPolicy reduced);

 private:
  struct Storage {
    ValueArena nodes;
    std::vector<std::shared_ptr<const ValueArena>> originals;
  };

  [[nodiscard]] Tri action_matches(const ActionConstraint& constraint) const;
  void reduce_conditions(const Policy& policy, bool scope_open, ReducedPolicy& reduced);

  PartialRequest request_;
  PartialFacts facts_;
  std::shared_ptr<Storage> storage_;
  ExprBuilder builder_;
  ValueExpressions expressions_;
  ValueArena scratch_;
  PartialEvaluator evaluator_;
};

}  // namespace quis
