#include <quis/engine/partial.hpp>

#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/model/schema.hpp>

#include "engine/policy_reducer.hpp"
#include "engine/schema_questions.hpp"

namespace quis {
namespace {

Result<void> check(const World& world, const PartialRequest& request, const Schema* schema) {
  const auto refuse = [](const char* message, const char* help) {
    return failure(ErrorCode::invalid_request, message, help);
  };
  if (!request.action.valid()) {
    return refuse("a partial request needs an action", "evaluate for one action after the other");
  }
  const auto local = [](EntityId id) { return id.valid() && id.local(); };
  const bool has_local = local(request.principal.entity) || local(request.action) || local(request.resource.entity);
  if (request.names == nullptr && has_local) {
    return refuse("the request has names of its own and does not bring them", "set `names`");
  }
  if (request.names != nullptr && request.names->generation() < world.generation()) {
    return refuse("the request is older than the world and has names of its own", "make the request after the world");
  }
  if (!request.context.is(Value::Kind::record)) return refuse("the context is not a record", "pass a record");
  if (schema != nullptr && schema->find(request.action) == nullptr) {
    return undeclared_action(request.action, *schema, request.names);
  }
  return {};
}

/// What is known of a decision from its policies so far.
struct Tally {
  bool permitted = false;
  bool may_be_permitted = false;
  bool forbidden = false;
  bool may_be_forbidden = false;

  void add(Effect effect, PartialVerdict verdict, bool may_hold) noexcept {
    const bool holds = verdict == PartialVerdict::satisfied;
    (effect == Effect::permit ? permitted : forbidden) |= holds;
    (effect == Effect::permit ? may_be_permitted : may_be_forbidden) |= may_hold;
  }

  [[nodiscard]] std::optional<bool> decision() const noexcept {
    if (forbidden || !may_be_permitted) return false;
    if (permitted && !may_be_forbidden) return true;
    return std::nullopt;
  }
};

}  // namespace

Result<PartialResponse> partially_authorize(const World& world, const PartialRequest& request, const Schema* schema) {
  if (auto valid = check(world, request, schema); !valid) return tl::unexpected(std::move(valid.error()));
  PolicyReducer reducer(world.entities(), request, schema);
  PartialResponse response;
  Tally tally;
  const auto policies = world.policies().policies();
  response.outcomes.reserve(policies.size());
  for (const Policy& policy : policies) {
    ReducedPolicy reduced = reducer.reduce(policy);
    if (auto within = reducer.within_limits(); !within) return tl::unexpected(std::move(within.error()));
    tally.add(policy.body->effect, reduced.verdict, reduced.may_hold);
    response.outcomes.push_back({reduced.verdict, reduced.error});
    if (reduced.verdict == PartialVerdict::not_satisfied) continue;
    auto added = response.residuals.add(reducer.residual(policy, std::move(reduced)));
    if (!added) return tl::unexpected(std::move(added.error()));
  }
  response.decision = tally.decision();
  return response;
}

}  // namespace quis
