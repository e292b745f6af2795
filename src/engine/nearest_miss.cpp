#include "engine/nearest_miss.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include <quis/engine/explanation.hpp>

#include "engine/interpreter.hpp"
#include "engine/scope_match.hpp"

namespace quis {
namespace {

struct Candidate {
  int distance = 0;                    // 0: the scope holds; 1: but for the principal; 2: but for the resource
  std::uint32_t failing = UINT32_MAX;  // conditions that do not hold; unknown when it was not weighed
  int resource = 0;                    // how narrow the scope is about it
  int principal = 0;                   // likewise
  PolicyIndex policy = 0;

  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(a.distance, a.failing, a.resource, a.principal, a.policy) <
           std::tie(b.distance, b.failing, b.resource, b.principal, b.policy);
  }
};

/// Less for a constraint that fewer entities meet: the policy that names what was asked about, be it by an `in` that
/// the entity itself meets, tells more about it than one that is about a group of it, or about all.
int breadth(const ScopeConstraint& constraint, EntityId asked) noexcept {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::equal: return 0;
    case ScopeConstraint::Kind::is_in: return constraint.entity == asked ? 1 : 2;
    case ScopeConstraint::Kind::in: return constraint.entity == asked ? 1 : 3;
    case ScopeConstraint::Kind::is: return 4;
    case ScopeConstraint::Kind::any: break;
  }
  return 5;
}

/// How many conditions do not hold, each operand of an outermost `&&` counting for itself. What cannot be evaluated
/// does not hold: it may be guarded by one that does not either, and then both are to be mended.
std::uint32_t failing_conditions(const PolicyBody& body, const Request& request, const Entities& entities) {
  ValueArena arena;
  Interpreter<> interpreter(request, entities, arena);
  std::uint32_t failing = 0;
  const auto weigh = [&](const Expr& e, bool wanted) {
    const Evaluated value = interpreter.evaluate(e);
    failing += value && value->is(Value::Kind::boolean) && value->as_boolean() == wanted ? 0U : 1U;
  };
  for (const Condition& condition : body.conditions) {
    if (condition.negated || condition.body->op != Op::and_) {
      weigh(*condition.body, !condition.negated);
    } else {
      for (const Expr* operand : condition.body->operands) weigh(*operand, true);
    }
  }
  return failing;
}

}  // namespace

NearestMisses nearest_misses(const World& world, const Request& request, const std::vector<PolicyError>& errors,
                             std::size_t most) {
  NearestMisses result;
  const Entities& entities = world.entities();
  const auto is_in = [&](EntityId entity, EntityId ancestor) { return entities.is_in(entity, ancestor); };
  const auto policies = world.policies().policies();
  std::vector<Candidate> candidates;
  auto error = errors.begin();
  for (PolicyIndex index = 0; index < policies.size(); ++index) {
    const Policy& policy = policies[index];
    if (policy.body->effect != Effect::permit || !matches(policy.body->action, request.action, is_in)) continue;
    ++result.for_action;
    while (error != errors.end() && error->policy < index) ++error;
    if (error != errors.end() && error->policy == index) continue;
    // Who asks about a resource wants to hear first of the policies that are about that resource.
    const ScopeConstraint principal = policy.principal();
    const ScopeConstraint resource = policy.resource();
    const int distance = (matches(principal, request.principal, request.names, is_in) ? 0 : 1) +
                         (matches(resource, request.resource, request.names, is_in) ? 0 : 2);
    if (distance <= 2)
      candidates.push_back(
          {distance, UINT32_MAX, breadth(resource, request.resource), breadth(principal, request.principal), index});
  }
  const std::size_t weighed = std::min(candidates.size(), limits::kMaxWeighedMisses);
  std::stable_sort(candidates.begin(), candidates.end());
  for (std::size_t i = 0; i < weighed; ++i)
    candidates[i].failing = failing_conditions(*policies[candidates[i].policy].body, request, entities);
  std::sort(candidates.begin(), candidates.end());
  for (const Candidate& candidate : candidates) {
    if (result.nearest.size() < most) {
      result.nearest.push_back(candidate.policy);
    } else {
      ++result.more;
    }
  }
  return result;
}

}  // namespace quis
