#include "engine/decide.hpp"

namespace quis::test {

TEST_CASE("no policy denies") {
  const Answer answer = decide("");
  CHECK_FALSE(answer.permitted);
  CHECK(answer.reasons.empty());
}

TEST_CASE("every satisfied permit is a reason of a permit") {
  const Answer answer = decide(R"(permit(principal, action, resource);
                                  permit(principal == User::"alice", action, resource);
                                  permit(principal == User::"bob", action, resource);)");
  CHECK(answer == Answer{true, ids{"policy0", "policy1"}, {}});
}

TEST_CASE("one satisfied forbid denies, and only forbids are its reasons") {
  const Answer answer = decide(R"(permit(principal, action, resource);
                                  forbid(principal, action, resource) when { context.risk > 3 };
                                  forbid(principal, action == Action::"edit", resource);)",
                               "[]", {.context = R"({"risk": 4})"});
  CHECK(answer == Answer{false, ids{"policy1"}, {}});
}

TEST_CASE("a forbid that errs is skipped and can no longer deny") {
  const Answer answer = decide(R"(permit(principal, action, resource);
                                  forbid(principal, action, resource) when { resource.missing };)");
  CHECK(answer == Answer{true, ids{"policy0"}, ids{"policy1"}});
}

TEST_CASE("a host may ask that a forbid which errs denies") {
  const World world = world_of(R"(permit(principal, action, resource);
                                  forbid(principal, action, resource) when { resource.missing };)");
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")"));
  for (const Evaluator evaluator : {Evaluator::compiled, Evaluator::reference}) {
    const Engine engine(world, evaluator, ForbidErrors::deny);
    CHECK(ask(engine, request.view()) == Answer{false, {}, ids{"policy1"}});
    CHECK_FALSE(engine.authorize(request.view()).permitted());
    CHECK(engine.authorize(request.view()).determining_count() == 0);
  }
  const Engine permit_errs(
      world_of("permit(principal, action, resource); permit(principal, action, resource) when { 1 };"),
      Evaluator::compiled, ForbidErrors::deny);
  CHECK(permit_errs.authorize(request.view()).permitted());
}

TEST_CASE("a permit that errs does not permit") {
  const Answer answer = decide("permit(principal, action, resource) when { 1 + \"a\" == 2 };");
  CHECK(answer == Answer{false, {}, ids{"policy0"}});
}

TEST_CASE("a condition that is no boolean is an error") {
  CHECK(decide("permit(principal, action, resource) when { 1 };").errors == ids{"policy0"});
  CHECK(decide("permit(principal, action, resource) unless { context };").errors == ids{"policy0"});
}

TEST_CASE("conditions are taken in order, and the first false one shields those behind it") {
  CHECK(decide("permit(principal, action, resource) when { false } when { resource.missing };").errors.empty());
  CHECK(decide("permit(principal, action, resource) unless { true } when { resource.missing };").errors.empty());
  CHECK(decide("permit(principal, action, resource) when { resource.missing } when { false };").errors ==
        ids{"policy0"});
}

TEST_CASE("a scope that does not match shields the conditions") {
  CHECK(decide(R"(permit(principal == User::"bob", action, resource) when { resource.missing };)").errors.empty());
}

TEST_CASE("the left operand must be a boolean before && and || stop at it") {
  CHECK(decide("permit(principal, action, resource) when { 3 && false };").errors == ids{"policy0"});
  CHECK(decide("permit(principal, action, resource) when { false && 3 };").errors.empty());
  CHECK(decide("permit(principal, action, resource) when { true && 3 };").errors == ids{"policy0"});
  CHECK(decide("permit(principal, action, resource) when { true || 3 };").permitted);
  CHECK(decide("permit(principal, action, resource) when { false || 3 };").errors == ids{"policy0"});
  CHECK(decide("permit(principal, action, resource) when { context has a && false && 3 };").errors.empty());
}

TEST_CASE("a set with one element that is no entity fails `in` although another matches") {
  CHECK(decide(R"(permit(principal, action, resource) when { principal in [User::"alice", 1] };)").errors ==
        ids{"policy0"});
  CHECK(decide(R"(permit(principal, action, resource) when { 1 in [] };)").errors == ids{"policy0"});
  CHECK(decide(R"(permit(principal, action, resource) when { principal in [User::"alice"] };)").permitted);
}

