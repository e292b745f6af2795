#include <quis/engine/engine.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/reference.hpp>

#include "engine/answerable.hpp"
#include "engine/evaluator.hpp"
#include "engine/findings.hpp"
#include "engine/program.hpp"
#include "engine/resource_sweep.hpp"
#include "engine/step_up.hpp"

namespace quis {
namespace {

[[gnu::always_inline]] inline void decide_compiled(const World& world, const Request& request, Findings& findings) {
  const Program& program = world.program();
  const Entities& entities = world.entities();
  ProgramRun run(program, entities, request);
  program.index.for_each_list(request, entities,
                              [&](std::span<const CompiledPolicy> policies) { run.decide(policies, findings); });
}

void prefetch_contents(const EntityRecord* record) noexcept {
  if (record == nullptr) return;
  // Few values or ancestors may lie across two cache lines.
  const RecordData& attributes = record->attributes;
  const std::span<const EntityId> ancestors = record->ancestors.slots();
  __builtin_prefetch(attributes.values);
  if (attributes.size > 1) __builtin_prefetch(attributes.values + attributes.size - 1);
  __builtin_prefetch(ancestors.data());
  if (ancestors.size() > 1) __builtin_prefetch(ancestors.data() + ancestors.size() - 1);
}

[[gnu::noinline]] void decide_by_reference(const World& world, const Request& request, Findings& findings) {
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

[[gnu::always_inline]] inline void decide(const World& world, Evaluator evaluator, const Request& request,
                                          Findings& findings) {
  if (!answerable(world, request)) return;
  if (evaluator == Evaluator::compiled) {
    decide_compiled(world, request, findings);
  } else {
    decide_by_reference(world, request, findings);
  }
}

}  // namespace

Engine::Engine(World world, Evaluator evaluator, ForbidErrors forbid_errors) noexcept
    : world_(std::move(world)), evaluator_(evaluator), forbid_errors_(forbid_errors) {}

Decision Engine::authorize(const Request& request) const noexcept {
  Findings findings(forbid_errors_ == ForbidErrors::deny);
  decide(world_, evaluator_, request, findings);
  return findings.decision();
}

void Engine::authorize(const Request& request, Response& response) const {
  Findings findings(forbid_errors_ == ForbidErrors::deny);
  decide(world_, evaluator_, request, findings);
  findings.fill(response);
  if (findings.outcome() == Outcome::step_up)
    append_requirements(world_.policies().policies(), response.determining, response.step_up);
}

Result<Decision> Engine::authorize(std::string_view principal, std::string_view action, std::string_view resource,
                                   std::string_view context_json) const {
  const auto request = OwnedRequest::from_text(principal, action, resource, context_json);
  if (!request) return tl::make_unexpected(request.error());
  return authorize(request->view());
}

// Three requests are under way at a time: of the furthest the records are sent for; of the nearer one they have come,
// and what they point to is sent for.
void Engine::authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept {
  assert(requests.size() == decisions.size());
  constexpr std::size_t kRecords = 12;
  constexpr std::size_t kContents = 6;
  const Entities& entities = world_.entities();
  const std::size_t count = std::min(requests.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kRecords < count) {
      entities.prefetch(requests[i + kRecords].principal);
      entities.prefetch(requests[i + kRecords].resource);
    }
    if (i + kContents < count) {
      prefetch_contents(entities.find(requests[i + kContents].principal));
      prefetch_contents(entities.find(requests[i + kContents].resource));
    }
    decisions[i] = authorize(requests[i]);
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
  const auto answerable_for = [&](EntityId resource) {
    request.resource = resource;
    return answerable(world_, request);
  };
  const auto one_by_one = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      request.resource = resources[i];
      permitted[i] = authorize(request).permitted();
    }
  };
  if (evaluator_ == Evaluator::reference) return one_by_one(0, count);
  ResourceSweep sweep(world_, question, forbid_errors_ == ForbidErrors::deny);
  for (std::size_t begin = 0; begin < count; begin += ResourceSweep::kBlock) {
    const auto block = resources.subspan(begin, std::min(ResourceSweep::kBlock, count - begin));
    if (!std::all_of(block.begin(), block.end(), answerable_for)) {
      one_by_one(begin, begin + block.size());
      continue;
    }
    const std::uint64_t answers = sweep.permitted(block);
    for (std::size_t i = 0; i < block.size(); ++i) permitted[begin + i] = ((answers >> i) & 1U) != 0;
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
