// Operators of the partial evaluator, all of whose operands are evaluated.
//
// `apply` has values for all of them: the reference interpreter says what comes of it, but for attributes, tags and
// ancestors that open entities have or have not. `reduce` has at least one residual: what the kinds of the operands and
// the schema say decides it, or the operator is built again with what is left of them.

#include <algorithm>
#include <memory>

#include <quis/engine/reference.hpp>

#include "engine/operations.hpp"
#include "engine/operator_kinds.hpp"
#include "engine/partial_evaluator.hpp"

namespace quis {

Partial PartialEvaluator::apply(const Expr& e, const Operands& operands) {
  const auto as_entity = [&] { return operands.front().value.as_entity(); };
  const bool of_entity = !operands.empty() && operands.front().value.is(Value::Kind::entity);
  if (e.op == Op::in) return apply_in(e, operands);
  if (of_entity && (e.op == Op::get_attribute || e.op == Op::has_attribute) && facts_.open_attributes(as_entity())) {
    const Evaluated has = has_attribute(facts_.entities(), operands.front().value, e.name);
    if (!has->as_boolean()) {
      bool undeclared = false;
      const AttributeType* declared = facts_.attribute(facts_.type_of(as_entity()), e.name, undeclared);
      return reduce_declared(e, operands.front(), declared, undeclared, false);
    }
  }
  if (of_entity && (e.op == Op::get_tag || e.op == Op::has_tag) && facts_.open_tags(as_entity())) {
    const Evaluated has = has_tag(facts_.entities(), operands.front().value, operands.back().value);
    if (has && !has->as_boolean()) return reduce_tag(e, operands);
  }
  return apply_closed(e, operands);
}

/// The operator on values, by the reference interpreter.
Partial PartialEvaluator::apply_closed(const Expr& e, const Operands& operands) {
  std::vector<Expr> literals(operands.size());
  std::vector<const Expr*> pointers(operands.size());
  std::uint32_t height = 0;
  std::uint32_t weight = 1;
  bool as_written = true;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    literals[i].op = Op::literal;
    literals[i].value = operands[i].value;
    pointers[i] = &literals[i];
    height = std::max(height, operands[i].expr.height);
    weight += operands[i].expr.weight;
    as_written = as_written && operands[i].expr;
  }
  Expr step = e;
  step.operands = pointers;
  const Evaluated value = quis::evaluate(step, known_, facts_.entities(), arena_);
  if (!value) return failing(e, value.error());
  const bool keeps_form = e.op == Op::set || e.op == Op::record || e.op == Op::call;
  return Partial::of(*value, as_written && keeps_form ? BuiltExpr{&e, height + 1, weight} : BuiltExpr{});
}

Partial PartialEvaluator::apply_in(const Expr& e, const Operands& operands) {
  const Value& left = operands[0].value;
  const Value& right = operands[1].value;
  if (!left.is(Value::Kind::entity)) return failing(e, EvaluationError::mismatch(left.kind(), Value::Kind::entity));
  if (!right.is(Value::Kind::entity) && !right.is(Value::Kind::set)) {
    return failing(e, EvaluationError::mismatch(right.kind(), Value::Kind::set));
  }
  const std::span<const Value> targets = right.is(Value::Kind::entity) ? std::span(&right, 1) : right.as_set().span();
  Tri result = Tri::no;
  for (const Value& target : targets) {
    if (!target.is(Value::Kind::entity)) {
      return failing(e, EvaluationError::mismatch(target.kind(), Value::Kind::entity));
    }
    const Tri holds = facts_.is_in(left.as_entity(), target.as_entity());
    if (holds == Tri::yes || result == Tri::no) result = holds;
  }
  if (result != Tri::unknown) return Partial::of(Value::boolean(result == Tri::yes));
  return residual(e, operands, Shape::of(Value::Kind::boolean), false);
}

