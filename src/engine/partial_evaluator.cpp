// Partial evaluation of expressions.
//
// Each expression becomes one of three things: a value, a sure error, or a residual, which in every completion has the
// value, or errs, as the original does. Exactness is everything here, so a residual is simplified only where that can
// be seen to change neither the value nor *whether it errs*: `r && false` is false only when `r` surely is a boolean
// and cannot err; `r || true` likewise; a record's field is taken out of it only when no other field can err.
//
// To see that, each residual carries two facts: whether it may err, and what is known of its value (`Shape`), from its
// operator or from the schema. A residual operand of a wrong kind makes a sure error: whichever way its own evaluation
// ends, the whole errs.
//
// What evaluates to a sure error stands in the residual as the policy wrote it: completions agree with everything that
// was known, so it errs again. Known values that stay beside unknown ones are written out (`ValueExpressions`).
//
// Here are the constructs that do not evaluate all of their operands, and how residuals are built; operators that do
// are in partial_operators.cpp. On values they are not written a second time: they are put to the reference
// interpreter, but for those that open entities make unknown.
//
// Rejected: Cedar's first partial evaluator's way of leaving `unknown("x")` calls in residuals (they are no policies
// any more), and dropping operands that "cannot matter" (an error does matter: it takes the policy out).

#include "engine/partial_evaluator.hpp"

#include <algorithm>
#include <string>

