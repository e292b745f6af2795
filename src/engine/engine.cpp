#include <quis/engine/engine.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <quis/base/detail/prefetch.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/engine/reference.hpp>

#include "engine/answerable.hpp"
#include "engine/evaluator.hpp"
#include "engine/findings.hpp"
#include "engine/plain_request.hpp"
#include "engine/plan.hpp"
#include "engine/program.hpp"
#include "engine/resource_sweep.hpp"
#include "engine/step_up.hpp"

namespace quis {
namespace {

/// What a plan's outcome amounts to.
///
/// Worked out without a branch: whether a request is permitted cannot be guessed.
struct PlannedAnswer {
  const CompiledPolicy* policies;
  std::uint64_t determining;  ///< places in `policies`, as bits: all that deny, or else, of a permit, all
  Outcome outcome;

  /// REQUIRES: a table.
  explicit PlannedAnswer(const ProgramRun::Planned& planned) noexcept {
    static_assert(static_cast<unsigned>(Outcome::deny) == 0 && static_cast<unsigned>(Outcome::step_up) == 1 &&
                  static_cast<unsigned>(Outcome::permit) == 2);
    const Plan& plan = planned.table->plan;
    const std::uint64_t denials = planned.satisfied & ~plan.permits;
    const bool may_be_lifted = (planned.satisfied & plan.permits) != 0 && (planned.satisfied & plan.forbids) == 0;
    policies = planned.table->planned;
    determining = denials != 0 ? denials : planned.satisfied;
    outcome = static_cast<Outcome>(unsigned{may_be_lifted} << unsigned{denials == 0});
  }
};

[[nodiscard, gnu::always_inline]] inline ProgramRun::Planned decide_by_plan(const World& world, Evaluator evaluator,
                                                                            const Request& request) {
  return evaluator == Evaluator::compiled ? ProgramRun::decide(world, request) : ProgramRun::Planned();
}

void decide_by_lists(const World& world, const Request& request, Findings& findings) {
  const Program& program = world.program();
  const Entities& entities = world.entities();
  ProgramRun run(program, entities, request);
  const ScopeIndex::Found found = program.index.find(request, entities);
  program.index.for_each_open_table(found, [&](const detail::PairTable& table) {
    const auto policies = program.index.open_list(table);
    const bool is_planned = table.plan.exists() && table.all_begin == table.all_end;
    const detail::PlanOutcome outcome = is_planned ? run.decide(table.plan) : detail::PlanOutcome();
    if (!outcome.known) return run.decide(policies, findings);
    for_each_bit(outcome.satisfied,
                 [&](std::size_t place) { findings.satisfied(policies[place].index, policies[place].force); });
  });
  if (!found.has_rest) return;
  program.index.for_each_other_list(found, request, entities,
                                    [&](std::span<const CompiledPolicy> policies) { run.decide(policies, findings); });
}

void prefetch_contents(const EntityRecord* record) noexcept {
  if (record == nullptr) return;
  detail::prefetch(record->ancestors.slots().data());
  const RecordData& attributes = record->attributes;
  if (record->has_values_near() || attributes.size == 0) return;
  detail::prefetch(attributes.values);  // more than a few may lie across two cache lines
  detail::prefetch(attributes.values + attributes.size - 1);
}

void decide_by_reference(const World& world, const Request& request, Findings& findings) {
  const auto policies = world.policies().policies();
  EvaluationError error;
  ValueArena arena;
  for (PolicyIndex index = 0; index < policies.size(); ++index) {
    const Force force = force_of(*policies[index].body);
    arena.reset();
    switch (evaluate(policies[index], request, world.entities(), arena, error)) {
      case Verdict::satisfied: findings.satisfied(index, force); break;
      case Verdict::error: findings.failed(index, force, error); break;
      case Verdict::not_satisfied: break;
    }
  }
}

/// Decides what no plan can: where one errs, where keys are to be looked up, and by the reference interpreter.
void decide_at_length(const World& world, Evaluator evaluator, const Request& request, Findings& findings) {
  if (evaluator == Evaluator::compiled) {
    decide_by_lists(world, request, findings);
  } else {
    decide_by_reference(world, request, findings);
  }
}

}  // namespace

Engine::Engine(World world, Evaluator evaluator, ForbidErrors forbid_errors) noexcept
    : world_(std::move(world)), evaluator_(evaluator), forbid_errors_(forbid_errors) {}

[[gnu::noinline]] Decision Engine::decide_by_policies(const Request& request) const {
  Findings findings(forbid_errors_ == ForbidErrors::deny);
  decide_at_length(world_, evaluator_, request, findings);
  return findings.decision();
}

[[gnu::noinline]] Outcome Engine::decide_by_policies(const Request& request, Response& response) const {
  Findings findings(forbid_errors_ == ForbidErrors::deny);
  decide_at_length(world_, evaluator_, request, findings);
  findings.fill(response);
  return findings.outcome();
}

Decision Engine::authorize(const Request& request) const noexcept {
  if (!answerable(world_, request)) [[unlikely]]
    return {};
  const ProgramRun::Planned planned = decide_by_plan(world_, evaluator_, request);
  if (planned.table == nullptr) [[unlikely]]
    return decide_by_policies(request);
  const PlannedAnswer answer(planned);
  return Findings::decision(answer.outcome, answer.policies, answer.determining);
}

void Engine::authorize(const Request& request, Response& response) const {
  response.permitted = false;  // whatever is thrown
  response.determining.clear();
  response.errors.clear();
  response.step_up.clear();
  if (!answerable(world_, request)) [[unlikely]]
    return;
  const ProgramRun::Planned planned = decide_by_plan(world_, evaluator_, request);
  Outcome outcome = Outcome::deny;
  if (planned.table != nullptr) [[likely]] {
    const PlannedAnswer answer(planned);
    for_each_bit(answer.determining,
                 [&](std::size_t place) { response.determining.push_back(answer.policies[place].index); });
    outcome = answer.outcome;
  } else {
    outcome = decide_by_policies(request, response);
  }
  response.permitted = outcome == Outcome::permit;
  if (outcome == Outcome::step_up) [[unlikely]]
    append_requirements(world_.policies().policies(), response.determining, response.step_up);
}

Result<Decision> Engine::authorize(std::string_view principal, std::string_view action, std::string_view resource,
                                   std::string_view context_json) const {
  if (context_json == "{}") {
    if (const auto plain = plain_request(principal, action, resource); plain.known()) return authorize(plain.view());
  }
  return decide_by_text(principal, action, resource, context_json);
}

[[gnu::noinline]] Result<Decision> Engine::decide_by_text(std::string_view principal, std::string_view action,
                                                          std::string_view resource,
                                                          std::string_view context_json) const {
  const auto request = OwnedRequest::from_text(principal, action, resource, context_json);
  if (!request) return tl::make_unexpected(request.error());
  return authorize(request->view());
}

// Three blocks of requests are under way at a time: of the furthest the records are sent for; of the nearer one they
// have come, and what they point to is sent for. In blocks, because the processor waits for the place of what it sends
// for when it does not know it, and finds out many places at once only when little stands between. In blocks of four,
// because more than the sixteen lines of their records are not on their way at a time: eight took half as long again.
void Engine::authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept {
  assert(requests.size() == decisions.size());
  constexpr std::size_t kBlock = 4;
  const Entities& entities = world_.entities();
  const std::size_t count = std::min(requests.size(), decisions.size());
  const auto send_for_records = [&](std::size_t begin) {
    for (std::size_t i = begin; i < std::min(begin + kBlock, count); ++i) {
      entities.prefetch(requests[i].principal);
      entities.prefetch(requests[i].resource);
    }
  };
  const auto send_for_contents = [&](std::size_t begin) {
    for (std::size_t i = begin; i < std::min(begin + kBlock, count); ++i) {
      prefetch_contents(entities.find(requests[i].principal));
      prefetch_contents(entities.find(requests[i].resource));
    }
  };
  send_for_records(0);
  send_for_records(kBlock);
  send_for_contents(0);
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    send_for_records(begin + 2 * kBlock);
    send_for_contents(begin + kBlock);
    for (std::size_t i = begin; i < std::min(begin + kBlock, count); ++i) decisions[i] = authorize(requests[i]);
  }
  std::fill(decisions.begin() + static_cast<std::ptrdiff_t>(count), decisions.end(),
            Decision());  // nothing stale may permit
}

