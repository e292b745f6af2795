#include <quis/engine/reference.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/operations.hpp"

namespace quis {
namespace {

/// Walks the parents instead of trusting the closed ancestor lists, so that it checks them.
bool reaches(const Entities& entities, EntityId from, EntityId target) {
  std::vector<EntityId> open{from};
  std::unordered_set<EntityId> seen{from};
  while (!open.empty()) {
    const EntityId entity = open.back();
    open.pop_back();
    if (entity == target) return true;
    const EntityRecord* record = entities.find(entity);
    if (record == nullptr) continue;
    for (const EntityId parent : record->direct_parents()) {
      if (seen.insert(parent).second) open.push_back(parent);
    }
  }
  return false;
}

class Interpreter {
 public:
  Interpreter(const Request& request, const Entities& entities, ValueArena& arena) noexcept
      : request_(request), entities_(entities), arena_(arena) {}

  Evaluated evaluate(const Expr& e) {
    switch (e.op) {
      case Op::literal: return e.value;
      case Op::variable: return variable(e.variable);
      case Op::and_: return junction(e, false);
      case Op::or_: return junction(e, true);
      case Op::if_: return conditional(e);
      case Op::set: return set(e);
      case Op::record: return record(e);
      case Op::call: return call(e);
      default: break;
    }
    const Evaluated left = evaluate(*e.operands[0]);
    if (!left) return left;
    switch (e.op) {
      case Op::not_:
        if (!left->is(Value::Kind::boolean)) return mismatch(*left, Value::Kind::boolean);
        return Value::boolean(!left->as_boolean());
      case Op::negate: return negate(*left);
      case Op::is_empty:
        if (!left->is(Value::Kind::set)) return mismatch(*left, Value::Kind::set);
        return Value::boolean(left->as_set().size == 0);
      case Op::get_attribute: return get_attribute(entities_, *left, e.name);
      case Op::has_attribute: return has_attribute(entities_, *left, e.name);
      case Op::is: return is_type(*left, e.type, request_.names);
      case Op::like: return like(*left, e.pattern);
      case Op::is_in: {
        const Evaluated typed = is_type(*left, e.type, request_.names);
        if (!typed || !typed->as_boolean()) return typed;
        break;
      }
      default: break;
    }
    const Evaluated right = evaluate(*e.operands[1]);
    if (!right) return right;
    return binary(e.op, *left, *right);
  }

  bool is_in(EntityId entity, EntityId ancestor) const { return reaches(entities_, entity, ancestor); }

 private:
  Value variable(Variable v) const noexcept {
    switch (v) {
      case Variable::principal: return Value::entity(request_.principal);
      case Variable::action: return Value::entity(request_.action);
      case Variable::resource: return Value::entity(request_.resource);
      case Variable::context: break;
    }
    return request_.context;
  }

  /// `&&` stops at the first false operand, `||` at the first true one; each operand reached must be a boolean.
  Evaluated junction(const Expr& e, bool stop) {
    for (const Expr* operand : e.operands) {
      const Evaluated value = evaluate(*operand);
      if (!value) return value;
      if (!value->is(Value::Kind::boolean)) return mismatch(*value, Value::Kind::boolean);
      if (value->as_boolean() == stop) return Value::boolean(stop);
    }
    return Value::boolean(!stop);
  }

  Evaluated conditional(const Expr& e) {
    const Evaluated condition = evaluate(*e.operands[0]);
    if (!condition) return condition;
    if (!condition->is(Value::Kind::boolean)) return mismatch(*condition, Value::Kind::boolean);
    return evaluate(*e.operands[condition->as_boolean() ? 1 : 2]);
  }

  Evaluated set(const Expr& e) {
    std::vector<Value> elements;
    for (const Expr* operand : e.operands) {
      const Evaluated value = evaluate(*operand);
      if (!value) return value;
      elements.push_back(*value);
    }
    return arena_.set(elements);
  }

  Evaluated record(const Expr& e) {
    std::vector<std::pair<SymbolId, Value>> fields;
    for (std::size_t i = 0; i < e.operands.size(); ++i) {
      const Evaluated value = evaluate(*e.operands[i]);
      if (!value) return value;
      fields.emplace_back(e.keys[i], *value);
    }
    return *arena_.record(fields);  // the parsers refuse a key that stands twice
  }

  Evaluated call(const Expr& e) {
    std::vector<Value> arguments;
    for (const Expr* operand : e.operands) {
      const Evaluated value = evaluate(*operand);
      if (!value) return value;
      arguments.push_back(*value);
    }
    return call_extension(e.function, arguments, arena_);
  }

