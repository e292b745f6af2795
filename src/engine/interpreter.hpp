#pragma once

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>

#include "engine/operations.hpp"

/// The walk over the syntax tree that defines what a Cedar expression means. An observer sees every node that is
/// reached, with the value or the error it gave, operands before operators; explanations and coverage are made of that,
/// so they can never tell another story than the decision.
namespace quis {

/// Sees nothing, costs nothing.
struct NoObserver {
  void operator()(const Expr& /*expression*/, const Evaluated& /*value*/) const noexcept {}
};

/// Walks the parents instead of trusting the closed ancestor lists, so that it checks them.
inline bool reaches(const Entities& entities, EntityId from, EntityId target) {
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

template <class Observer = NoObserver>
class Interpreter {
 public:
  Interpreter(const Request& request, const Entities& entities, ValueArena& arena, Observer observer = {}) noexcept
      : request_(request), entities_(entities), arena_(arena), observer_(observer) {}

  Evaluated evaluate(const Expr& e) {
    const Evaluated value = compute(e);
    observer_(e, value);
    return value;
  }

 private:
  Evaluated compute(const Expr& e) {
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
    if (right.is(Value::Kind::entity)) return Value::boolean(reaches(entities_, left.as_entity(), right.as_entity()));
    if (!right.is(Value::Kind::set)) return mismatch(right, Value::Kind::set);
    const auto targets = right.as_set().span();
    for (const Value& target : targets) {
      if (!target.is(Value::Kind::entity)) return mismatch(target, Value::Kind::entity);
    }
    return Value::boolean(std::any_of(targets.begin(), targets.end(), [&](const Value& target) {
      return reaches(entities_, left.as_entity(), target.as_entity());
    }));
  }

  const Request& request_;
  const Entities& entities_;
  ValueArena& arena_;
  Observer observer_;
};

}  // namespace quis
