#include "policy/declared_names.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

#include "policy/expression_walk.hpp"
#include "policy/spelling.hpp"
#include "policy/suggested_names.hpp"

namespace quis {

namespace {

constexpr std::size_t kShownChoices = 10;
constexpr std::string_view kRemedy = "declare it in the schema, or correct the name";

void check_action(EntityId action, SourceSpan where, const Schema& schema, ValidationReport& report) {
  if (schema.find(action) != nullptr) return;
  report.error(ErrorCode::unknown_action, where,
               fmt::format("the schema declares no action {}", shown(to_text(action))),
               suggested_action(to_text(action), schema, kRemedy));
}

void check_choice(EntityId entity, SourceSpan where, const Schema& schema, ValidationReport& report) {
  const EntityTypeDeclaration* declared = schema.find(type_of(entity));
  if (declared == nullptr || !declared->choices) return;
  const auto& choices = *declared->choices;
  if (std::find(choices.begin(), choices.end(), id_text_of(entity)) != choices.end()) return;
  std::string all;
  for (std::size_t i = 0; i < choices.size() && i < kShownChoices; ++i) {
    all += all.empty() ? "" : ", ";
    all += quoted(choices[i]);
  }
  if (choices.size() > kShownChoices) all += ", …";
  report.error(ErrorCode::invalid_enum_entity, where,
               fmt::format("{} is not one of the entities of its enumerated type", shown(to_text(entity))),
               fmt::format("`{}` has {}", text_of(declared->name), all));
}

void check_entity(EntityId entity, SourceSpan where, const Schema& schema, ValidationReport& report) {
  const TypeId type = type_of(entity);
  if (is_action_type(type)) {
    check_action(entity, where, schema, report);
  } else {
    check_type_name(type, where, schema, report);
    check_choice(entity, where, schema, report);
  }
}

void check_constraint(const ScopeConstraint& constraint, const Schema& schema, ValidationReport& report) {
  const SourceSpan where = constraint.span.line != 0 ? constraint.span : report.place();
  if (constraint.type.valid()) check_type_name(constraint.type, where, schema, report);
  if (constraint.entity.valid()) check_entity(constraint.entity, where, schema, report);
}

/// Whether a request's principal or resource may be of this type, by the scope alone.
bool reaches(const ScopeConstraint& constraint, TypeId type, const Schema& schema) {
  const auto may_be_in = [&](TypeId upper) {
    if (type == upper) return true;
    const EntityTypeDeclaration* declared = schema.find(type);
    return declared != nullptr && declared->may_have_ancestor(upper);
  };
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return true;
    case ScopeConstraint::Kind::equal: return !constraint.entity.valid() || type == type_of(constraint.entity);
    case ScopeConstraint::Kind::in: return !constraint.entity.valid() || may_be_in(type_of(constraint.entity));
    case ScopeConstraint::Kind::is: return type == constraint.type;
    case ScopeConstraint::Kind::is_in:
      return type == constraint.type && (!constraint.entity.valid() || may_be_in(type_of(constraint.entity)));
  }
  return true;
}

bool in_would_reach(const ScopeConstraint& constraint, TypeId type, const Schema& schema) {
  const EntityTypeDeclaration* declared = schema.find(type);
  return constraint.kind == ScopeConstraint::Kind::equal && constraint.entity.valid() && declared != nullptr &&
         declared->may_have_ancestor(type_of(constraint.entity));
}

/// Whether the action can be meant by the scope. An unknown action in a list makes the list mean nothing.
bool is_meant(const ActionConstraint& constraint, const ActionDeclaration& action, const Schema& schema) {
  if (constraint.kind == ActionConstraint::Kind::any) return true;
  const ScopeAnswer found = answer(constraint, action, schema);
  return found.known && found.kind != ScopeAnswer::Kind::never;
}

}  // namespace

void check_type_name(TypeId type, SourceSpan where, const Schema& schema, ValidationReport& report) {
  if (is_action_type(type) || schema.find(type) != nullptr) return;
  const std::string_view name = text_of(type);
  report.error(ErrorCode::unknown_entity_type, where, fmt::format("the schema declares no entity type {}", shown(name)),
               suggested_type(name, schema, kRemedy));
}

void check_names(const PolicyBody& body, const Schema& schema, ValidationReport& report) {
  check_constraint(body.principal, schema, report);
  const std::vector<SourceSpan>& places = body.action.spans;
  for (std::size_t i = 0; i < body.action.entities.size(); ++i) {
    check_entity(body.action.entities[i], i < places.size() ? places[i] : report.place(), schema, report);
  }
  check_constraint(body.resource, schema, report);
  for (const Condition& condition : body.conditions) {
    for_each_node(*condition.body, [&](const Expr& expr) {
      if (expr.op == Op::literal && expr.value.is(Value::Kind::entity)) {
        check_entity(expr.value.as_entity(), expr.span, schema, report);
      } else if (expr.op == Op::is || expr.op == Op::is_in) {
        check_type_name(expr.type, expr.span, schema, report);
      }
    });
  }
}

bool has_applicable_action(const PolicyScope& scope, const Schema& schema, bool& principal_in_helps,
                           bool& resource_in_helps) {
  bool principal_equal = false;  // some action applies to the very type of the `==`
  bool resource_equal = false;
  for (const ActionDeclaration& action : schema.actions()) {
    if (!is_meant(scope.action, action, schema)) continue;
    const auto any = [&](const std::vector<TypeId>& types, const ScopeConstraint& constraint, auto holds) {
      return std::any_of(types.begin(), types.end(), [&](TypeId type) { return holds(constraint, type, schema); });
    };
    const bool principal = any(action.principals, scope.principal, reaches);
    const bool resource = any(action.resources, scope.resource, reaches);
    if (principal && resource) return true;
    principal_equal = principal_equal || principal;
    resource_equal = resource_equal || resource;
    principal_in_helps = principal_in_helps || any(action.principals, scope.principal, in_would_reach);
    resource_in_helps = resource_in_helps || any(action.resources, scope.resource, in_would_reach);
  }
  principal_in_helps = principal_in_helps && !principal_equal;
  resource_in_helps = resource_in_helps && !resource_equal;
  return false;
}

}  // namespace quis
