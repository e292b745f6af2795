#pragma once

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <quis/engine/engine.hpp>

/// What the tests of this room say over and over: text in, an answer in names out.
namespace quis::test {

struct Answer {
  bool permitted = false;
  std::set<std::string> reasons;
  std::set<std::string> errors;
  std::vector<std::string> step_up = {};

  friend bool operator==(const Answer&, const Answer&) = default;
};

struct Question {
  std::string_view principal = R"(User::"alice")";
  std::string_view action = R"(Action::"view")";
  std::string_view resource = R"(Photo::"cat")";
  std::string_view context = "{}";
};

template <class T>
T require(Result<T> result) {
  if (!result) FAIL(render(result.error()));
  return std::move(*result);
}

inline void require(const Result<void>& result) {
  if (!result) FAIL(render(result.error()));
}

inline World world_of(std::string_view policies, std::string_view entities = "[]") {
  return World::build(require(PolicySet::from_text(policies)), require(Entities::from_json(entities)));
}

inline Answer ask(const Engine& engine, const Request& request) {
  Response response;
  engine.authorize(request, response);
  Answer answer;
  answer.permitted = response.permitted;
  for (const PolicyIndex policy : response.determining) answer.reasons.emplace(engine.policy_id(policy));
  for (const PolicyError& failed : response.errors) answer.errors.emplace(engine.policy_id(failed.policy));
  answer.step_up.assign(response.step_up.begin(), response.step_up.end());
  return answer;
}

/// Decides by both evaluators and requires them to agree.
inline Answer decide(std::string_view policies, std::string_view entities = "[]", const Question& question = {},
                     ForbidErrors forbid_errors = ForbidErrors::skip) {
  const World world = world_of(policies, entities);
  const auto request =
      require(OwnedRequest::from_text(question.principal, question.action, question.resource, question.context));
  const Answer compiled = ask(Engine(world, Evaluator::compiled, forbid_errors), request.view());
  const Answer reference = ask(Engine(world, Evaluator::reference, forbid_errors), request.view());
  CHECK(compiled == reference);
  const Decision decision = Engine(world, Evaluator::compiled, forbid_errors).authorize(request.view());
  CHECK(decision.permitted() == compiled.permitted);
  CHECK(decision.step_up() == !compiled.step_up.empty());
  return compiled;
}

using ids = std::set<std::string>;

}  // namespace quis::test