TEST_CASE("`is in` does not look at the right side when the type differs") {
  CHECK(decide("permit(principal, action, resource) when { principal is Robot in resource.missing };").errors.empty());
  CHECK(decide("permit(principal, action, resource) when { principal is User in resource.missing };").errors ==
        ids{"policy0"});
}

TEST_CASE("membership follows the hierarchy to any depth, and a missing entity is only in itself") {
  const std::string_view entities = R"([
    {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Team", "id": "a"}]},
    {"uid": {"type": "Team", "id": "a"}, "attrs": {}, "parents": [{"type": "Team", "id": "b"}]},
    {"uid": {"type": "Team", "id": "b"}, "attrs": {}, "parents": [{"type": "Org", "id": "c"}]}])";
  CHECK(decide(R"(permit(principal in Org::"c", action, resource);)", entities).permitted);
  CHECK(decide(R"(permit(principal is User in Org::"c", action, resource);)", entities).permitted);
  CHECK_FALSE(decide(R"(permit(principal is Robot in Org::"c", action, resource);)", entities).permitted);
  CHECK_FALSE(decide(R"(permit(principal in Org::"c", action, resource);)", entities, {.principal = R"(User::"bob")"})
                  .permitted);
  CHECK(decide(R"(permit(principal in User::"bob", action, resource);)", entities, {.principal = R"(User::"bob")"})
            .permitted);
}

TEST_CASE("an action is in its groups through the store") {
  const std::string_view entities = R"([
    {"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "read"}]},
    {"uid": {"type": "Action", "id": "read"}, "attrs": {}, "parents": [{"type": "Action", "id": "all"}]}])";
  CHECK(decide(R"(permit(principal, action in Action::"all", resource);)", entities).permitted);
  CHECK(decide(R"(permit(principal, action in [Action::"edit", Action::"read", Action::"all"], resource);)", entities)
            .reasons == ids{"policy0"});
  CHECK_FALSE(decide(R"(permit(principal, action == Action::"all", resource);)", entities).permitted);
  CHECK_FALSE(decide(R"(permit(principal, action in [], resource);)", entities).permitted);
}

TEST_CASE("an entity of no action type that is used as an action is still found in its groups") {
  const std::string_view entities =
      R"([{"uid": {"type": "Job", "id": "j"}, "attrs": {}, "parents": [{"type": "Action", "id": "all"}]}])";
  CHECK(decide(R"(permit(principal, action in Action::"all", resource);)", entities, {.action = R"(Job::"j")"})
            .permitted);
  CHECK_FALSE(decide(R"(permit(principal, action in Action::"other", resource);)", entities, {.action = R"(Job::"j")"})
                  .permitted);
}

TEST_CASE("names that only the request knows are equal to themselves and to nothing else") {
  const Question question{.principal = R"(Ghost::"nobody has loaded this")", .resource = R"(Ghost::"nor this")"};
  CHECK(decide("permit(principal, action, resource) when { principal == principal };", "[]", question).permitted);
  CHECK_FALSE(decide("permit(principal, action, resource) when { principal == resource };", "[]", question).permitted);
  CHECK(decide("permit(principal, action, resource) when { [principal, resource].contains(resource) };", "[]", question)
            .permitted);
}

TEST_CASE("a number is never equal to an entity, even if it is the number that stands for the entity inside") {
  const std::string number = std::to_string(intern_entity("User", "alice").value);
  CHECK_FALSE(decide("permit(principal, action, resource) when { principal == " + number + " };").permitted);
  CHECK_FALSE(decide("permit(principal, action, resource) when { " + number + " == principal };").permitted);
  CHECK_FALSE(decide("permit(principal, action, resource) when { [" + number + "].contains(principal) };").permitted);
  CHECK(decide("permit(principal, action, resource) when { principal != " + number + " };").permitted);
}

TEST_CASE("a request with an invalid id is denied whatever the policies say") {
  const Engine engine(world_of("permit(principal, action, resource);"));
  const EntityId known = engine.entity("User", "alice");
  CHECK(engine.authorize({known, known, known}).permitted());
  CHECK_FALSE(engine.authorize({known, known, EntityId{}}).permitted());
  CHECK_FALSE(engine.authorize({EntityId{}, known, EntityId{}}).permitted());
}

