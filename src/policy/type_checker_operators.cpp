// Types of operators that compute: equality, order, arithmetic, sets, records, extension functions.

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <quis/base/extension.hpp>

#include "policy/type_checker.hpp"

namespace quis {

namespace {

/// Whether the constructor reads the text.
bool reads(ExtensionFunction constructor, std::string_view text) {
  switch (constructor) {
    case ExtensionFunction::decimal: return parse_decimal(text).has_value();
    case ExtensionFunction::ip: return parse_ip(text).has_value();
    case ExtensionFunction::datetime: return parse_datetime(text).has_value();
    case ExtensionFunction::duration: return parse_duration(text).has_value();
    default: return true;
  }
}

bool has_order(const StaticType& type) noexcept {
  return type.is(StaticType::Kind::integer) || type.is(StaticType::Kind::datetime) ||
         type.is(StaticType::Kind::duration);
}

}  // namespace

TypeAnswer TypeChecker::equality(const Expr& expr, bool negated) {
  const Expr& left = *expr.operands[0];
  const Expr& right = *expr.operands[1];
  const TypeAnswer left_answer = infer(left);
  const TypeAnswer right_answer = infer(right);
  const bool ok = left_answer.ok && right_answer.ok;
  const TypeRef type = type_of_equality(left, left_answer.type, right, right_answer.type);
  if (type != boolean_) return success(constant((type == constant(true)) != negated), ok);
  return require_common(expr, left_answer.type, right_answer.type, "both sides of an equality", ok);
}

TypeRef TypeChecker::type_of_equality(const Expr& left, TypeRef left_type, const Expr& right, TypeRef right_type) {
  if (left_type != nullptr && right_type != nullptr && are_disjoint(*left_type, *right_type)) return constant(false);
  const auto literal_shape = [this](const Expr& expr) -> std::optional<ExpressionShapes::Shape> {
    if (expr.op == Op::variable && expr.variable == Variable::action) {
      return shapes_.of_entity(environment_.action->uid);
    }
    // Chains of constants are constants.
    if (expr.op != Op::literal && expr.op != Op::and_ && expr.op != Op::or_) return std::nullopt;
    const ExpressionShapes::Shape shape = shapes_.of(expr);
    return shapes_.is_literal(shape) ? std::optional(shape) : std::nullopt;
  };
  const auto left_shape = literal_shape(left);
  const auto right_shape = left_shape ? literal_shape(right) : std::nullopt;
  return left_shape && right_shape ? constant(*left_shape == *right_shape) : boolean_;
}

/// A boolean; in strict mode only if the types, where they are known, have a common bound.
TypeAnswer TypeChecker::require_common(const Expr& expr, TypeRef left, TypeRef right, std::string_view what, bool ok) {
  if (rules_.strict && left != nullptr && right != nullptr) {
    const TypeRef types[] = {left, right};
    ok = bound_of(expr, types, what) != nullptr && ok;
  }
  return success(boolean_, ok);
}

/// The least upper bound of the types; null, and an error, when there is none.
TypeRef TypeChecker::bound_of(const Expr& expr, std::span<const TypeRef> types, std::string_view what) {
  TypeRef bound = of(Kind::never);
  LubProblem problem = LubProblem::none;
  for (const TypeRef type : types) {
    bound = rules_.relations.least_upper_bound(bound, type, problem);
    if (bound != nullptr) continue;
    report_.incompatible_types(expr.span, types, what, problem);
    break;
  }
  return bound;
}

TypeAnswer TypeChecker::comparison(const Expr& expr) {
  const TypeAnswer left = infer(*expr.operands[0]);
  const TypeAnswer right = infer(*expr.operands[1]);
  if (left.type == nullptr || right.type == nullptr) return success(boolean_, false);
  if (left.type == right.type && has_order(*left.type)) return success(boolean_, left.ok && right.ok);

  const TypeRef integer = of(Kind::integer);
  const TypeRef ordered[] = {of(Kind::datetime), of(Kind::duration), integer};
  const auto wrong = [&](std::size_t operand, std::span<const TypeRef> expected, TypeRef found) {
    report_.unexpected_type(expr.operands[operand]->span, expected, *found, Hint::comparison);
  };
  if (left.type == integer || (right.type != integer && has_order(*left.type))) {
    wrong(1, {&left.type, 1}, right.type);
  } else if (has_order(*right.type)) {
    wrong(0, {&right.type, 1}, left.type);
  } else {
    wrong(0, ordered, left.type);
    wrong(1, ordered, right.type);
  }
  return success(boolean_, false);
}

TypeAnswer TypeChecker::arithmetic(const Expr& expr) {
  const Hint hint = expr.op == Op::add ? Hint::addition : Hint::arithmetic;
  const TypeRef integer = of(Kind::integer);
  bool ok = true;
  for (const Expr* operand : expr.operands) ok = expect(*operand, {integer}, hint).ok && ok;
  return success(integer, ok);
}

TypeAnswer TypeChecker::contains(const Expr& expr) {
  const TypeAnswer set = expect(*expr.operands[0], {rules_.types.set_of(nullptr)}, Hint::set_operand);
  const TypeAnswer element = infer(*expr.operands[1]);
  const TypeRef elements = set.type != nullptr && set.type->is(Kind::set) ? set.type->element : nullptr;
  return require_common(expr, elements, element.type, "the elements of the set and what `contains` looks for",
                        set.ok && element.ok);
}

TypeAnswer TypeChecker::contains_many(const Expr& expr) {
  const TypeRef any_set = rules_.types.set_of(nullptr);
  const TypeAnswer left = expect(*expr.operands[0], {any_set}, Hint::set_operand);
  const TypeAnswer right = expect(*expr.operands[1], {any_set}, Hint::second_set);
  return require_common(expr, left.type, right.type, "the elements of both sets", left.ok && right.ok);
}

TypeAnswer TypeChecker::is_empty(const Expr& expr) {
  const TypeAnswer set = expect(*expr.operands[0], {rules_.types.set_of(nullptr)}, Hint::emptiness);
  return success(boolean_, set.ok);
}

TypeAnswer TypeChecker::like(const Expr& expr) {
  return success(boolean_, expect(*expr.operands[0], {of(Kind::string)}, Hint::like).ok);
}

TypeAnswer TypeChecker::set(const Expr& expr) {
  bool ok = true;
  bool all_typed = true;
  std::vector<TypeRef> types;
  types.reserve(expr.operands.size());
  for (const Expr* operand : expr.operands) {
    const TypeAnswer element = infer(*operand);
    ok = ok && element.ok;
    all_typed = all_typed && element.type != nullptr;
    types.push_back(element.type);
  }
  if (types.empty() && rules_.strict) {
    report_.empty_set(expr.span);
    return success(nullptr, false);
  }
  const TypeRef bound = all_typed ? bound_of(expr, types, "the elements of a set") : nullptr;
  if (bound == nullptr) return success(nullptr, false);
  return success(rules_.types.set_of(bound), ok);
}

TypeAnswer TypeChecker::record(const Expr& expr) {
  bool ok = true;
  bool all_typed = true;
  std::vector<StaticField> fields;
  fields.reserve(expr.operands.size());
  for (std::size_t i = 0; i < expr.operands.size(); ++i) {
    const TypeAnswer value = infer(*expr.operands[i]);
    ok = ok && value.ok;
    all_typed = all_typed && value.type != nullptr;
    fields.push_back({expr.keys[i], value.type, true});
  }
  if (!all_typed) return success(nullptr, false);
  return success(rules_.types.record(std::move(fields), false), ok);
}

TypeAnswer TypeChecker::call(const Expr& expr) {
  const ExtensionSignature& signature = signature_of(expr.function);
  const TypeRef result = rules_.types.of_value_kind(signature.result);
  bool ok = check_call(expr);
  const bool by_type = ok;
  for (std::size_t i = 0; i < expr.operands.size(); ++i) {
    if (by_type) {
      ok = expect(*expr.operands[i], {rules_.types.of_value_kind(signature.arguments[i])}).ok && ok;
    } else {
      (void)infer(*expr.operands[i]);
    }
  }
  return success(result, ok);
}

/// What can be said of a call without the types of its arguments.
bool TypeChecker::check_call(const Expr& expr) {
  const ExtensionSignature& signature = signature_of(expr.function);
  bool ok = true;
  if (expr.operands.size() != signature.arity) {
    report_.wrong_arity(expr, signature);
    ok = false;
  }
  if (!signature.is_constructor) return ok;
  const auto is_literal = [this](const Expr* operand) {
    if (operand->op == Op::literal) return true;
    return (operand->op == Op::and_ || operand->op == Op::or_) && shapes_.is_literal(shapes_.of(*operand));
  };
  if (expr.operands.size() == 1 && expr.operands[0]->op == Op::literal &&
      expr.operands[0]->value.is(Value::Kind::string) && !reads(expr.function, expr.operands[0]->value.as_string())) {
    report_.unreadable_argument(expr, signature);
    ok = false;
  }
  if (rules_.strict && !std::all_of(expr.operands.begin(), expr.operands.end(), is_literal)) {
    report_.not_literal(expr, signature);
    ok = false;
  }
  return ok;
}

}  // namespace quis