Partial PartialEvaluator::reduce(const Expr& e, const Operands& operands) {
  bool may_fail = is_fallible(e);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Partial& p = operands[i];
    const std::optional<Value::Kind> kind = p.kind();
    const std::optional<Value::Kind> wanted = wanted_kind(e, i);
    if (kind && ((wanted && kind != wanted) || !is_possible_kind(e.op, i, *kind))) {
      return Partial::failing(EvaluationError::mismatch(*kind, wanted.value_or(Value::Kind::record)),
                              rebuild(e, operands));
    }
    const bool any_kind = !wanted && (e.op == Op::equal || e.op == Op::not_equal || e.op == Op::contains ||
                                      e.op == Op::set || e.op == Op::record);
    may_fail = may_fail || (p.is_residual() && p.may_fail) || (!kind && !any_kind);
  }
  switch (e.op) {
    case Op::equal:
    case Op::not_equal:
      if (!may_fail && disjoint(operands[0], operands[1])) return Partial::of(Value::boolean(e.op == Op::not_equal));
      break;
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      if (operands[0].kind() && operands[1].kind() && operands[0].kind() != operands[1].kind()) {
        return Partial::failing(EvaluationError::mismatch(*operands[1].kind(), *operands[0].kind()),
                                rebuild(e, operands));
      }
      break;
    case Op::is:
      if (!may_fail && operands[0].shape.entity.valid())
        return Partial::of(Value::boolean(operands[0].shape.entity == e.type));
      break;
    case Op::in: return reduce_in(e, operands, may_fail);
    case Op::get_attribute:
    case Op::has_attribute: return reduce_attribute(e, operands[0]);
    case Op::get_tag:
    case Op::has_tag: return reduce_tag(e, operands);
    default: break;
  }
  const std::optional<Value::Kind> kind = result_kind(e);
  Partial result = residual(e, operands, kind ? Shape::of(*kind) : Shape{}, may_fail);
  if (e.op == Op::record) {
    const std::span<Partial> fields = arena_.allocate_array<Partial>(operands.size());
    std::uninitialized_copy(operands.begin(), operands.end(), fields.begin());
    result.fields = fields;
  }
  return result;
}

/// Targets that the schema says no such entity can be in are left out.
Partial PartialEvaluator::reduce_in(const Expr& e, const Operands& operands, bool may_fail) {
  const TypeId type = entity_type(operands[0]);
  const auto possible = [&](const Value& target) { return facts_.may_be_in(type, facts_.type_of(target.as_entity())); };
  const Partial& right = operands[1];
  if (right.is_residual()) {
    const TypeId target = right.shape.entity;
    if (!may_fail && target.valid() && !facts_.may_be_in(type, target)) return Partial::of(Value::boolean(false));
    // Only a set of entities, or an entity, may stand to the right.
    const bool set_of_entities = right.shape.type != nullptr && right.shape.type->kind() == Value::Kind::set &&
                                 right.shape.type->element()->kind() == Value::Kind::entity;
    const bool sure = right.shape.is(Value::Kind::entity) || set_of_entities;
    return residual(e, operands, Shape::of(Value::Kind::boolean), may_fail || !sure);
  }
  if (right.value.is(Value::Kind::entity)) {
    if (!may_fail && !possible(right.value)) return Partial::of(Value::boolean(false));
    return residual(e, operands, Shape::of(Value::Kind::boolean), may_fail);
  }
  std::vector<Value> targets;
  for (const Value& target : right.value.as_set().span()) {
    if (!target.is(Value::Kind::entity)) {
      return Partial::failing(EvaluationError::mismatch(target.kind(), Value::Kind::entity), rebuild(e, operands));
    }
    if (possible(target)) targets.push_back(target);
  }
  if (targets.empty() && !may_fail) return Partial::of(Value::boolean(false));
  Operands reduced = operands;
  if (targets.size() < right.value.as_set().size) reduced[1] = Partial::of(arena_.set(targets));
  return residual(e, reduced, Shape::of(Value::Kind::boolean), may_fail);
}

