#include <type_traits>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

constexpr const char* kPermit = "permit(principal, action, resource);\n";
constexpr const char* kAal2 = "@step_up(\"aal2\") forbid(principal, action, resource);\n";
constexpr const char* kErring = " forbid(principal, action, resource) when { context.missing };\n";

using list = std::vector<std::string>;

Answer decide_all(std::initializer_list<std::string> policies, ForbidErrors forbid_errors = ForbidErrors::skip) {
  std::string text;
  for (const std::string& policy : policies) text += policy;
  return decide(text, "[]", {}, forbid_errors);
}

}  // namespace

TEST_CASE("a permit behind a satisfied @step_up forbid is denied with what would lift the forbid") {
  const Answer answer = decide_all({kPermit, kAal2});
  CHECK_FALSE(answer.permitted);
  CHECK(answer.step_up == list{"aal2"});
  CHECK(answer.reasons == ids{"policy1"});  // what Cedar says: the satisfied forbids
}

TEST_CASE("the outcome of a step-up is neither a permit nor a plain deny, and is no bool") {
  const Engine engine(world_of(std::string(kPermit) + kAal2));
  const auto decision = require(engine.authorize(R"(User::"a")", R"(Action::"b")", R"(Photo::"c")"));
  CHECK_FALSE(decision.permitted());
  CHECK(decision.step_up());
  CHECK(decision.outcome() == Outcome::step_up);
  CHECK(engine.requirements(decision) == std::vector<std::string_view>{"aal2"});
  static_assert(!std::is_convertible_v<Outcome, bool>);
  static_assert(!std::is_convertible_v<Decision, bool> && !std::is_constructible_v<bool, Decision>);
  CHECK_FALSE(Decision().step_up());
  CHECK(Decision().outcome() == Outcome::deny);
}

TEST_CASE("a satisfied plain forbid denies for good, wherever it stands") {
  const char* plain = "forbid(principal, action, resource);\n";
  for (const auto& policies : {std::initializer_list<std::string>{kPermit, kAal2, plain}, {plain, kAal2, kPermit}}) {
    const Answer answer = decide_all(policies);
    CHECK_FALSE(answer.permitted);
    CHECK(answer.step_up.empty());
    CHECK(answer.reasons.size() == 2);
  }
}

TEST_CASE("a plain forbid that is not satisfied leaves the step-up") {
  CHECK(decide_all({kPermit, kAal2, "forbid(principal, action, resource) when { false };"}).step_up == list{"aal2"});
}

TEST_CASE("without a satisfied permit a @step_up forbid denies for good, for the default would deny beneath it") {
  const Answer answer = decide_all({kAal2, "permit(principal, action, resource) when { false };"});
  CHECK_FALSE(answer.permitted);
  CHECK(answer.step_up.empty());
  CHECK(answer.reasons == ids{"policy0"});
}

TEST_CASE("a permit that errs is no permit beneath a step-up") {
  const Answer answer = decide_all({kAal2, "permit(principal, action, resource) when { context.missing };"});
  CHECK_FALSE(answer.permitted);
  CHECK(answer.step_up.empty());
  CHECK(answer.errors == ids{"policy1"});
}

TEST_CASE("a @step_up forbid that errs is skipped, as Cedar skips every forbid that errs") {
  const Answer answer = decide_all({kPermit, std::string("@step_up(\"aal2\")") + kErring});
  CHECK(answer.permitted);
  CHECK(answer.step_up.empty());
  CHECK(answer.errors == ids{"policy1"});
}

TEST_CASE("where errors of forbids deny, any forbid that errs denies for good, annotated or not") {
  for (const char* annotation : {"", "@step_up(\"aal2\")"}) {
    CAPTURE(annotation);
    const Answer alone = decide_all({kPermit, std::string(annotation) + kErring}, ForbidErrors::deny);
    CHECK_FALSE(alone.permitted);
    CHECK(alone.step_up.empty());
    CHECK(alone.reasons.empty());
    const Answer beside = decide_all({kPermit, kAal2, std::string(annotation) + kErring}, ForbidErrors::deny);
    CHECK_FALSE(beside.permitted);
    CHECK(beside.step_up.empty());
    CHECK(beside.reasons == ids{"policy1"});
  }
}

