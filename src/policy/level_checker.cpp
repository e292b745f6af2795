#include "policy/level_checker.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

namespace quis {

namespace {

using Kind = StaticType::Kind;

bool looks_up(const ScopeConstraint& constraint) noexcept {
  return constraint.kind == ScopeConstraint::Kind::in || constraint.kind == ScopeConstraint::Kind::is_in;
}

}  // namespace

// A scope is checked as the condition that it stands for, as far as that is evaluated; only level 0 forbids anything
// there.
void LevelChecker::check_excluded(const PolicyBody& body, const PolicyScope& scope) {
  if (!level_ || *level_ > 0) return;
  const Schema& schema = rules_.declared.schema();
  bool too_far = false;
  const auto excludes = [&](const ScopeConstraint& constraint, TypeId type) {
    return answer(constraint, type, schema).kind == ScopeAnswer::Kind::never;
  };
  const auto looks = [&](const ScopeConstraint& constraint, TypeId type) {
    return looks_up(constraint) && (constraint.kind == ScopeConstraint::Kind::in || constraint.type == type);
  };
  for (const ActionDeclaration& action : schema.actions()) {
    const bool action_excluded = answer(scope.action, action, schema).kind == ScopeAnswer::Kind::never;
    const bool action_looks = body.action.kind == ActionConstraint::Kind::in;
    for (const TypeId principal : action.principals) {
      const bool principal_excluded = excludes(body.principal, principal);
      const bool before = looks(body.principal, principal) || (!principal_excluded && action_looks);
      if (principal_excluded || action_excluded) {
        too_far = too_far || (before && !action.resources.empty());
        continue;
      }
      for (const TypeId resource : action.resources) {
        too_far = too_far || (excludes(body.resource, resource) && (before || looks(body.resource, resource)));
      }
    }
  }
  if (too_far) exceeded(report_.place(), 1);
}

void LevelChecker::check(const PolicyBody& body, const RequestEnvironment& environment, const TypedNodes& nodes) {
  if (*level_ == 0 &&
      (looks_up(body.principal) || body.action.kind == ActionConstraint::Kind::in || looks_up(body.resource))) {
    exceeded(report_.place(), 1);
  }
  nodes_ = &nodes;
  environment_ = environment;
  visited_.clear();
  for (const Condition& condition : body.conditions) {
    // Conditions after one that is never true were not reached, and have no types.
    if (nodes.contains(condition.body)) visit(*condition.body);
  }
}

TypeRef LevelChecker::type_of_node(const Expr& expr) const {
  const auto found = nodes_->find(&expr);
  return found == nodes_->end() ? nullptr : found->second.type;
}

void LevelChecker::visit_all(std::span<const Expr* const> operands, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) visit(*operands[i]);
}

void LevelChecker::visit(const Expr& expr) {
  const auto found = nodes_->find(&expr);
  if (found == nodes_->end() || !visited_.insert(&expr).second) return;
  const TypedNode& node = found->second;
  const auto& operands = expr.operands;
  switch (expr.op) {
    case Op::and_: {
      const std::size_t steps = path_steps(expr);
      if (steps > 0) visit_path(expr, steps);
      for (std::size_t i = steps; i < node.reached; ++i) visit(*operands[i]);
      return;
    }
    case Op::or_: visit_all(operands, node.reached); return;
    case Op::if_:
      visit(*operands[0]);
      if (node.branches != TypedNode::Branches::otherwise) visit(*operands[1]);
      if (node.branches != TypedNode::Branches::then) visit(*operands[2]);
      return;
    case Op::is_in:
      visit(*operands[0]);
      if (node.reached == 2) {
        visit_step(expr, *operands[0]);
        visit(*operands[1]);
      }
      return;
    case Op::in:
    case Op::has_tag:
    case Op::get_tag:
      visit_step(expr, *operands[0]);
      visit(*operands[1]);
      return;
    case Op::get_attribute:
    case Op::has_attribute: {
      const TypeRef type = type_of_node(*operands[0]);
      if (type != nullptr && type->is(Kind::entity)) {
        visit_step(expr, *operands[0]);
      } else {
        visit(*operands[0]);
      }
      return;
    }
    default: visit_all(operands, operands.size()); return;
  }
}