/// A residual record that the policy writes out.
Partial PartialEvaluator::reduce_field(const Expr& e, const Partial& record) {
  const std::span<const SymbolId> keys = record.expr ? record.expr.expr->keys : std::span<const SymbolId>{};
  const auto at = static_cast<std::size_t>(std::find(keys.begin(), keys.end(), e.name) - keys.begin());
  const bool found = at < keys.size() && at < record.fields.size();
  const bool get = e.op == Op::get_attribute;
  if (!found && get) return Partial::failing(EvaluationError::missing_attribute(e.name), rebuild(e, {&record, 1}));
  if (!get && !record.may_fail) return Partial::of(Value::boolean(found));
  if (!get) return residual(e, {&record, 1}, Shape::of(Value::Kind::boolean), true);
  const Partial& field = record.fields[at];
  bool others_may_fail = false;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    others_may_fail = others_may_fail || (i != at && record.fields[i].may_fail);
  }
  if (!others_may_fail) return field;
  const std::optional<Value::Kind> kind = field.kind();
  return residual(e, {&record, 1}, kind ? Shape::of(*kind) : Shape{}, true);
}

Partial PartialEvaluator::reduce_attribute(const Expr& e, const Partial& subject) {
  if (!subject.fields.empty()) return reduce_field(e, subject);
  const Shape& shape = subject.shape;
  if (shape.open_context) {
    if (const Value* known = request_.context.as_record().find(e.name)) {
      return Partial::of(e.op == Op::get_attribute ? *known : Value::boolean(true));
    }
  }
  if (shape.is(Value::Kind::record) && shape.type != nullptr) {
    const AttributeType* declared = shape.type->find(e.name);
    return reduce_declared(e, subject, declared, declared == nullptr, true);
  }
  bool undeclared = false;
  const AttributeType* declared = nullptr;
  if (shape.is(Value::Kind::entity)) declared = facts_.attribute(shape.entity, e.name, undeclared);
  return reduce_declared(e, subject, declared, undeclared, shape.exists);
}

/// An attribute of which no more is known than what its declaration says, if it has one. `exists`: the subject has what
/// its type requires.
Partial PartialEvaluator::reduce_declared(const Expr& e, const Partial& subject, const AttributeType* declared,
                                          bool undeclared, bool exists) {
  const bool subject_fails = subject.is_residual() && (subject.may_fail || !subject.shape.known);
  const bool present = declared != nullptr && declared->required && exists;
  if (e.op == Op::has_attribute) {
    if (!subject_fails && (undeclared || present)) return Partial::of(Value::boolean(present));
    return residual(e, {&subject, 1}, Shape::of(Value::Kind::boolean), subject_fails);
  }
  if (undeclared) return Partial::failing(EvaluationError::missing_attribute(e.name), rebuild(e, {&subject, 1}));
  return residual(e, {&subject, 1}, declared != nullptr ? Shape::of(*declared->type) : Shape{},
                  subject_fails || !present);
}

Partial PartialEvaluator::reduce_tag(const Expr& e, const Operands& operands) {
  bool undeclared = false;
  const Type* type = facts_.tags(entity_type(operands[0]), undeclared);
  bool may_fail = false;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    may_fail = may_fail || (operands[i].is_residual() && operands[i].may_fail) || !operands[i].kind();
  }
  if (e.op == Op::has_tag) {
    if (undeclared && !may_fail) return Partial::of(Value::boolean(false));
    return residual(e, operands, Shape::of(Value::Kind::boolean), may_fail);
  }
  if (undeclared) return Partial::failing(EvaluationError::missing_tag({}), rebuild(e, operands));
  return residual(e, operands, type != nullptr ? Shape::of(*type) : Shape{}, true);
}

TypeId PartialEvaluator::entity_type(const Partial& partial) const noexcept {
  if (!partial.is_value()) return partial.shape.entity;
  return partial.value.is(Value::Kind::entity) ? facts_.type_of(partial.value.as_entity()) : TypeId{};
}

bool PartialEvaluator::disjoint(const Partial& a, const Partial& b) const noexcept {
  if (!a.kind() || !b.kind()) return false;
  if (*a.kind() != *b.kind()) return true;
  const TypeId left = entity_type(a);
  const TypeId right = entity_type(b);
  return left.valid() && right.valid() && left != right;
}

}  // namespace quis
