#pragma once

#include <cstdint>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// One way in which a request can be typed: an action and the types of its principal and resource.
struct RequestEnvironment {
  TypeId principal;
  const ActionDeclaration* action = nullptr;
  TypeId resource;
};

/// The head of a policy or template; a slot that has no value stands for any entity of a fitting type.
struct PolicyScope {
  ScopeConstraint principal;
  ActionConstraint action;
  ScopeConstraint resource;

  [[nodiscard]] static PolicyScope of(const PolicyBody& body) { return {body.principal, body.action, body.resource}; }
  /// With the slots of a link filled.
  [[nodiscard]] static PolicyScope of(const Policy& policy) {
    return {policy.principal(), policy.body->action, policy.resource()};
  }
};

/// What the types of a request say of one part of a scope.
struct ScopeAnswer {
  enum class Kind : std::uint8_t { never, maybe, always };

  Kind kind = Kind::always;
  bool known = true;  ///< false when the part names a type or action that the schema does not declare
};

/// A constraint on the principal or resource, of an entity of type `type`. It reaches entities of that type, of types
/// that may be in it, and so on, as `==`, `in` and `is` say.
[[nodiscard]] ScopeAnswer answer(const ScopeConstraint& constraint, TypeId type, const Schema& schema);
[[nodiscard]] ScopeAnswer answer(const ActionConstraint& constraint, const ActionDeclaration& action,
                                 const Schema& schema);

/// The environments that the schema allows and the scope does not exclude, in order of the schema's declarations: of
/// each action that the scope can mean, the principal and resource types that both allow. Every request that satisfies
/// the policy and is valid by the schema is of one of them. `Visit` is called with each, and the answers of principal,
/// action and resource.
///
/// Cost: one answer for each action, and for each type that an action which is not excluded applies to.
template <class Visit>
void for_each_environment(const PolicyScope& scope, const Schema& schema, Visit&& visit) {
  struct Open {
    TypeId type;
    ScopeAnswer answer;
  };
  const auto not_excluded = [&](const ScopeConstraint& constraint, const std::vector<TypeId>& types) {
    std::vector<Open> open;
    open.reserve(types.size());
    for (const TypeId type : types) {
      const ScopeAnswer found = answer(constraint, type, schema);
      if (found.kind != ScopeAnswer::Kind::never) open.push_back({type, found});
    }
    return open;
  };
  for (const ActionDeclaration& action : schema.actions()) {
    if (action.principals.empty() || action.resources.empty()) continue;
    const ScopeAnswer of_action = answer(scope.action, action, schema);
    if (of_action.kind == ScopeAnswer::Kind::never) continue;
    const std::vector<Open> principals = not_excluded(scope.principal, action.principals);
    if (principals.empty()) continue;
    const std::vector<Open> resources = not_excluded(scope.resource, action.resources);
    for (const Open& principal : principals) {
      for (const Open& resource : resources) {
        visit(RequestEnvironment{principal.type, &action, resource.type}, principal.answer, of_action, resource.answer);
      }
    }
  }
}

/// The same as a list.
[[nodiscard]] std::vector<RequestEnvironment> environments_of(const PolicyScope& scope, const Schema& schema);

}  // namespace quis
