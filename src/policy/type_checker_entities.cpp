// Types of what looks into entities and records: attributes, tags, `is` and `in`.

#include <algorithm>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "policy/type_checker.hpp"

namespace quis {

TypeAnswer TypeChecker::get_attribute(const Expr& expr) {
  const Expr& operand = *expr.operands[0];
  const TypeAnswer target = expect_record_or_entity(operand);
  if (target.type == nullptr) return success(nullptr, false);
  const TypeRef attributes = rules_.declared.attributes_of(target.type);
  const StaticField* field = attributes == nullptr ? nullptr : attributes->find(expr.name);
  if (field == nullptr) {
    report_missing(expr, target.type, expr.name);
    return success(nullptr, false);
  }
  if (field->required || facts_.holds(facts_.attribute(operand, expr.name))) return success(field->type, target.ok);
  report_optional(expr, operand, target.type, expr.name);
  return success(field->type, false);
}

TypeAnswer TypeChecker::has_attribute(const Expr& expr) {
  const Expr& operand = *expr.operands[0];
  const TypeAnswer target = expect_record_or_entity(operand, Hint::attribute);
  if (target.type == nullptr) return success(boolean_, false);
  const TypeRef attributes = rules_.declared.attributes_of(target.type);
  const StaticField* field = attributes == nullptr ? nullptr : attributes->find(expr.name);
  if (field == nullptr) {
    const bool possible = rules_.declared.may_have(target.type, expr.name);
    return success(possible ? boolean_ : constant(false), target.ok);
  }
  const Capability fact = facts_.attribute(operand, expr.name);
  // A required attribute of an entity proves nothing: the entity itself need not exist.
  const bool certain = (field->required && target.type->is(Kind::record)) || facts_.holds(fact);
  TypeAnswer answer = success(certain ? constant(true) : boolean_, target.ok);
  if (answer.ok) answer.proves = {fact};
  return answer;
}

// `e has a.b.c`: `e has a && e.a has b && e.a.b has c`, checked in one go, because Cedar does; what differs from a
// chain by hand is that a step which is certain proves nothing.
TypeAnswer TypeChecker::has_path(const Expr& chain, std::size_t steps) {
  const TypeAnswer base = expect_record_or_entity(*chain.operands[0]->operands[0], Hint::attribute);
  if (base.type == nullptr) return success(boolean_, false);

  std::vector<TypeAnswer> done;
  done.reserve(steps);
  bool failed = false;
  TypeRef at = base.type;
  for (std::size_t i = 0; i < steps; ++i) {
    const Expr& target = *chain.operands[i]->operands[0];
    const SymbolId name = chain.operands[i]->name;
    if (!at->is(Kind::record) && !at->is(Kind::entity)) {
      const TypeRef expected[] = {of(Kind::any_entity), rules_.types.record({}, true)};
      report_.unexpected_type(target.span, expected, *at, Hint::attribute);
      failed = true;
      break;
    }
    const StaticField* field = rules_.declared.attributes_of(at)->find(name);
    TypeAnswer step = success(boolean_);
    if (field == nullptr) {
      if (!rules_.declared.may_have(at, name)) step.type = constant(false);
    } else {
      const Capability fact = facts_.attribute(target, name);
      if (facts_.holds(fact) || (field->required && at->is(Kind::record))) {
        step.type = constant(true);
      } else {
        step.proves = {fact};
      }
    }
    const bool last = i + 1 == steps || step.type == constant(false);
    facts_.assume(step.proves);
    done.push_back(std::move(step));
    if (last) break;
    if (field == nullptr) {
      report_missing(*chain.operands[i + 1]->operands[0], at, name);
      failed = true;
      break;
    }
    at = field->type;
  }
  for (const TypeAnswer& step : done) facts_.forget(step.proves);
  if (failed) return success(boolean_, false);

  TypeAnswer all = std::move(done.back());
  done.pop_back();
  for (; !done.empty() && all.type != constant(false); done.pop_back()) {
    all.proves = united(std::move(all.proves), std::move(done.back().proves));
    if (all.type == constant(true)) all.type = done.back().type;
  }
  all.ok = base.ok;
  if (!all.ok || all.type == constant(false)) all.proves.clear();
  return all;
}

TypeAnswer TypeChecker::has_tag(const Expr& expr) {
  const TypeAnswer entity = expect(*expr.operands[0], {of(Kind::any_entity)});
  const TypeAnswer key = expect(*expr.operands[1], {of(Kind::string)});
  if (entity.type == nullptr) return success(nullptr, false);
  const Capability fact = facts_.tag(*expr.operands[0], *expr.operands[1]);
  TypeAnswer answer = success(boolean_, entity.ok && key.ok);
  if (rules_.declared.tags_of(entity.type).empty()) {
    answer.type = constant(false);
  } else if (facts_.holds(fact)) {
    answer.type = constant(true);
  }
  if (answer.ok) answer.proves = {fact};
  return answer;
}

TypeAnswer TypeChecker::get_tag(const Expr& expr) {
  const TypeAnswer entity = expect(*expr.operands[0], {of(Kind::any_entity)});
  const TypeAnswer key = expect(*expr.operands[1], {of(Kind::string)});
  if (entity.type == nullptr) return success(nullptr, false);
  if (!facts_.holds(facts_.tag(*expr.operands[0], *expr.operands[1]))) {
    report_.unsafe_tag(expr, *entity.type);
    return success(nullptr, false);
  }
  const std::vector<TypeRef> tags = rules_.declared.tags_of(entity.type);
  if (tags.empty()) {
    report_.no_tags(expr, *entity.type);
    return success(nullptr, false);
  }
  const TypeRef bound = bound_of(expr, tags, "the tags that `getTag` may find");
  return success(bound, bound != nullptr && entity.ok && key.ok);
}

TypeAnswer TypeChecker::is(const Expr& expr) {
  return is(expect(*expr.operands[0], {of(Kind::any_entity)}, Hint::type_test), expr.type);
}

TypeAnswer TypeChecker::is(const TypeAnswer& entity, TypeId type) {
  if (entity.type == nullptr) return success(boolean_, false);
  const auto& possible = entity.type->entities;
  if (!std::binary_search(possible.begin(), possible.end(), type)) return success(constant(false), entity.ok);
  return success(possible.size() == 1 ? constant(true) : boolean_, entity.ok);
}

TypeAnswer TypeChecker::is_in(const Expr& expr) {
  const TypeAnswer entity = expect(*expr.operands[0], {of(Kind::any_entity)}, Hint::type_test);
  TypeAnswer is_type = is(entity, expr.type);
  const bool possible = is_type.type != constant(false);
  if (typed_ != nullptr) (*typed_)[&expr].reached = possible ? 2 : 1;
  if (!possible) return is_type;
  TypeAnswer within = in(*expr.operands[0], entity, *expr.operands[1]);
  within.ok = within.ok && is_type.ok;
  if (within.type == constant(true)) within.type = is_type.type;
  if (within.type != constant(false) && is_type.type != constant(true)) within.type = boolean_;
  return within;
}

TypeAnswer TypeChecker::in(const Expr& expr) {
  return in(*expr.operands[0], expect(*expr.operands[0], {of(Kind::any_entity)}, Hint::left_of_in), *expr.operands[1]);
}

TypeAnswer TypeChecker::in(const Expr& left, const TypeAnswer& left_answer, const Expr& right) {
  const TypeRef any_entity = of(Kind::any_entity);
  const TypeAnswer right_answer = expect(right, {rules_.types.set_of(any_entity), any_entity}, Hint::right_of_in);
  if (!left_answer.ok || !right_answer.ok) return success(boolean_, false);

  const EntityId action = literal_entity(left);
  std::vector<EntityId> entities;
  if (action.valid() && is_action_type(type_of(action)) && literal_entities(right, entities)) {
    return action_in(action, entities);
  }
  TypeRef above = right_answer.type;
  if (above->is(Kind::set)) above = above->element;
  if (!left_answer.type->is(Kind::entity) || !above->is(Kind::entity)) return success(boolean_);
  return success(rules_.declared.may_be_in(left_answer.type, above) ? boolean_ : constant(false));
}

/// Which actions are in which is fixed by the schema. An action is in nothing but actions.
TypeAnswer TypeChecker::action_in(EntityId action, std::span<const EntityId> entities) {
  const ActionDeclaration* declared = rules_.declared.schema().find(action);
  const bool within = std::any_of(entities.begin(), entities.end(), [&](EntityId one) {
    return one == action ||
           (declared != nullptr && std::binary_search(declared->ancestors.begin(), declared->ancestors.end(), one));
  });
  return success(constant(within));
}

/// The entity that a literal or the variable `action` is; invalid for all else.
EntityId TypeChecker::literal_entity(const Expr& expr) const {
  if (expr.op == Op::variable && expr.variable == Variable::action) return environment_.action->uid;
  return expr.op == Op::literal && expr.value.is(Value::Kind::entity) ? expr.value.as_entity() : EntityId{};
}

/// The same for one of them or a set of nothing but them; false otherwise.
bool TypeChecker::literal_entities(const Expr& expr, std::vector<EntityId>& entities) const {
  if (expr.op != Op::set) {
    entities.push_back(literal_entity(expr));
    return entities.back().valid();
  }
  return std::all_of(expr.operands.begin(), expr.operands.end(), [&](const Expr* operand) {
    entities.push_back(literal_entity(*operand));
    return entities.back().valid();
  });
}

void TypeChecker::report_missing(const Expr& access, TypeRef type, SymbolId name) {
  report_.missing_attribute(access, *type, name, rules_.declared.attributes_of(type),
                            rules_.declared.may_have(type, name));
}

void TypeChecker::report_optional(const Expr& access, const Expr& target, TypeRef type, SymbolId name) {
  report_.optional_attribute(access, target, *type, name);
}

}  // namespace quis
