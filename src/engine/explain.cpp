#include <quis/engine/explanation.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/reference.hpp>

#include "engine/answerable.hpp"
#include "engine/nearest_miss.hpp"
#include "engine/shown.hpp"
#include "engine/trace.hpp"

namespace quis {
namespace {

ExplainedPolicy explained(const Policy& policy, const Request& request, const Entities& entities) {
  ExplainedPolicy result = describe(policy);
  result.clauses = trace(policy, request, entities);
  return result;
}

Explanation::Error explained(const Policy& policy, const PolicyError& failed, const Request& request,
                             const Entities& entities, bool with_clauses) {
  Explanation::Error error;
  error.id = policy.id;
  error.message = shortened(to_text(failed.error, request.names));
  error.policy = with_clauses ? explained(policy, request, entities) : describe(policy);
  if (!error.policy.clauses.empty() && !error.policy.clauses.back().parts.empty()) {
    const DecidingPart& part = error.policy.clauses.back().parts.back();
    error.expression = part.expression;
    error.span = part.span;
  }
  return error;
}

/// The satisfied permits, by their ids.
std::vector<std::string> satisfied_permits(const World& world, const Request& request) {
  std::vector<std::string> ids;
  ValueArena arena;
  EvaluationError error;
  for (const Policy& policy : world.policies().policies()) {
    if (policy.body->effect != Effect::permit) continue;
    arena.reset();
    if (evaluate(policy, request, world.entities(), arena, error) == Verdict::satisfied) ids.push_back(policy.id);
  }
  return ids;
}

bool has_forbid(const std::vector<PolicyError>& errors, const World& world) {
  return std::any_of(errors.begin(), errors.end(), [&](const PolicyError& failed) {
    return world.policies().policies()[failed.policy].body->effect == Effect::forbid;
  });
}

Explanation::Ground ground_of(const Response& response, const World& world, const Request& request,
                              ForbidErrors forbid_errors) {
  using Ground = Explanation::Ground;
  if (!answerable(world, request)) return Ground::unanswerable;
  if (response.permitted) return Ground::permits;
  if (!response.determining.empty()) return Ground::forbids;
  return forbid_errors == ForbidErrors::deny && has_forbid(response.errors, world) ? Ground::forbid_error
                                                                                   : Ground::no_permit;
}

}  // namespace

Explanation Engine::explain(const Request& request, std::size_t most_misses) const {
  Response response;
  authorize(request, response);
  const auto policies = world_.policies().policies();
  const Entities& entities = world_.entities();
  Explanation explanation;
  explanation.permitted = response.permitted;
  explanation.ground = ground_of(response, world_, request, forbid_errors_);
  explanation.step_up.assign(response.step_up.begin(), response.step_up.end());
  explanation.policies = policies.size();
  if (explanation.ground == Explanation::Ground::unanswerable) return explanation;
  explanation.principal = to_text(request.principal, request.names);
  explanation.action = to_text(request.action, request.names);
  explanation.resource = to_text(request.resource, request.names);
  for (const PolicyIndex index : response.determining) {
    const bool with_clauses = explanation.determining.size() < limits::kMaxExplainedPolicies;
    explanation.determining.push_back(with_clauses ? explained(policies[index], request, entities)
                                                   : describe(policies[index]));
  }
  for (const PolicyError& failed : response.errors) {
    const bool with_clauses = explanation.errors.size() < limits::kMaxExplainedPolicies;
    explanation.errors.push_back(explained(policies[failed.policy], failed, request, entities, with_clauses));
  }
  if (explanation.ground == Explanation::Ground::forbids) {
    if (forbid_errors_ == ForbidErrors::deny && has_forbid(response.errors, world_)) return explanation;
    explanation.beneath = satisfied_permits(world_, request);
    if (!explanation.beneath.empty()) return explanation;
  } else if (explanation.ground != Explanation::Ground::no_permit) {
    return explanation;
  }
  NearestMisses misses = nearest_misses(world_, request, response.errors, most_misses);
  explanation.more_misses = misses.more;
  explanation.permits_for_action = misses.for_action;
  for (const PolicyIndex index : misses.nearest)
    explanation.misses.push_back(explained(policies[index], request, entities));
  return explanation;
}

}  // namespace quis
