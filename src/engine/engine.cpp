#include <quis/engine/engine.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/reference.hpp>

#include "engine/answerable.hpp"
#include "engine/decision_sink.hpp"
#include "engine/evaluator.hpp"
#include "engine/program.hpp"
#include "engine/step_up.hpp"

namespace quis {
namespace {

template <class Sink>
void decide_compiled(const World& world, const Request& request, ForbidErrors forbid_errors, Sink& sink) {
  const Program& program = world.program();
  ProgramRun run(program, world.entities(), request);
  EvaluationError error;
  program.index.for_each_candidate(request, world.entities(), [&](PolicyIndex index) {
    const CompiledPolicy& policy = program.policies[index];
    switch (run.run(policy, error)) {
      case Verdict::satisfied: sink.satisfied(index, policy.force); break;
      case Verdict::error:
        sink.failed(index, error, policy.force != Force::permit && forbid_errors == ForbidErrors::deny);
        break;
      case Verdict::not_satisfied: break;
    }
  });
}

template <class Sink>
void decide_by_reference(const World& world, const Request& request, ForbidErrors forbid_errors, Sink& sink) {
  const auto policies = world.policies().policies();
  EvaluationError error;
  ValueArena arena;
  for (PolicyIndex index = 0; index < policies.size(); ++index) {
    const Force force = force_of(*policies[index].body);
    arena.reset();
    switch (evaluate(policies[index], request, world.entities(), arena, error)) {
      case Verdict::satisfied: sink.satisfied(index, force); break;
      case Verdict::error:
        sink.failed(index, error, force != Force::permit && forbid_errors == ForbidErrors::deny);
        break;
      case Verdict::not_satisfied: break;
    }
  }
}

template <class Sink>
void decide(const World& world, Evaluator evaluator, ForbidErrors forbid_errors, const Request& request, Sink&& sink) {
  if (!answerable(world, request)) return;
  if (evaluator == Evaluator::compiled) {
    decide_compiled(world, request, forbid_errors, sink);
  } else {
    decide_by_reference(world, request, forbid_errors, sink);
  }
  sink.finish();
}

}  // namespace

Engine::Engine(World world, Evaluator evaluator, ForbidErrors forbid_errors) noexcept
    : world_(std::move(world)), evaluator_(evaluator), forbid_errors_(forbid_errors) {}

Decision Engine::authorize(const Request& request) const noexcept {
  Decision decision;
  decide(world_, evaluator_, forbid_errors_, request, DecisionSink(decision));
  return decision;
}

void Engine::authorize(const Request& request, Response& response) const {
  ResponseSink sink(response);
  decide(world_, evaluator_, forbid_errors_, request, sink);
  if (sink.outcome() == Outcome::step_up)
    append_requirements(world_.policies().policies(), response.determining, response.step_up);
}

Result<Decision> Engine::authorize(std::string_view principal, std::string_view action, std::string_view resource,
                                   std::string_view context_json) const {
  const auto request = OwnedRequest::from_text(principal, action, resource, context_json);
  if (!request) return tl::make_unexpected(request.error());
  return authorize(request->view());
}

void Engine::authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept {
  assert(requests.size() == decisions.size());
  const std::size_t count = std::min(requests.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) decisions[i] = authorize(requests[i]);
  std::fill(decisions.begin() + static_cast<std::ptrdiff_t>(count), decisions.end(),
            Decision());  // nothing stale may permit
}

Decision summarise(const Response& response) noexcept {
  Decision decision;
  DecisionSink(decision).settled(response);
  return decision;
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