TEST_CASE("several requirements are all named, each once, in order of position") {
  const Answer answer = decide_all({"@step_up(\"approval\") forbid(principal, action, resource);", kPermit, kAal2,
                                    "@step_up(\"approval\") forbid(principal, action, resource);"});
  CHECK(answer.step_up == list{"approval", "aal2"});
  CHECK(answer.reasons == ids{"policy0", "policy2", "policy3"});
}

TEST_CASE("many distinct requirements are all named, each once") {
  std::string policies = kPermit;
  for (int i = 0; i < 200; ++i)
    policies += "@step_up(\"" + std::to_string(i % 100) + "\") forbid(principal, action, resource);";
  const Answer answer = decide(policies);
  REQUIRE(answer.step_up.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(answer.step_up[i] == std::to_string(i));
}

TEST_CASE("@step_up without a value is one empty requirement, so that a step-up never looks like a plain deny") {
  CHECK(decide_all({kPermit, "@step_up forbid(principal, action, resource);"}).step_up == list{""});
  CHECK(decide_all({kPermit, "@step_up(\"\") forbid(principal, action, resource);"}).step_up == list{""});
}

TEST_CASE("only a forbid that is satisfied adds its requirement") {
  CHECK(decide_all({kPermit, kAal2, "@step_up(\"approval\") forbid(principal, action, resource) when { false };"})
            .step_up == list{"aal2"});
}

TEST_CASE("@step_up on a permit means nothing") {
  const Answer permitted = decide_all({"@step_up(\"aal2\") permit(principal, action, resource);"});
  CHECK(permitted.permitted);
  CHECK(permitted.step_up.empty());
  const Answer denied = decide_all({"@step_up(\"aal2\") permit(principal, action, resource) when { false };"});
  CHECK_FALSE(denied.permitted);
  CHECK(denied.step_up.empty());
}

TEST_CASE("other spellings of the annotation do not lift") {
  CHECK(decide_all({kPermit, "@stepup(\"aal2\") forbid(principal, action, resource);"}).step_up.empty());
  CHECK(decide_all({kPermit, "@STEP_UP(\"aal2\") forbid(principal, action, resource);"}).step_up.empty());
}

TEST_CASE("a link carries its template's @step_up") {
  PolicySet policies = require(PolicySet::from_text(
      std::string(kPermit) + "@step_up(\"aal2\") forbid(principal == ?principal, action, resource);"));
  require(policies.link("policy1", "linked", intern_entity("User", "alice"), {}));
  const World world = World::build(policies, Entities());
  for (const Evaluator evaluator : {Evaluator::compiled, Evaluator::reference}) {
    const Engine engine(world, evaluator);
    const Request request{engine.entity("User", "alice"), engine.action("view"), engine.entity("Photo", "cat")};
    CHECK(engine.requirements(engine.authorize(request)) == std::vector<std::string_view>{"aal2"});
    CHECK(ask(engine, request).reasons == ids{"linked"});
  }
}

TEST_CASE("a reused response forgets the requirements of the answer before") {
  const Engine engine(
      world_of(std::string(kPermit) + "@step_up(\"aal2\") forbid(principal == User::\"a\", action, resource);"));
  Response response;
  engine.authorize({engine.entity("User", "a"), engine.action("x"), engine.entity("P", "p")}, response);
  CHECK(response.outcome() == Outcome::step_up);
  engine.authorize({engine.entity("User", "b"), engine.action("x"), engine.entity("P", "p")}, response);
  CHECK(response.outcome() == Outcome::permit);
  CHECK(response.step_up.empty());
}

TEST_CASE("a decision summarised from its response keeps the outcome") {
  const Engine engine(world_of(std::string(kPermit) + kAal2 + kErring));
  const Request request{engine.entity("User", "a"), engine.action("x"), engine.entity("P", "p")};
  Response response;
  engine.authorize(request, response);
  CHECK(summarise(response).outcome() == Outcome::step_up);
  CHECK(summarise(response).error_count() == 1);
  CHECK(engine.explain(request).step_up == list{"aal2"});
}

}  // namespace quis::test