void LevelChecker::visit_step(const Expr& expr, const Expr& target) {
  const std::uint32_t steps = distance(target, nullptr);
  if (steps >= *level_) exceeded(expr.span, std::uint64_t{steps} + 1);
}

// `e has a.b.c` looks into e, e.a and e.a.b, as far as those are entities.
void LevelChecker::visit_path(const Expr& chain, std::size_t steps) {
  const Expr& base = *chain.operands[0]->operands[0];
  const TypeRef type = type_of_node(base);
  if (type == nullptr) return;
  const bool from_record = type->is(Kind::record);
  std::uint64_t cost = from_record ? 0 : 1;
  std::vector<Path> names;  // up to the first entity
  names.reserve(steps);
  bool entity_found = !from_record;
  TypeRef at = type;
  for (std::size_t i = 0; i + 1 < steps; ++i) {
    const TypeRef attributes = rules_.declared.attributes_of(at);
    const StaticField* field = attributes == nullptr ? nullptr : attributes->find(chain.operands[i]->name);
    if (field == nullptr) break;
    at = field->type;
    if (!entity_found) names.push_back({chain.operands[i]->name});
    if (!at->is(Kind::entity)) continue;
    ++cost;
    entity_found = true;
  }
  if (cost > *level_) return exceeded(chain.operands[0]->span, cost);
  if (from_record) visit(base);
  if (!entity_found) return;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) names[i].rest = &names[i + 1];
  const std::uint64_t needed = distance(base, names.empty() ? nullptr : &names.front()) + cost;
  if (needed > *level_) exceeded(chain.operands[0]->span, needed);
}

std::uint32_t LevelChecker::distance(const Expr& expr, const Path* path) {
  switch (expr.op) {
    case Op::literal:
      if (expr.value.is(Value::Kind::entity) && expr.value.as_entity() != environment_.action->uid) {
        report_.error(ErrorCode::level_violation, expr.span, "an entity literal may not be looked into at any level",
                      "get the entity from the request, or do not ask for a level");
      }
      return 0;
    case Op::if_: {
      const auto found = nodes_->find(&expr);
      if (found == nodes_->end()) return 0;
      const auto branches = found->second.branches;
      visit(*expr.operands[0]);
      const std::uint32_t then = branches == TypedNode::Branches::otherwise ? 0 : distance(*expr.operands[1], path);
      const std::uint32_t otherwise = branches == TypedNode::Branches::then ? 0 : distance(*expr.operands[2], path);
      return std::max(then, otherwise);
    }
    case Op::get_attribute: {
      const TypeRef type = type_of_node(*expr.operands[0]);
      if (type != nullptr && type->is(Kind::entity)) return distance(*expr.operands[0], path) + 1;
      const Path longer{expr.name, path};
      return distance(*expr.operands[0], &longer);
    }
    case Op::get_tag: {
      const std::uint32_t steps = distance(*expr.operands[0], path) + 1;
      visit(*expr.operands[1]);
      return steps;
    }
    case Op::record: return distance_of_record(expr, path);
    default: return 0;
  }
}

std::uint32_t LevelChecker::distance_of_record(const Expr& record, const Path* path) {
  std::uint32_t steps = 0;
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    if (path != nullptr && record.keys[i] == path->name) {
      steps = distance(*record.operands[i], path->rest);
    } else {
      visit(*record.operands[i]);
    }
  }
  return steps;
}

void LevelChecker::exceeded(SourceSpan where, std::uint64_t needed) {
  report_.error(ErrorCode::level_violation, where,
                fmt::format("this needs level {}, and level {} is allowed", needed, *level_),
                "follow fewer references, or allow a higher level and load that many levels of entities");
}

}  // namespace quis
