#include <algorithm>

#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "generator/world.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"region": "emea", "level": 5, "boss": {"__entity": {"type": "User", "id": "bob"}}},
   "parents": [{"type": "Group", "id": "hr-emea"}], "tags": {"desk": "4a"}},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {"region": "apac", "level": 2}, "parents": [{"type": "Group", "id": "it"}]},
  {"uid": {"type": "Group", "id": "hr-emea"}, "attrs": {}, "parents": [{"type": "Group", "id": "hr"}]},
  {"uid": {"type": "Photo", "id": "cat"}, "attrs": {"region": "emea", "public": false,
   "owner": {"__entity": {"type": "User", "id": "alice"}}}, "parents": []}])";

Explanation explain(std::string_view policies, const Question& question = {}, std::string_view entities = kEntities,
                    ForbidErrors forbid_errors = ForbidErrors::skip) {
  const Engine engine(world_of(policies, entities), Evaluator::compiled, forbid_errors);
  const auto request =
      require(OwnedRequest::from_text(question.principal, question.action, question.resource, question.context));
  return engine.explain(request.view());
}

/// The parts of the only condition of the only determining policy.
std::vector<DecidingPart> parts_of(const std::string& condition, const Question& question = {}) {
  const Explanation explanation = explain("permit(principal, action, resource) when { " + condition + " };", question);
  REQUIRE(explanation.determining.size() == 1);
  REQUIRE(explanation.determining[0].clauses.size() == 1);
  return explanation.determining[0].clauses[0].parts;
}

/// Likewise, where it is false.
std::vector<DecidingPart> failing_parts_of(const std::string& condition, const Question& question = {}) {
  const Explanation explanation = explain("permit(principal, action, resource) when { " + condition + " };", question);
  REQUIRE(explanation.misses.size() == 1);
  REQUIRE(explanation.misses[0].clauses.size() == 1);
  CHECK(explanation.misses[0].clauses[0].finding == Finding::fails);
  return explanation.misses[0].clauses[0].parts;
}

std::vector<std::string> texts(const std::vector<DecidingPart>& parts) {
  std::vector<std::string> result;
  for (const DecidingPart& part : parts) result.push_back(part.expression);
  return result;
}

using strings = std::vector<std::string>;
using facts = std::vector<Fact>;

}  // namespace

TEST_CASE("of an && that is true every operand decided, with the values that it read") {
  const auto parts = parts_of(R"(principal.region == "emea" && principal.level > 3)");
  REQUIRE(texts(parts) == strings{R"(principal.region == "emea")", "principal.level > 3"});
  CHECK(parts[0].facts == facts{{"principal.region", R"("emea")"}});
  CHECK(parts[1].facts == facts{{"principal.level", "5"}});
  CHECK(parts[0].finding == Finding::holds);
}

TEST_CASE("of an && that is false the first false operand decided, of an || that is true the first true one") {
  CHECK(texts(failing_parts_of("principal.level > 3 && principal.level > 7 && principal.level > 9")) ==
        strings{"principal.level > 7"});
  CHECK(texts(parts_of("principal.level > 9 || principal.level > 3 || principal.level > 4")) ==
        strings{"principal.level > 3"});
}

TEST_CASE("of an || that is false every operand decided") {
  CHECK(texts(failing_parts_of("principal.level > 9 || principal.level > 8")) ==
        strings{"principal.level > 9", "principal.level > 8"});
}

TEST_CASE("of an if the condition and the branch taken decided") {
  CHECK(texts(parts_of("if principal.level > 3 then resource.region == \"emea\" else resource.nothing")) ==
        strings{"principal.level > 3", R"(resource.region == "emea")"});
}

TEST_CASE("a negation is seen through, and tells what was found inside") {
  const auto parts = parts_of("!(resource.public || principal.level < 3)");
  REQUIRE(texts(parts) == strings{"resource.public", "principal.level < 3"});
  CHECK(parts[0].finding == Finding::fails);
}

