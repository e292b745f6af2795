#pragma once

#include <algorithm>

#include <quis/engine/request.hpp>
#include <quis/policy/policy.hpp>

#include "engine/operations.hpp"

/// Whether the parts of a policy's head hold. How `in` is found out is the caller's: by walking or by closed lists.
namespace quis {

template <class IsIn>
[[nodiscard]] bool matches(const ScopeConstraint& constraint, EntityId entity, const LocalNames* names,
                           const IsIn& is_in) {
  const auto type_fits = [&] { return type_of(entity, names) == constraint.type; };
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return true;
    case ScopeConstraint::Kind::equal: return entity == constraint.entity;
    case ScopeConstraint::Kind::in: return is_in(entity, constraint.entity);
    case ScopeConstraint::Kind::is: return type_fits();
    case ScopeConstraint::Kind::is_in: return type_fits() && is_in(entity, constraint.entity);
  }
  return false;
}

template <class IsIn>
[[nodiscard]] bool matches(const ActionConstraint& constraint, EntityId action, const IsIn& is_in) {
  switch (constraint.kind) {
    case ActionConstraint::Kind::any: return true;
    case ActionConstraint::Kind::equal: return action == constraint.entities.front();
    case ActionConstraint::Kind::in:
      return std::any_of(constraint.entities.begin(), constraint.entities.end(),
                         [&](EntityId group) { return is_in(action, group); });
  }
  return false;
}

}  // namespace quis