TEST_CASE("a request whose context is no record is denied, alone and among many, by every evaluator") {
  const World world = world_of(R"(permit(principal, action == Action::"a", resource) when { !(context has blocked) };
                                  permit(principal, action == Action::"b", resource);)");
  for (const Evaluator evaluator : {Evaluator::compiled, Evaluator::reference}) {
    const Engine engine(world, evaluator);
    for (const std::string_view action : {"a", "b"}) {
      CAPTURE(action);
      Request request{engine.entity("User", "alice"), engine.action(action), engine.entity("Photo", "cat")};
      CHECK(engine.authorize(request).permitted());
      for (const Value& context : {Value(), Value::integer(1), Value::entity(request.principal), Value::string("{}")}) {
        request.context = context;
        CHECK_FALSE(engine.authorize(request).permitted());
        CHECK(engine.explain(request).ground == Explanation::Ground::unanswerable);
        bool permitted = true;
        engine.permitted_among(request, {&request.resource, 1}, {&permitted, 1});
        CHECK_FALSE(permitted);
      }
    }
  }
}

TEST_CASE("a request with local names that is older than the world is denied") {
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")",
                                                       R"({"learnt only after the request was made": true})"));
  const Engine engine(world_of(R"(permit(principal, action, resource);
      forbid(principal, action, resource) when { context has "learnt only after the request was made" };)"));
  CHECK_FALSE(engine.authorize(request.view()).permitted());
  CHECK(engine.authorize(request.view()).determining_count() == 0);
}

TEST_CASE("a decision counts what it does not list, and a response lists everything in order") {
  std::string policies;
  for (int i = 0; i < 20; ++i) policies += "permit(principal, action, resource);";
  for (int i = 0; i < 9; ++i) policies += "permit(principal, action, resource) when { context.missing };";
  const Engine engine(world_of(policies));
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")"));
  const Decision decision = engine.authorize(request.view());
  CHECK(decision.permitted());
  CHECK(decision.determining_count() == 20);
  CHECK(decision.error_count() == 9);
  CHECK_FALSE(decision.complete());
  CHECK(decision.determining().size() == Decision::kListed);
  Response response;
  engine.authorize(request.view(), response);
  REQUIRE(response.determining.size() == 20);
  for (PolicyIndex i = 0; i < 20; ++i) CHECK(response.determining[i] == i);
  CHECK(response.errors.size() == 9);
}

TEST_CASE("authorize_many answers like authorize, one by one") {
  const Engine engine(world_of(R"(permit(principal == User::"alice", action, resource);)"));
  const EntityId alice = engine.entity("User", "alice");
  const EntityId bob = engine.entity("User", "bob");
  const EntityId view = engine.action("view");
  const Request requests[] = {{alice, view, bob}, {bob, view, bob}, {alice, view, alice}};
  Decision decisions[3];
  engine.authorize_many(requests, decisions);
  CHECK(decisions[0].permitted());
  CHECK_FALSE(decisions[1].permitted());
  CHECK(decisions[2].permitted());
}

TEST_CASE("an explanation names policies, annotations, places and the sentence of each error") {
  const Engine engine(
      world_of("@reason(\"open day\")\npermit(principal, action, resource);\n"
               "permit(principal, action, resource) when { resource.owner == principal };"));
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")"));
  const Explanation explanation = engine.explain(request.view());
  CHECK(explanation.permitted);
  REQUIRE(explanation.determining.size() == 1);
  CHECK(explanation.determining[0].id == "policy0");
  REQUIRE(explanation.determining[0].annotations.size() == 1);
  CHECK(explanation.determining[0].annotations[0].value == "open day");
  CHECK(explanation.determining[0].span.line == 1);
  REQUIRE(explanation.errors.size() == 1);
  CHECK(explanation.errors[0].id == "policy1");
  CHECK(explanation.errors[0].message.find("cat") != std::string::npos);
}

TEST_CASE("text that is no request is refused with every mistake in it") {
  const Engine engine(world_of(""));
  const auto decision = engine.authorize("User::alice", R"(Action::"view")", "Photo");
  REQUIRE_FALSE(decision.has_value());
  CHECK(decision.error().size() == 2);
}