namespace quis {

PartialEvaluator::PartialEvaluator(const PartialFacts& facts, const PartialRequest& request, ExprBuilder& builder,
                                   ValueExpressions& expressions, ValueArena& arena) noexcept
    : facts_(facts), request_(request), builder_(builder), expressions_(expressions), arena_(arena) {
  known_ = {request.principal.entity, request.action, request.resource.entity, request.names, request.context};
  assume(facts.principal(), facts.resource());
}

void PartialEvaluator::assume(const PartialEntity& principal, const PartialEntity& resource) noexcept {
  principal_ = principal;
  resource_ = resource;
}

BuiltExpr PartialEvaluator::expression(const Partial& partial) {
  return partial.expr || !partial.is_value() ? partial.expr : expressions_.of(partial.value);
}

Partial PartialEvaluator::evaluate(const Expr& e) {
  if (expressions_.spent()) return {};
  switch (e.op) {
    case Op::literal: return Partial::of(e.value, {&e, 1, 1});
    case Op::variable: return variable(e);
    case Op::and_:
    case Op::or_: return junction(e);
    case Op::if_: return conditional(e);
    case Op::is_in: return is_in(e);
    default: return strict(e);
  }
}

Partial PartialEvaluator::variable(const Expr& e) {
  const auto entity = [&](const PartialEntity& partial) {
    if (partial.entity.valid()) return Partial::of(Value::entity(partial.entity));
    return Partial::residual(original(e), Shape::of_entity(partial.type, partial.exists), false);
  };
  switch (e.variable) {
    case Variable::principal: return entity(principal_);
    case Variable::action: return Partial::of(Value::entity(request_.action));
    case Variable::resource: return entity(resource_);
    case Variable::context: break;
  }
  if (!request_.context_open) return Partial::of(request_.context);
  Shape shape = Shape::of(Value::Kind::record);
  if (facts_.action() != nullptr && facts_.action()->context != nullptr) shape = Shape::of(*facts_.action()->context);
  shape.open_context = true;
  return Partial::residual(original(e), shape, false);
}

// A value that does not decide is dropped, unless it is all that makes a boolean of what is left.
Partial PartialEvaluator::junction(const Expr& e) {
  const bool stop = e.op == Op::or_;
  std::vector<BuiltExpr> kept;
  bool may_fail = false;
  bool last_is_boolean = true;
  const auto neutral = [&] { return expressions_.of(Value::boolean(!stop)); };
  const auto whole = [&] {
    if (kept.size() == 1 && !last_is_boolean) kept.push_back(neutral());
    return kept.size() == 1 ? kept.front() : expressions_.spend(1) ? builder_.chain(e.op, kept, e.span) : BuiltExpr{};
  };
  for (const Expr* operand : e.operands) {
    const Partial p = evaluate(*operand);
    if (p.is_value() && p.value.is(Value::Kind::boolean)) {
      if (p.value.as_boolean() != stop) continue;
      if (!may_fail) return Partial::of(p.value);
      kept.push_back(expression(p));
      last_is_boolean = true;
      break;
    }
    const bool wrong = !p.is_error() && p.kind() && *p.kind() != Value::Kind::boolean;
    if (p.is_error() && kept.empty()) return p;
    kept.push_back(expression(p));
    last_is_boolean = p.shape.is(Value::Kind::boolean) && p.is_residual();
    may_fail = may_fail || !last_is_boolean || p.may_fail;
    if (wrong && kept.size() == 1) {
      return Partial::failing(EvaluationError::mismatch(*p.kind(), Value::Kind::boolean), whole());
    }
    if (wrong || p.is_error()) break;
  }
  if (kept.empty()) return Partial::of(Value::boolean(!stop));
  return Partial::residual(whole(), Shape::of(Value::Kind::boolean), may_fail);
}

Partial PartialEvaluator::conditional(const Expr& e) {
  const Partial condition = evaluate(*e.operands[0]);
  if (condition.is_error()) return condition;
  const bool boolean = condition.kind() == Value::Kind::boolean;
  if (condition.is_value() && boolean) return evaluate(*e.operands[condition.value.as_boolean() ? 1 : 2]);
  if (condition.kind() && !boolean) {
    return failing(e, EvaluationError::mismatch(*condition.kind(), Value::Kind::boolean));
  }
  const Partial then = evaluate(*e.operands[1]);
  const Partial otherwise = evaluate(*e.operands[2]);
  if (!condition.may_fail && boolean && then.is_value() && otherwise.is_value() && then.value == otherwise.value) {
    return then;
  }
  const Partial operands[] = {condition, then, otherwise};
  const BuiltExpr whole = rebuild(e, operands);
  if (then.is_error() && otherwise.is_error()) return Partial::failing(then.error, whole);
  Shape shape;
  const std::optional<Value::Kind> a = then.kind();
  const std::optional<Value::Kind> b = otherwise.kind();
  if (then.is_error() || otherwise.is_error()) {
    if (const auto kind = then.is_error() ? b : a) shape = Shape::of(*kind);
  } else if (a && a == b) {
    shape = Shape::of(*a);
    if (*a == Value::Kind::entity && entity_type(then) == entity_type(otherwise)) shape.entity = entity_type(then);
  }
  const auto fails = [](const Partial& p) { return p.is_error() || (p.is_residual() && p.may_fail); };
  return Partial::residual(whole, shape, condition.may_fail || !boolean || fails(then) || fails(otherwise));
}

/// `a is T in b` evaluates `b` only when `a` is of the type.
Partial PartialEvaluator::is_in(const Expr& e) {
  const Partial left = evaluate(*e.operands[0]);
  if (left.is_error()) return left;
  if (left.kind() && *left.kind() != Value::Kind::entity) {
    return failing(e, EvaluationError::mismatch(*left.kind(), Value::Kind::entity));
  }
  const TypeId type = left.kind() ? entity_type(left) : TypeId{};
  const bool may_fail = left.is_residual() && left.may_fail;
  if (type.valid() && type != e.type && !may_fail) return Partial::of(Value::boolean(false));
  const Partial right = evaluate(*e.operands[1]);
  const Operands operands{left, right};
  if (type.valid() && type == e.type) {
    if (right.is_error()) return right;
    Expr in = e;
    in.op = Op::in;
    if (left.is_value() && right.is_value()) {
      Partial known = apply_in(in, operands);
      return known.is_error() ? failing(e, known.error) : known;
    }
    return reduce(in, operands);
  }
  return residual(e, operands, Shape::of(Value::Kind::boolean), true);
}

Partial PartialEvaluator::strict(const Expr& e) {
  Operands operands;
  operands.reserve(e.operands.size());
  bool all_known = true;
  for (const Expr* operand : e.operands) {
    operands.push_back(evaluate(*operand));
    if (operands.back().is_error()) return operands.back();  // those before it err themselves, or let it
    all_known = all_known && operands.back().is_value();
  }
  return all_known ? apply(e, operands) : reduce(e, operands);
}

Partial PartialEvaluator::residual(const Expr& e, std::span<const Partial> operands, const Shape& shape,
                                   bool may_fail) {
  return Partial::residual(rebuild(e, operands), shape, may_fail);
}

BuiltExpr PartialEvaluator::rebuild(const Expr& e, std::span<const Partial> operands) {
  std::vector<BuiltExpr> built;
  built.reserve(operands.size());
  for (const Partial& operand : operands) built.push_back(expression(operand));
  if (!expressions_.spend(1)) return {};
  switch (e.op) {
    case Op::not_:
    case Op::negate:
    case Op::is_empty: return builder_.unary(e.op, built[0], e.span);
    case Op::if_: return builder_.conditional(built[0], built[1], built[2], e.span);
    case Op::get_attribute: return builder_.get_attribute(built[0], e.name, e.span);
    case Op::has_attribute: return builder_.has_attribute(built[0], e.name, e.span);
    case Op::is: return builder_.is(built[0], e.type, e.span);
    case Op::is_in: return builder_.is_in(built[0], e.type, built[1], e.span);
    case Op::like: {
      const std::vector<std::string> pieces(e.pattern.begin(), e.pattern.end());
      return builder_.like(built[0], pieces, e.span);
    }
    case Op::set: return builder_.set(built, e.span);
    case Op::record: return builder_.record(e.keys, built, e.span);
    case Op::call: return builder_.call(e.function, built, e.span);
    default: return builder_.binary(e.op, built[0], built[1], e.span);
  }
}

Partial PartialEvaluator::failing(const Expr& e, const EvaluationError& error) {
  return Partial::failing(error, original(e));
}

BuiltExpr PartialEvaluator::original(const Expr& e) {
  if (!expressions_.spend(1)) return {};
  BuiltExpr built{&e, 0, 1};
  for (const Expr* operand : e.operands) {
    const BuiltExpr below = original(*operand);
    if (!below) return {};
    built.height = std::max(built.height, below.height);
    built.weight += below.weight;
  }
  ++built.height;
  return built;
}

}  // namespace quis
