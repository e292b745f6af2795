#pragma once

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include <quis/engine/engine.hpp>

/// What the tests of this room say over and over: text in, an answer in names out.
namespace quis::test {

struct Answer {
  bool permitted = false;
  std::set<std::string> reasons;
  std::set<std::string> errors;

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
  return answer;
}

/// Decides by both evaluators and requires them to agree.
inline Answer decide(std::string_view policies, std::string_view entities = "[]", const Question& question = {}) {
  const World world = world_of(policies, entities);
  const auto request =
      require(OwnedRequest::from_text(question.principal, question.action, question.resource, question.context));
  const Answer compiled = ask(Engine(world), request.view());
  const Answer reference = ask(Engine(world, Evaluator::reference), request.view());
  CHECK(compiled == reference);
  CHECK(Engine(world).authorize(request.view()).permitted() == compiled.permitted);
  return compiled;
}

using ids = std::set<std::string>;

}  // namespace quis::test
