#include "engine/access_change.hpp"

#include <algorithm>

#include <quis/engine/reference.hpp>
#include <quis/engine/world.hpp>

namespace quis {
namespace {

std::span<const Policy> policies_of(const World& world) { return world.policies().policies(); }

bool satisfied(const World& world, PolicyIndex policy, const Request& request) {
  ValueArena arena;
  EvaluationError error;
  return evaluate(policies_of(world)[policy], request, world.entities(), arena, error) == Verdict::satisfied;
}

}  // namespace

ChangeTeller::Outcomes ChangeTeller::decide(const Request& request) {
  const Outcome was = old_engine_.authorize(request).outcome();
  const Outcome is = new_engine_.authorize(request).outcome();
  return {was, is, was != is || (was == Outcome::step_up && requirements_differ(request))};
}

bool ChangeTeller::requirements_differ(const Request& request) {
  old_engine_.authorize(request, old_response_);
  new_engine_.authorize(request, new_response_);
  std::sort(old_response_.step_up.begin(), old_response_.step_up.end());
  std::sort(new_response_.step_up.begin(), new_response_.step_up.end());
  return old_response_.step_up != new_response_.step_up;
}

AccessChange ChangeTeller::told(const Request& request, Outcome was, Outcome is) {
  AccessChange change{request.principal, request.action, request.resource, was, is, {}, {}, {}, {}};
  old_engine_.authorize(request, old_response_);
  new_engine_.authorize(request, new_response_);
  change.step_up_before.assign(old_response_.step_up.begin(), old_response_.step_up.end());
  change.step_up_after.assign(new_response_.step_up.begin(), new_response_.step_up.end());
  const bool denied = !change.gained() && !change.lost();
  const auto list = [&](const Response& response, const Side& side, std::vector<std::string>& ids) {
    for (const PolicyIndex policy : response.determining) {
      if (does_otherwise(side, policy, request, denied)) ids.push_back(policies_of(side.own)[policy].id);
    }
  };
  list(old_response_, old_side(), change.before);
  list(new_response_, new_side(), change.after);
  if (change.before.empty() && change.after.empty()) {
    add_permits(old_side(), request, change.before);
    add_permits(new_side(), request, change.after);
  }
  return change;
}

bool ChangeTeller::does_otherwise(const Side& side, PolicyIndex policy, const Request& request,
                                  bool step_up_matters) const {
  const auto partner = side.is_old ? pairing_.of_before(policy) : pairing_.of_after(policy);
  if (!partner || !satisfied(side.other, *partner, request)) return true;
  if (!step_up_matters) return false;
  const std::string* own = policies_of(side.own)[policy].body->annotation(kStepUp);
  const std::string* other = policies_of(side.other)[*partner].body->annotation(kStepUp);
  return (own == nullptr) != (other == nullptr) || (own != nullptr && *own != *other);
}

void ChangeTeller::add_permits(const Side& side, const Request& request, std::vector<std::string>& ids) const {
  const auto policies = policies_of(side.own);
  for (PolicyIndex i = 0; i < policies.size(); ++i) {
    if (policies[i].body->effect != Effect::permit || !satisfied(side.own, i, request)) continue;
    if (does_otherwise(side, i, request, false)) ids.push_back(policies[i].id);
  }
}

}  // namespace quis
