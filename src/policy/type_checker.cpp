// Types of expressions, by Cedar's rules.
//
// A policy is checked once for each request environment, in which principal, action, resource and context have known
// types. Three ideas carry the rules:
//
// Constant booleans. `principal is User` has the type *true* or *false* where the environment decides it. What a
// constant makes unreachable is not checked, so one policy may serve several types with an `is` before each access; and
// a policy that is *false* in every environment is impossible.
//
// Facts. An optional attribute or a tag may be read only where it is known to be there. An expression *proves* facts if
// it is true; facts that were proven are assumed to the right of `&&` and in the `then` of an `if`. Nothing is learnt
// from an expression being false.
//
// Going on after an error. An expression that failed still may have a type, by which what stands around it is checked.
// It proves nothing, so that whatever leans on it is reported too.
//
// Each function follows Cedar's checker case by case, also where that is not the best possible answer (a `&&` whose
// left side is constantly true forgets what that side proved): verdicts must be equal on every input.

#include "policy/type_checker.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

TypeAnswer TypeChecker::check(std::span<const Condition> conditions, const RequestEnvironment& environment,
                              TypedNodes* typed) {
  environment_ = environment;
  typed_ = typed;
  bool ok = true;
  bool all_typed = true;
  TypeRef type = constant(true);
  std::vector<Capabilities> assumed;
  for (const Condition& condition : conditions) {
    TypeAnswer answer = condition.negated ? negation(*condition.body) : expect_boolean(*condition.body);
    ok = ok && answer.ok;
    if (answer.type == constant(false)) {
      if (all_typed) type = answer.type;
      break;
    }
    if (answer.type != constant(true)) type = boolean_;
    all_typed = all_typed && answer.type != nullptr;
    facts_.assume(answer.proves);
    assumed.push_back(std::move(answer.proves));
  }
  for (const Capabilities& facts : assumed) facts_.forget(facts);
  return success(type, ok);
}

TypeAnswer TypeChecker::infer(const Expr& expr) {
  TypeAnswer answer = dispatch(expr);
  if (typed_ != nullptr) (*typed_)[&expr].type = answer.type;
  return answer;
}

TypeAnswer TypeChecker::dispatch(const Expr& expr) {
  switch (expr.op) {
    case Op::literal: return literal(expr);
    case Op::variable: return variable(expr);
    case Op::and_: return conjunction(expr);
    case Op::or_: return disjunction(expr);
    case Op::not_: return negation(*expr.operands[0]);
    case Op::if_: return conditional(expr);
    case Op::equal: return equality(expr, false);
    case Op::not_equal: return equality(expr, true);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return comparison(expr);
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply: return arithmetic(expr);
    case Op::in: return in(expr);
    case Op::contains: return contains(expr);
    case Op::contains_all:
    case Op::contains_any: return contains_many(expr);
    case Op::is_empty: return is_empty(expr);
    case Op::get_tag: return get_tag(expr);
    case Op::has_tag: return has_tag(expr);
    case Op::get_attribute: return get_attribute(expr);
    case Op::has_attribute: return has_attribute(expr);
    case Op::is: return is(expr);
    case Op::is_in: return is_in(expr);
    case Op::like: return like(expr);
    case Op::set: return set(expr);
    case Op::record: return record(expr);
    case Op::call: return call(expr);
  }
  return success(nullptr, false);
}

TypeAnswer TypeChecker::literal(const Expr& expr) {
  if (expr.value.is(Value::Kind::boolean)) return success(constant(expr.value.as_boolean()));
  if (!expr.value.is(Value::Kind::entity)) return success(rules_.types.of_value_kind(expr.value.kind()));
  // That a type or action is unknown is reported for the policy as a whole.
  const TypeRef type = rules_.declared.type_of_literal(expr.value.as_entity());
  return success(type, type != nullptr);
}

TypeAnswer TypeChecker::variable(const Expr& expr) {
  switch (expr.variable) {
    case Variable::principal: return success(rules_.types.entity(environment_.principal));
    case Variable::action: return success(rules_.types.entity(type_of(environment_.action->uid)));
    case Variable::resource: return success(rules_.types.entity(environment_.resource));
    case Variable::context: return success(rules_.types.from(*environment_.action->context));
  }
  return success(nullptr, false);
}

