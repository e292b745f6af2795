#include "engine/policy_reducer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace quis {
namespace {

using Kind = ScopeConstraint::Kind;

/// Decides a constraint as far as possible, and leaves in it what could not be. `assumed` becomes what the entity is
/// known to be where the constraint holds. `allowed`: the types that the schema lets it have, or null.
Tri reduce_scope(ScopeConstraint& constraint, PartialEntity& assumed, const std::vector<TypeId>* allowed,
                 const PartialFacts& facts) {
  const bool typed = constraint.kind == Kind::is || constraint.kind == Kind::is_in;
  const bool grouped = constraint.kind == Kind::in || constraint.kind == Kind::is_in;
  if (assumed.entity.valid()) {
    const EntityId entity = assumed.entity;
    if (constraint.kind == Kind::equal) return tri(entity == constraint.entity);
    if (typed && facts.type_of(entity) != constraint.type) return Tri::no;
    return grouped ? facts.is_in(entity, constraint.entity) : Tri::yes;
  }
  const auto fits = [&](TypeId type) {
    if (assumed.type.valid()) return assumed.type == type;
    return allowed == nullptr || std::find(allowed->begin(), allowed->end(), type) != allowed->end();
  };
  if (constraint.kind == Kind::any) return Tri::yes;
  if (constraint.kind == Kind::equal) {
    if (!fits(facts.type_of(constraint.entity))) return Tri::no;
    assumed = PartialEntity::known(constraint.entity);
    return Tri::unknown;
  }
  if (typed) {
    if (!fits(constraint.type)) return Tri::no;
    if (assumed.type.valid()) {
      constraint.kind = grouped ? Kind::in : Kind::any;
      if (!grouped) return Tri::yes;
    }
    assumed.type = constraint.type;
  }
  if (grouped && !facts.may_be_in(assumed.type, facts.type_of(constraint.entity))) return Tri::no;
  return Tri::unknown;
}

}  // namespace

PolicyReducer::PolicyReducer(const Entities& entities, const PartialRequest& request, const Schema* schema,
                             LocalIds local_ids)
    : request_(request),
      facts_(entities, request_, schema),
      storage_(std::make_shared<Storage>()),
      builder_(storage_->nodes),
      expressions_(builder_, local_ids == LocalIds::intern ? request_.names : nullptr, limits::kMaxResidualNodes),
      evaluator_(facts_, request_, builder_, expressions_, scratch_) {}

Tri PolicyReducer::action_matches(const ActionConstraint& constraint) const {
  if (constraint.kind == ActionConstraint::Kind::any) return Tri::yes;
  Tri result = Tri::no;
  for (const EntityId action : constraint.entities) {
    const Tri holds = constraint.kind == ActionConstraint::Kind::equal ? tri(request_.action == action)
                                                                       : facts_.is_in(request_.action, action);
    if (holds == Tri::yes) return holds;
    if (holds == Tri::unknown) result = holds;
  }
  return result;
}

ReducedPolicy PolicyReducer::reduce(const Policy& policy) {
  ReducedPolicy reduced;
  reduced.principal = policy.principal();
  reduced.resource = policy.resource();
  PartialEntity principal = facts_.principal();
  PartialEntity resource = facts_.resource();
  const ActionDeclaration* declared = facts_.action();
  const Tri action = action_matches(policy.body->action);
  if (action == Tri::no) return reduced;
  const Tri left =
      reduce_scope(reduced.principal, principal, declared != nullptr ? &declared->principals : nullptr, facts_);
  if (left == Tri::no) return reduced;
  const Tri right =
      reduce_scope(reduced.resource, resource, declared != nullptr ? &declared->resources : nullptr, facts_);
  if (right == Tri::no) return reduced;
  if (left == Tri::yes) reduced.principal = {};
  if (right == Tri::yes) reduced.resource = {};
  if (action == Tri::unknown) reduced.action = policy.body->action;
  scratch_.reset();
  evaluator_.assume(principal, resource);
  reduce_conditions(policy, left == Tri::unknown || right == Tri::unknown || action == Tri::unknown, reduced);
  return reduced;
}

void PolicyReducer::reduce_conditions(const Policy& policy, bool scope_open, ReducedPolicy& reduced) {
  std::vector<Condition>& kept = reduced.conditions;
  bool may_fail = false;
  bool may_hold = true;
  for (const Condition& condition : policy.body->conditions) {
    const Partial p = evaluator_.evaluate(*condition.body);
    if (p.is_value() && p.value.is(Value::Kind::boolean)) {
      if (p.value.as_boolean() != condition.negated) continue;
      if (!may_fail) return;  // whatever comes before it cannot err
      may_hold = false;
    }
    const BuiltExpr left = evaluator_.expression(p);
    if (!left) return;  // over a limit
    const bool never_boolean = p.is_error() || (p.kind() && *p.kind() != Value::Kind::boolean);
    if (never_boolean) {
      may_hold = false;
      reduced.error = p.is_error() ? p.error : EvaluationError::mismatch(*p.kind(), Value::Kind::boolean);
      if (kept.empty() && !scope_open) reduced.verdict = PartialVerdict::error;
    }
    kept.push_back({condition.negated, left.expr});
    may_fail = may_fail || p.may_fail || !p.kind();
    if (!may_hold) break;
  }
  reduced.may_hold = may_hold;
  if (reduced.verdict == PartialVerdict::error) return;
  reduced.verdict = kept.empty() && !scope_open ? PartialVerdict::satisfied : PartialVerdict::residual;
}

Result<void> PolicyReducer::within_limits() const {
  if (!builder_.refusal().empty()) {
    return failure(ErrorCode::limit_exceeded, "a residual policy is too large: " + std::string(builder_.refusal()),
                   "make the policies smaller, or more of the request known");
  }
  if (expressions_.spent()) {
    return failure(ErrorCode::limit_exceeded,
                   "the residual policies have more than " + std::to_string(limits::kMaxResidualNodes) + " parts",
                   "ask about fewer policies at once, or leave large values out of the known context");
  }
  return {};
}

Policy PolicyReducer::residual(const Policy& policy, ReducedPolicy reduced) {
  PolicyBody body;
  body.effect = policy.body->effect;
  body.annotations = policy.body->annotations;
  body.principal = reduced.principal;
  body.principal.slot = false;
  body.action = std::move(reduced.action);
  body.resource = reduced.resource;
  body.resource.slot = false;
  body.conditions = std::move(reduced.conditions);
  body.span = policy.body->span;
  body.source_name = policy.body->source_name;
  if (!body.conditions.empty()) {
    storage_->originals.push_back(policy.body->arena);  // whose nodes residuals may share
    body.arena = std::shared_ptr<const ValueArena>(storage_, &storage_->nodes);
  }
  return {policy.id, std::make_shared<const PolicyBody>(std::move(body)), std::nullopt, {}, {}};
}

}  // namespace quis