TEST_CASE("a chain of attributes is told whole, with the entities on its way") {
  const auto parts = parts_of(R"(resource.owner.boss.region == "apac")");
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].facts == facts{{"resource.owner", R"(User::"alice")"},
                                {"resource.owner.boss", R"(User::"bob")"},
                                {"resource.owner.boss.region", R"("apac")"}});
}

TEST_CASE("what is computed of values that were read is told too") {
  const auto parts = parts_of("principal.level + context.bonus == 7", {.context = R"({"bonus": 2})"});
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].facts ==
        facts{{"principal.level", "5"}, {"context.bonus", "2"}, {"principal.level + context.bonus", "7"}});
}

TEST_CASE("only what evaluation reached is told of operands that stop early") {
  const auto parts =
      parts_of("(if context.x then principal.level else resource.nothing) == 5", {.context = R"({"x": true})"});
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].facts == facts{{"context.x", "true"}, {"principal.level", "5"}});
}

TEST_CASE("a membership is told by its path, in a condition as in the scope") {
  const strings path = {R"(User::"alice")", R"(Group::"hr-emea")", R"(Group::"hr")"};
  CHECK(parts_of(R"(principal in Group::"hr")")[0].path == path);
  CHECK(parts_of(R"(principal in [Group::"it", Group::"hr"])")[0].path == path);
  const Explanation scope = explain(R"(permit(principal in Group::"hr", action, resource is Photo);)");
  REQUIRE(scope.determining.at(0).clauses.size() == 2);
  CHECK(scope.determining[0].clauses[0].text == R"(principal in Group::"hr")");
  CHECK(scope.determining[0].clauses[0].parts.at(0).path == path);
  CHECK(scope.determining[0].clauses[1].text == "resource is Photo");
}

TEST_CASE("a membership that does not hold says which groups there are, or that the entity is unknown") {
  CHECK(failing_parts_of(R"(principal in Group::"it")")[0].note ==
        R"(User::"alice" is in Group::"hr-emea", Group::"hr")");
  CHECK(failing_parts_of(R"(principal in Group::"it")", {.principal = R"(User::"zoe")"})[0].note ==
        R"(the entities do not hold User::"zoe")");
  CHECK(failing_parts_of(R"(resource in Group::"it")")[0].note == R"(Photo::"cat" is in no group)");
}

TEST_CASE("an unless holds when its condition is false, and is told so") {
  const Explanation explanation = explain("permit(principal, action, resource) unless { resource.public };");
  REQUIRE(explanation.permitted);
  const ExplainedClause& clause = explanation.determining.at(0).clauses.at(0);
  CHECK(clause.kind == ExplainedClause::Kind::unless);
  CHECK(clause.finding == Finding::holds);
  CHECK(clause.parts.at(0).finding == Finding::fails);
}

TEST_CASE("parts and clauses carry their place in the source") {
  const std::string policy = "permit(principal, action, resource)\nwhen { true &&\n  principal.level > 3 };";
  const Explanation explanation = explain(policy);
  const ExplainedClause& clause = explanation.determining.at(0).clauses.at(0);
  CHECK(clause.span.line == 2);
  REQUIRE(clause.parts.size() == 2);
  CHECK(clause.parts[1].span.line == 3);
  CHECK(policy.substr(clause.parts[1].span.offset, clause.parts[1].span.length) == "principal.level > 3");
}

TEST_CASE("an error is told by the innermost expression that has no value, its place and its reason") {
  const std::string policy = "permit(principal, action, resource) when { true && resource.owner.wings.span > 3 };";
  const Explanation explanation = explain(policy);
  REQUIRE(explanation.errors.size() == 1);
  const Explanation::Error& error = explanation.errors[0];
  CHECK(error.id == "policy0");
  CHECK(error.expression == "resource.owner.wings");
  CHECK(policy.substr(error.span.offset, error.span.length) == "resource.owner.wings");
  CHECK(error.message.find("`wings`") != std::string::npos);
  CHECK(error.policy.clauses.at(0).parts.at(0).facts == facts{{"resource.owner", R"(User::"alice")"}});
  CHECK(explanation.misses.empty());  // told of once
}

