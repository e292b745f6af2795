#pragma once

#include <span>
#include <vector>

#include <quis/engine/partial.hpp>
#include <quis/engine/request.hpp>
#include <quis/policy/ast.hpp>

#include "engine/partial_facts.hpp"
#include "engine/partial_value.hpp"
#include "engine/value_expression.hpp"

namespace quis {

/// Evaluates expressions for a request that is partly unknown; see the essay in the source.
///
/// Residual nodes are made by `builder` and may share nodes of the expressions evaluated. Values are made in `arena`.
/// Once `expressions` has spent its budget, or the builder refused a node, results mean nothing.
class PartialEvaluator {
 public:
  PartialEvaluator(const PartialFacts& facts, const PartialRequest& request, ExprBuilder& builder,
                   ValueExpressions& expressions, ValueArena& arena) noexcept;

  /// What principal and resource are taken to be from now on: a scope may say more than the request.
  void assume(const PartialEntity& principal, const PartialEntity& resource) noexcept;

  [[nodiscard]] Partial evaluate(const Expr& e);
  /// The expression of a partial outcome, whatever its state.
  [[nodiscard]] BuiltExpr expression(const Partial& partial);

 private:
  using Operands = std::vector<Partial>;

  [[nodiscard]] Partial variable(const Expr& e);
  [[nodiscard]] Partial junction(const Expr& e);
  [[nodiscard]] Partial conditional(const Expr& e);
  [[nodiscard]] Partial is_in(const Expr& e);
  [[nodiscard]] Partial strict(const Expr& e);

  [[nodiscard]] Partial apply(const Expr& e, const Operands& operands);
  [[nodiscard]] Partial apply_closed(const Expr& e, const Operands& operands);
  [[nodiscard]] Partial apply_in(const Expr& e, const Operands& operands);
  [[nodiscard]] Partial reduce(const Expr& e, const Operands& operands);
  [[nodiscard]] Partial reduce_attribute(const Expr& e, const Partial& subject);
  [[nodiscard]] Partial reduce_field(const Expr& e, const Partial& record);
  [[nodiscard]] Partial reduce_tag(const Expr& e, const Operands& operands);
  [[nodiscard]] Partial reduce_in(const Expr& e, const Operands& operands, bool may_fail);
  [[nodiscard]] Partial reduce_declared(const Expr& e, const Partial& subject, const AttributeType* declared,
                                        bool undeclared, bool exists);

  [[nodiscard]] TypeId entity_type(const Partial& partial) const noexcept;
  /// True when the two can never be equal, provided that both have a value.
  [[nodiscard]] bool disjoint(const Partial& a, const Partial& b) const noexcept;
  [[nodiscard]] Partial residual(const Expr& e, std::span<const Partial> operands, const Shape& shape, bool may_fail);
  [[nodiscard]] BuiltExpr rebuild(const Expr& e, std::span<const Partial> operands);
  /// The expression as it stands, which evaluation found to err for sure.
  [[nodiscard]] Partial failing(const Expr& e, const EvaluationError& error);
  [[nodiscard]] BuiltExpr original(const Expr& e);

  const PartialFacts& facts_;
  const PartialRequest& request_;
  ExprBuilder& builder_;
  ValueExpressions& expressions_;
  ValueArena& arena_;
  PartialEntity principal_;
  PartialEntity resource_;
  Request known_;  // what the reference interpreter may see
};

}  // namespace quis