  Evaluated binary(Op op, const Value& left, const Value& right) const {
    switch (op) {
      case Op::equal: return Value::boolean(left == right);
      case Op::not_equal: return Value::boolean(!(left == right));
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal: return order(op, left, right);
      case Op::add:
      case Op::subtract:
      case Op::multiply: return arithmetic(op, left, right);
      case Op::in:
      case Op::is_in: return in(left, right);
      case Op::get_tag: return get_tag(entities_, left, right);
      case Op::has_tag: return has_tag(entities_, left, right);
      default: break;
    }
    if (!left.is(Value::Kind::set)) return mismatch(left, Value::Kind::set);
    const auto elements = left.as_set().span();
    const auto holds = [&](const Value& v) { return std::find(elements.begin(), elements.end(), v) != elements.end(); };
    if (op == Op::contains) return Value::boolean(holds(right));
    if (!right.is(Value::Kind::set)) return mismatch(right, Value::Kind::set);
    const auto others = right.as_set().span();
    return Value::boolean(op == Op::contains_all ? std::all_of(others.begin(), others.end(), holds)
                                                 : std::any_of(others.begin(), others.end(), holds));
  }

  Evaluated in(const Value& left, const Value& right) const {
    if (!left.is(Value::Kind::entity)) return mismatch(left, Value::Kind::entity);
    if (right.is(Value::Kind::entity)) return Value::boolean(is_in(left.as_entity(), right.as_entity()));
    if (!right.is(Value::Kind::set)) return mismatch(right, Value::Kind::set);
    const auto targets = right.as_set().span();
    for (const Value& target : targets) {
      if (!target.is(Value::Kind::entity)) return mismatch(target, Value::Kind::entity);
    }
    return Value::boolean(std::any_of(targets.begin(), targets.end(), [&](const Value& target) {
      return is_in(left.as_entity(), target.as_entity());
    }));
  }

  const Request& request_;
  const Entities& entities_;
  ValueArena& arena_;
};

bool matches_scope(const ScopeConstraint& constraint, EntityId entity, const Request& request, const Interpreter& in) {
  const auto type_fits = [&] { return type_of(entity, request.names) == constraint.type; };
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return true;
    case ScopeConstraint::Kind::equal: return entity == constraint.entity;
    case ScopeConstraint::Kind::in: return in.is_in(entity, constraint.entity);
    case ScopeConstraint::Kind::is: return type_fits();
    case ScopeConstraint::Kind::is_in: return type_fits() && in.is_in(entity, constraint.entity);
  }
  return false;
}

bool matches_action(const ActionConstraint& constraint, EntityId action, const Interpreter& in) {
  switch (constraint.kind) {
    case ActionConstraint::Kind::any: return true;
    case ActionConstraint::Kind::equal: return action == constraint.entities.front();
    case ActionConstraint::Kind::in:
      return std::any_of(constraint.entities.begin(), constraint.entities.end(),
                         [&](EntityId group) { return in.is_in(action, group); });
  }
  return false;
}

}  // namespace

tl::expected<Value, EvaluationError> evaluate(const Expr& expression, const Request& request, const Entities& entities,
                                              ValueArena& arena) {
  return Interpreter(request, entities, arena).evaluate(expression);
}

bool scope_matches(const Policy& policy, const Request& request, const Entities& entities) {
  ValueArena none;
  const Interpreter in(request, entities, none);
  return matches_scope(policy.principal(), request.principal, request, in) &&
         matches_action(policy.body->action, request.action, in) &&
         matches_scope(policy.resource(), request.resource, request, in);
}

Verdict evaluate(const Policy& policy, const Request& request, const Entities& entities, ValueArena& arena,
                 EvaluationError& error) {
  if (!scope_matches(policy, request, entities)) return Verdict::not_satisfied;
  Interpreter interpreter(request, entities, arena);
  for (const Condition& condition : policy.body->conditions) {
    const Evaluated value = interpreter.evaluate(*condition.body);
    if (!value) {
      error = value.error();
      return Verdict::error;
    }
    if (!value->is(Value::Kind::boolean)) {
      error = EvaluationError::mismatch(value->kind(), Value::Kind::boolean);
      return Verdict::error;
    }
    if (value->as_boolean() == condition.negated) return Verdict::not_satisfied;
  }
  return Verdict::satisfied;
}

}  // namespace quis