TEST_CASE("a value that is no boolean where one is wanted is the error, with the value") {
  const Explanation explanation =
      explain("permit(principal, action, resource) when { resource.public || principal.level };");
  REQUIRE(explanation.errors.size() == 1);
  CHECK(explanation.errors[0].expression == "principal.level");
  CHECK(explanation.errors[0].policy.clauses.at(0).parts.at(0).facts == facts{{"principal.level", "5"}});
}

TEST_CASE("the nearest miss is the permit whose scope matched with the fewest failing conditions") {
  const Explanation explanation = explain(R"(
    permit(principal == User::"bob", action, resource);
    permit(principal, action, resource) when { principal.level > 7 && resource.public };
    permit(principal, action, resource) when { principal.level > 3 && resource.public };
    permit(principal, action == Action::"fly", resource);
    permit(principal == User::"bob", action, resource == Photo::"dog");
    permit(principal == User::"alice", action, resource == Photo::"dog");
    forbid(principal, action, resource) when { resource.public };)");
  CHECK_FALSE(explanation.permitted);
  CHECK(explanation.ground == Explanation::Ground::no_permit);
  REQUIRE(explanation.misses.size() == 4);
  CHECK(explanation.misses[0].id == "policy2");
  CHECK(explanation.misses[0].clauses.at(0).parts.at(0).expression == "resource.public");
  CHECK(explanation.misses[1].id == "policy1");
  CHECK(explanation.misses[2].id == "policy0");
  CHECK(explanation.misses[2].clauses.at(0).kind == ExplainedClause::Kind::principal);
  CHECK(explanation.misses[2].clauses.at(0).finding == Finding::fails);
  CHECK(explanation.misses[3].id == "policy5");
}

TEST_CASE("the list of misses is short and counts the rest") {
  std::string policies;
  for (int i = 0; i < 20; ++i) policies += "permit(principal, action, resource) when { resource.public };";
  const Explanation explanation = explain(policies);
  CHECK(explanation.misses.size() == limits::kMaxNearestMisses);
  CHECK(explanation.more_misses == 20 - limits::kMaxNearestMisses);
}

TEST_CASE("among misses that are as near, the one about the fewest resources comes first, then principals") {
  const Explanation explanation = explain(R"(
    permit(principal == User::"bob", action, resource);
    permit(principal == User::"bob", action, resource is Photo);
    permit(principal in Group::"it", action, resource == Photo::"cat");
    permit(principal == User::"bob", action, resource == Photo::"cat");
    permit(principal in Group::"it", action, resource in Photo::"cat");)");
  REQUIRE(explanation.misses.size() == 5);
  CHECK(explanation.misses[0].id == "policy3");
  CHECK(explanation.misses[1].id == "policy2");
  CHECK(explanation.misses[2].id == "policy4");
  CHECK(explanation.misses[3].id == "policy1");
  CHECK(explanation.misses[4].id == "policy0");
}

TEST_CASE("an explanation counts the policies and, of a default deny, the permits for the action") {
  const Explanation explanation = explain(R"(permit(principal == User::"bob", action, resource);
    permit(principal, action == Action::"fly", resource); forbid(principal, action == Action::"view", resource == Photo::"dog");)");
  CHECK(explanation.policies == 3);
  CHECK(explanation.permits_for_action == 1);
  CHECK(explain("").policies == 0);
}