TEST_CASE("an error behind an alternative that holds is none, whichever evaluator tries it") {
  constexpr std::string_view kPolicies = R"(
      permit(principal, action, resource) when { principal in resource.readers || principal in resource.missing };
      permit(principal, action, resource) when { resource.missing == principal || principal in resource.readers };
      forbid(principal, action, resource) when { principal is User || resource.missing };
      forbid(principal, action, resource) when { principal has none || resource.number || principal is User };)";
  constexpr std::string_view kEntities = R"([
      {"uid": {"type": "Photo", "id": "cat"}, "parents": [],
       "attrs": {"readers": {"__entity": {"type": "User", "id": "alice"}}, "number": 1}}])";
  const Answer answer = decide(kPolicies, kEntities);
  CHECK(answer.reasons == std::set<std::string>{"policy2"});
  CHECK(answer.errors == std::set<std::string>{"policy1", "policy3"});
  const Answer stranger = decide(kPolicies, kEntities, {.principal = R"(User::"bob")"});
  CHECK(stranger.errors == std::set<std::string>{"policy0", "policy1", "policy3"});
}

TEST_CASE("an attribute that is asked for before it is read is no error, and read without being asked for it is one") {
  constexpr std::string_view kPolicies = R"(
      permit(principal, action, resource) when { resource has owner && resource.owner == principal };
      permit(principal, action, resource) when { context has level && context.level > 2 };
      permit(principal, action, resource) when { resource.owner == principal };)";
  CHECK(decide(kPolicies) == Answer{false, {}, {"policy2"}});
  CHECK(decide(kPolicies, "[]", {.context = R"({"level": 3})"}) == Answer{true, {"policy1"}, {"policy2"}});
  CHECK(decide(kPolicies, "[]", {.context = R"({"level": "3"})"}) == Answer{false, {}, {"policy1", "policy2"}});
  constexpr std::string_view kOwned = R"([
      {"uid": {"type": "Photo", "id": "cat"}, "parents": [],
       "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}}}])";
  CHECK(decide(kPolicies, kOwned) == Answer{true, {"policy0", "policy2"}, {}});
}

TEST_CASE("a few policies with scopes decide alike in one plan and by keys") {
  // Eight that ask something are tried by the plan, nine are found by keys.
  for (const int others : {0, 1, 8}) {
    std::string policies = R"(
        permit(principal == User::"alice", action, resource);
        permit(principal in Group::"staff", action, resource == Photo::"cat") when { context has ok && context.ok };
        permit(principal is Robot, action, resource);
        permit(principal is User in Group::"staff", action, resource in Album::"pets");
        permit(principal, action == Action::"view", resource is Photo in Album::"pets");
        forbid(principal == User::"eve", action, resource is Photo);
        @step_up("mfa") forbid(principal, action == Action::"edit", resource);
        permit(principal, action, resource == Photo::"dog");)";
    for (int i = 0; i < others; ++i)
      policies += "permit(principal == User::\"u" + std::to_string(i) + "\", action, resource);";
    constexpr std::string_view kEntities = R"([
        {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": [{"type": "Group", "id": "staff"}]},
        {"uid": {"type": "Robot", "id": "r"}, "attrs": {}, "parents": [{"type": "Group", "id": "staff"}]},
        {"uid": {"type": "Photo", "id": "cat"}, "attrs": {}, "parents": [{"type": "Album", "id": "pets"}]}])";
    const auto reasons = [&](const Question& question) { return decide(policies, kEntities, question).reasons; };
    using Reasons = std::set<std::string>;
    CHECK(reasons({}) == Reasons{"policy0", "policy4"});
    CHECK(reasons({.principal = R"(User::"bob")"}) == Reasons{"policy3", "policy4"});
    CHECK(reasons({.principal = R"(User::"bob")", .context = R"({"ok": true})"}) ==
          Reasons{"policy1", "policy3", "policy4"});
    CHECK(reasons({.principal = R"(Robot::"r")"}) == Reasons{"policy2", "policy4"});
    CHECK(reasons({.principal = R"(User::"eve")"}) == Reasons{"policy5"});
    CHECK(reasons({.action = R"(Action::"edit")"}) == Reasons{"policy6"});
    CHECK(decide(policies, kEntities, {.action = R"(Action::"edit")"}).step_up == std::vector<std::string>{"mfa"});
    CHECK(reasons({.principal = R"(User::"x")", .resource = R"(Photo::"dog")"}) == Reasons{"policy7"});
    CHECK(reasons({.principal = R"(User::"x")", .resource = R"(Photo::"owl")"}).empty());
  }
}
}  // namespace quis::test