TypeAnswer TypeChecker::conjunction(const Expr& expr) {
  const std::size_t steps = path_steps(expr);
  TypeAnswer left = steps > 0 ? has_path(expr, steps) : expect_boolean(*expr.operands[0]);
  std::size_t next = std::max<std::size_t>(steps, 1);
  facts_.assume(left.proves);
  for (; next < expr.operands.size() && left.type != constant(false); ++next) {
    TypeAnswer right = expect_boolean(*expr.operands[next]);
    const bool both_typed = left.type != nullptr && right.type != nullptr;
    left.ok = left.ok && right.ok && both_typed;
    if (left.ok && right.type != constant(false) && (right.type == constant(true) || left.type != constant(true))) {
      facts_.assume(right.proves);
      left.proves = united(std::move(left.proves), std::move(right.proves));
    } else {
      facts_.forget(left.proves);
      left.proves.clear();
      if (left.ok && right.type != constant(false)) left.proves = std::move(right.proves);
      facts_.assume(left.proves);
    }
    if (both_typed && (right.type == constant(false) || left.type == constant(true))) {
      left.type = right.type;
    } else if (!both_typed || right.type != constant(true)) {
      left.type = boolean_;
    }
  }
  facts_.forget(left.proves);
  if (typed_ != nullptr) (*typed_)[&expr].reached = static_cast<std::uint32_t>(next);
  return left;
}

TypeAnswer TypeChecker::disjunction(const Expr& expr) {
  TypeAnswer left = expect_boolean(*expr.operands[0]);
  std::size_t next = 1;
  for (; next < expr.operands.size() && left.type != constant(true); ++next) {
    TypeAnswer right = expect_boolean(*expr.operands[next]);
    const bool ok = left.ok && right.ok;
    if (left.type == nullptr || right.type == nullptr) {
      left = success(boolean_, false);
    } else if (right.type == constant(true) || (left.type == constant(false) && right.type != constant(false))) {
      left = std::move(right);
    } else if (right.type != constant(false)) {
      left.type = boolean_;
      left.proves = common(std::move(left.proves), std::move(right.proves));
    }
    left.ok = left.ok && ok;
    if (!left.ok) left.proves.clear();
  }
  if (typed_ != nullptr) (*typed_)[&expr].reached = static_cast<std::uint32_t>(next);
  return left;
}

TypeAnswer TypeChecker::negation(const Expr& operand) {
  const TypeAnswer answer = expect_boolean(operand);
  if (answer.type == nullptr) return success(boolean_, false);
  if (answer.type == boolean_) return success(boolean_, answer.ok);
  return success(constant(answer.type == constant(false)), answer.ok);
}

TypeAnswer TypeChecker::conditional(const Expr& expr) {
  TypeAnswer test = expect_boolean(*expr.operands[0]);
  if (test.type == constant(true)) return branch(expr, std::move(test), *expr.operands[1], true);
  if (test.type == constant(false)) return branch(expr, std::move(test), *expr.operands[2], false);

  facts_.assume(test.proves);
  TypeAnswer then = infer(*expr.operands[1]);
  facts_.forget(test.proves);
  const bool proven = then.ok;
  if (proven) then.proves = united(std::move(then.proves), std::move(test.proves));
  TypeAnswer otherwise = infer(*expr.operands[2]);

  TypeAnswer answer = success(nullptr, test.ok && then.ok && otherwise.ok);
  if (then.type != nullptr && otherwise.type != nullptr) {
    const TypeRef types[] = {then.type, otherwise.type};
    answer.type = bound_of(expr, types, "both branches of an `if`");
  }
  answer.ok = answer.ok && answer.type != nullptr;
  if (answer.ok) answer.proves = common(std::move(then.proves), std::move(otherwise.proves));
  return answer;
}

/// An `if` whose test is constant: only the branch that is taken counts.
TypeAnswer TypeChecker::branch(const Expr& expr, TypeAnswer test, const Expr& taken, bool proven) {
  if (typed_ != nullptr) {
    (*typed_)[&expr].branches = proven ? TypedNode::Branches::then : TypedNode::Branches::otherwise;
  }
  if (proven) facts_.assume(test.proves);
  TypeAnswer answer = infer(taken);
  if (proven) facts_.forget(test.proves);
  answer.ok = answer.ok && test.ok;
  if (!answer.ok) {
    answer.proves.clear();
  } else if (proven) {
    answer.proves = united(std::move(answer.proves), std::move(test.proves));
  }
  return answer;
}

TypeAnswer TypeChecker::expect(const Expr& operand, std::initializer_list<TypeRef> types, Hint hint) {
  return fits(infer(operand), operand, types, hint);
}

TypeAnswer TypeChecker::fits(TypeAnswer answer, const Expr& operand, std::initializer_list<TypeRef> types, Hint hint) {
  if (answer.type == nullptr) return success(nullptr, false);
  const bool fits = std::any_of(types.begin(), types.end(),
                                [&](TypeRef type) { return rules_.permissive.is_subtype(answer.type, type); });
  if (fits) return answer;
  report_.unexpected_type(operand.span, {types.begin(), types.size()}, *answer.type, hint);
  return success(nullptr, false);
}

TypeAnswer TypeChecker::expect_record_or_entity(const Expr& operand, Hint hint) {
  return expect(operand, {of(Kind::any_entity), rules_.types.record({}, true)}, hint);
}

}  // namespace quis