TEST_CASE("a deny by forbids names the permits beneath, or those that come near when none stands") {
  const Explanation denied = explain(R"(forbid(principal, action, resource); permit(principal, action, resource);)");
  CHECK(denied.ground == Explanation::Ground::forbids);
  CHECK(denied.misses.empty());
  CHECK(denied.beneath == strings{"policy1"});
  const Explanation bare =
      explain(R"(forbid(principal, action, resource); permit(principal, action, resource) when { resource.public };)");
  CHECK(bare.beneath.empty());
  REQUIRE(bare.misses.size() == 1);
  CHECK(bare.misses[0].id == "policy1");
  const std::string_view erring = R"(forbid(principal, action, resource); permit(principal, action, resource);
                                     forbid(principal, action, resource) when { resource.nothing };)";
  CHECK(explain(erring).beneath == strings{"policy1"});
  CHECK(explain(erring, {}, kEntities, ForbidErrors::deny).beneath.empty());
  const Explanation lifted =
      explain(R"(@step_up("aal2") forbid(principal, action, resource); permit(principal, action, resource);)");
  CHECK(lifted.step_up == strings{"aal2"});
  CHECK(lifted.beneath == strings{"policy1"});
}

TEST_CASE("a deny by the error of a forbid says so, and so does a request that cannot be put") {
  const Explanation refused = explain(R"(permit(principal, action, resource);
                                         forbid(principal, action, resource) when { resource.nothing };)",
                                      {}, kEntities, ForbidErrors::deny);
  CHECK_FALSE(refused.permitted);
  CHECK(refused.ground == Explanation::Ground::forbid_error);
  const Engine engine(world_of("permit(principal, action, resource);"));
  CHECK(engine.explain({}).ground == Explanation::Ground::unanswerable);
  CHECK_FALSE(engine.explain({}).permitted);
}

TEST_CASE("nothing in an explanation is longer than the limits, however large the values and the policies are") {
  std::string set = "1";
  for (int i = 2; i < 3000; ++i) set += "," + std::to_string(i);
  std::string condition = "context.big.contains(5) && context.text != \"\" && context.deep != 1";
  for (int i = 0; i < 500; ++i) condition += " && context.big.contains(" + std::to_string(i + 1) + ")";
  std::string deep = "1";
  for (int i = 0; i < 60; ++i) deep = "{\"a\": [" + deep + "], \"b\": 2}";
  const std::string context =
      R"({"big": [)" + set + R"(], "deep": )" + deep + R"(, "text": ")" + std::string(9999, 'x') + "\\u00e9\"}";
  const auto explanation =
      explain("permit(principal, action, resource) when { " + condition + " };", {.context = context});
  REQUIRE(explanation.permitted);
  const ExplainedClause& clause = explanation.determining.at(0).clauses.at(0);
  CHECK(clause.parts.size() == limits::kMaxExplainedParts);
  CHECK(clause.more_parts == 503 - limits::kMaxExplainedParts);
  const std::size_t most = limits::kMaxShownText + 3;
  CHECK(clause.text.size() <= most);
  for (const DecidingPart& part : clause.parts) {
    CHECK(part.facts.size() <= limits::kMaxExplainedFacts);
    for (const Fact& fact : part.facts) CHECK(fact.value.size() <= most);
  }
  CHECK(clause.parts[0].facts.at(0).value.find("… 2991 more") != std::string::npos);
}

TEST_CASE("a long way to a group is told with its ends") {
  std::string entities = "[";
  for (int i = 0; i < 40; ++i) {
    entities += R"({"uid": {"type": "G", "id": ")" + std::to_string(i) +
                R"("}, "attrs": {}, "parents": [{"type": "G", "id": ")" + std::to_string(i + 1) + R"("}]},)";
  }
  entities += R"({"uid": {"type": "G", "id": "40"}, "attrs": {}, "parents": []}])";
  const Explanation explanation =
      explain(R"(permit(principal in G::"40", action, resource);)", {.principal = R"(G::"0")"}, entities);
  const auto& path = explanation.determining.at(0).clauses.at(0).parts.at(0).path;
  CHECK(path.size() == limits::kMaxExplainedPath + 1);
  CHECK(path.front() == R"(G::"0")");
  CHECK(path.back() == R"(G::"40")");
  CHECK(std::count(path.begin(), path.end(), "… 29 more") == 1);
}

