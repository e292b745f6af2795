#include "policy/request_environments.hpp"

#include <algorithm>

#include <quis/base/vocabulary.hpp>

namespace quis {

namespace {

using Kind = ScopeAnswer::Kind;

bool is_declared(EntityId entity, const Schema& schema) {
  const TypeId type = type_of(entity);
  return is_action_type(type) ? schema.find(entity) != nullptr : schema.find(type) != nullptr;
}

bool may_be_in(TypeId lower, TypeId upper, const Schema& schema) {
  if (lower == upper) return true;
  const EntityTypeDeclaration* declared = schema.find(lower);
  return declared != nullptr && declared->may_have_ancestor(upper);
}

ScopeAnswer equal_to(const ScopeConstraint& constraint, TypeId type, const Schema& schema) {
  if (!constraint.entity.valid()) return {Kind::maybe};
  if (!is_declared(constraint.entity, schema)) return {Kind::maybe, false};
  return {type_of(constraint.entity) == type ? Kind::maybe : Kind::never};
}

ScopeAnswer in(const ScopeConstraint& constraint, TypeId type, const Schema& schema) {
  if (!constraint.entity.valid()) return {Kind::maybe};
  if (!is_declared(constraint.entity, schema)) return {Kind::maybe, false};
  return {may_be_in(type, type_of(constraint.entity), schema) ? Kind::maybe : Kind::never};
}

}  // namespace

ScopeAnswer answer(const ScopeConstraint& constraint, TypeId type, const Schema& schema) {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return {};
    case ScopeConstraint::Kind::equal: return equal_to(constraint, type, schema);
    case ScopeConstraint::Kind::in: return in(constraint, type, schema);
    case ScopeConstraint::Kind::is: return {constraint.type == type ? Kind::always : Kind::never};
    case ScopeConstraint::Kind::is_in:
      if (constraint.type != type) return {Kind::never};
      return in(constraint, type, schema);
  }
  return {Kind::maybe};
}

ScopeAnswer answer(const ActionConstraint& constraint, const ActionDeclaration& action, const Schema& schema) {
  if (constraint.kind == ActionConstraint::Kind::any) return {};
  const auto& wanted = constraint.entities;
  const bool known = std::all_of(wanted.begin(), wanted.end(), [&](EntityId one) { return is_declared(one, schema); });
  if (constraint.kind == ActionConstraint::Kind::equal) {
    return {wanted.front() == action.uid ? Kind::always : Kind::never, known};
  }
  if (!known) return {Kind::maybe, false};
  const bool within = std::any_of(wanted.begin(), wanted.end(), [&](EntityId one) {
    return one == action.uid || std::binary_search(action.ancestors.begin(), action.ancestors.end(), one);
  });
  return {within ? Kind::always : Kind::never};
}

std::vector<RequestEnvironment> environments_of(const PolicyScope& scope, const Schema& schema) {
  std::vector<RequestEnvironment> all;
  for_each_environment(scope, schema,
                       [&all](const RequestEnvironment& environment, ScopeAnswer, ScopeAnswer, ScopeAnswer) {
                         all.push_back(environment);
                       });
  return all;
}

}  // namespace quis