void Engine::permitted_among(const Request& question, std::span<const EntityId> resources,
                             std::span<bool> permitted) const noexcept {
  assert(resources.size() == permitted.size());
  std::fill(permitted.begin(), permitted.end(), false);
  const std::size_t count = std::min(resources.size(), permitted.size());
  Request request = question;
  const auto one_by_one = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      request.resource = resources[i];
      permitted[i] = authorize(request).permitted();
    }
  };
  if (evaluator_ == Evaluator::reference) return one_by_one(0, count);
  // What may not be decided for one resource that has a name of the vocabulary may not be for any.
  constexpr EntityId kKnown{0};
  request.resource = kKnown;
  if (!answerable(world_, request)) return;
  ResourceSweep sweep(world_, question, forbid_errors_ == ForbidErrors::deny, resources.first(count));
  const auto block_at = [&](std::size_t begin) { return resources.subspan(begin, std::min(kLanes, count - begin)); };
  for (std::size_t begin = 0; begin < count; begin += kLanes) {
    const auto block = block_at(begin);
    if (!sweep.decide(block, block_at(std::min(begin + kLanes, count)))) {
      one_by_one(begin, begin + block.size());
      continue;
    }
    for_each_bit(sweep.permitted(), [&](std::size_t lane) { permitted[begin + lane] = true; });
  }
}

Decision summarise(const Response& response) noexcept {
  return Findings::decision(response.outcome(), response.determining, response.errors);
}

EntityId Engine::entity(std::string_view type, std::string_view id) const noexcept { return intern_entity(type, id); }

EntityId Engine::action(std::string_view id) const noexcept { return intern_entity("Action", id); }

std::vector<std::string_view> Engine::requirements(const Decision& decision) const {
  std::vector<std::string_view> requirements;
  if (decision.step_up()) append_requirements(world_.policies().policies(), decision.determining(), requirements);
  return requirements;
}

std::string_view Engine::policy_id(PolicyIndex policy) const noexcept {
  return world_.policies().policies()[policy].id;
}

}  // namespace quis