TEST_CASE("a link is explained by the scope that its slots give, and names its template") {
  PolicySet policies =
      require(PolicySet::from_text("@why(\"shared\") permit(principal in ?principal, action, resource);"));
  require(policies.link("policy0", "linked", intern_entity("Group", "hr"), {}));
  const Engine engine(World::build(policies, require(Entities::from_json(kEntities))));
  const Explanation explanation =
      engine.explain({engine.entity("User", "alice"), engine.action("view"), engine.entity("Photo", "cat")});
  const ExplainedPolicy& policy = explanation.determining.at(0);
  CHECK(policy.id == "linked");
  CHECK(policy.template_id == "policy0");
  CHECK(policy.annotations.at(0).value == "shared");
  CHECK(policy.clauses.at(0).text == R"(principal in Group::"hr")");
}

TEST_CASE("in every generated world an explanation tells what was decided, and its clauses bear it out") {
  std::size_t explained = 0;
  const auto holds = [](const ExplainedClause& clause) { return clause.finding == Finding::holds; };
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld generated = generate_world(choices, {.requests = 10, .faults = false});
    const Schema schema = require(parse_schema(generated.schema));
    const Engine engine(World::build(require(generated.policy_set(generated.policies_text())),
                                     require(Entities::from_json(generated.entities_json(), &schema))));
    for (const GeneratedRequest& question : generated.requests) {
      const auto request = require(OwnedRequest::from_json(question.json(), &schema));
      Response response;
      engine.authorize(request.view(), response);
      const Explanation explanation = engine.explain(request.view());
      CHECK(explanation.permitted == response.permitted);
      REQUIRE(explanation.determining.size() == response.determining.size());
      REQUIRE(explanation.errors.size() == response.errors.size());
      for (const ExplainedPolicy& policy : explanation.determining) {
        CHECK(std::all_of(policy.clauses.begin(), policy.clauses.end(), holds));
        ++explained;
      }
      for (std::size_t i = 0; i < response.errors.size(); ++i) {
        const Explanation::Error& error = explanation.errors[i];
        REQUIRE_FALSE(error.policy.clauses.empty());
        CHECK(error.policy.clauses.back().finding == Finding::error);
        CHECK(error.policy.clauses.back().parts.back().note == error.message);
        ++explained;
      }
      for (const ExplainedPolicy& miss : explanation.misses) {
        REQUIRE_FALSE(miss.clauses.empty());
        CHECK(miss.clauses.back().finding == Finding::fails);
        CHECK(std::all_of(miss.clauses.begin(), miss.clauses.end() - 1, holds));
        ++explained;
      }
    }
  }
  CHECK(explained > 300);
}

TEST_CASE("a record that was meant to be an entity is told, for JSON is read so where there is no schema") {
  constexpr std::string_view kUnread = R"([{"uid": {"type": "Photo", "id": "cat"}, "parents": [], "attrs": {
    "owner": {"type": "User", "id": "alice"}, "readers": [{"type": "User", "id": "alice"}], "size": {"type": "px", "id": 3}}}])";
  const auto note_for = [&](const std::string& condition) {
    const Explanation explanation =
        explain("permit(principal, action, resource) when { " + condition + " };", {}, kUnread);
    const std::vector<ExplainedPolicy>& policies = explanation.misses;
    if (policies.empty()) return explanation.errors.at(0).policy.clauses.back().parts.at(0).note;
    return policies[0].clauses.back().parts.at(0).note;
  };
  constexpr const char* kAdvice = R"(: read the JSON with a schema, or write {"__entity": …} there)";
  CHECK(note_for("resource.owner == principal") ==
        std::string("`resource.owner` is a record, not an entity") + kAdvice);
  CHECK(note_for("resource.readers.contains(principal)") ==
        std::string("`resource.readers` holds records, not entities") + kAdvice);
  CHECK(note_for("resource.owner in Group::\"hr\"").ends_with(kAdvice));
  CHECK(note_for("resource.owner.level > 3").ends_with(kAdvice));
  CHECK(note_for("resource.size == principal").empty());
  CHECK(note_for("resource.owner == {type: \"User\", id: \"bob\"}").empty());
}

}  // namespace quis::test
