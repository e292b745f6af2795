#include "engine/first_tests.hpp"

#include <array>
#include <random>

#include "engine/decide.hpp"
#include "engine/filing.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

/// The tests that the only policy begins with, as text; `?` where one is guarded.
std::string shown(std::string_view policy) {
  const PolicySet policies = require(PolicySet::from_text(policy));
  const FirstTests tests = first_tests(*policies.policies().front().body);
  std::string text;
  for (const auto& test : {tests.first, tests.second}) {
    if (!test) continue;
    constexpr std::string_view kVariables = "parc";
    text += text.empty() ? "" : ", ";
    text += kVariables[static_cast<std::size_t>(test->variable)];
    text += "." + std::string(text_of(test->name)) + (test->guarded ? "?" : "") + "=" + to_text(test->constant);
  }
  return text;
}
std::string when(const std::string& condition) {
  return shown("permit(principal, action, resource) when { " + condition + " };");
}

std::size_t candidates(const World& world, const Question& question) {
  const auto request =
      require(OwnedRequest::from_text(question.principal, question.action, question.resource, question.context));
  return world.program().index.count_candidates(request.view(), world.entities());
}

std::string repeated_policies(int count, const std::string& head, const std::string& condition) {
  std::string policies;
  for (int i = 0; i < count; ++i) {
    std::string each = head + " when { " + condition + " };\n";
    for (std::size_t at = each.find('#'); at != std::string::npos; at = each.find('#')) {
      each.replace(at, 1, std::to_string(i));
    }
    policies += each;
  }
  return policies;
}

constexpr std::string_view kPeople = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"department": "d7", "level": 3}, "parents": []},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {"department": 7}, "parents": []},
  {"uid": {"type": "User", "id": "eve"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Robot", "id": "r"}, "attrs": {"department": "d7"}, "parents": []},
  {"uid": {"type": "Photo", "id": "cat"}, "attrs": {"kind": "k7"}, "parents": []}])";

}  // namespace

TEST_CASE("the tests that a policy begins with are those that Cedar makes first") {
  CHECK(when(R"(principal.department == "sales")") == R"(p.department="sales")");
  CHECK(when(R"("sales" == principal.department && resource.level == 3 && context.x == 1)") ==
        R"(p.department="sales", r.level=3)");
  CHECK(when(R"(principal has department && principal.department == "sales")") == R"(p.department?="sales")");
  CHECK(when(R"(context has a && context.a == User::"x" && resource has b && resource.b == 2)") ==
        R"(c.a?=User::"x", r.b?=2)");
  CHECK(shown(R"(permit(principal, action, resource) when { principal.a == 1 } when { resource.b == 2 };)") ==
        "p.a=1, r.b=2");
}

TEST_CASE("what is not made first, or may err, or is no comparison with a constant, is no first test") {
  CHECK(when("principal.level > 3 && principal.a == 1").empty());
  CHECK(when("principal has b && principal.a == 1").empty());
  CHECK(when("principal has a && resource.a == 1").empty());
  CHECK(when("principal has a").empty());
  CHECK(when("principal.a == 1 || principal.a == 2").empty());
  CHECK(when("principal.a != 1").empty());
  CHECK(when("principal.a == true").empty());
  CHECK(when("principal.a == resource.a").empty());
  CHECK(when("principal.a.b == 1").empty());
  CHECK(when(R"(principal.a == decimal("1.0"))").empty());
  CHECK(when("action.a == 1").empty());
  CHECK(when("1 == 1 && principal.a == 1").empty());
  CHECK(when("if principal.a == 1 then true else false").empty());
  CHECK(shown("permit(principal, action, resource) unless { principal.a == 1 };").empty());
  CHECK(shown("permit(principal, action, resource) unless { resource.x } when { principal.a == 1 };").empty());
  CHECK(when("principal.a == 1 && principal.b > 2 && resource.c == 3") == "p.a=1");
}

TEST_CASE("of many policies that begin with an attribute, a request meets those of its value") {
  const World world = world_of(
      repeated_policies(500, "permit(principal, action, resource)", R"(principal.department == "d#")"), kPeople);
  CHECK(candidates(world, {}) == 1);
  CHECK(candidates(world, {.principal = R"(User::"bob")"}) == 0);    // a value of another kind
  CHECK(candidates(world, {.principal = R"(User::"eve")"}) == 500);  // each errs, and must be told
  CHECK(candidates(world, {.principal = R"(User::"nobody")"}) == 500);
}

TEST_CASE("of policies that ask whether there is the attribute, a request without it meets none") {
  const World world = world_of(repeated_policies(500, "permit(principal is User, action, resource)",
                                                 R"(principal has department && principal.department == "d#")"),
                               kPeople);
  CHECK(candidates(world, {}) == 1);
  CHECK(candidates(world, {.principal = R"(User::"eve")"}) == 0);
  CHECK(candidates(world, {.principal = R"(Robot::"r")"}) == 0);  // of another type
}

TEST_CASE("a second test narrows what a request meets, on the other side") {
  const World world = world_of(repeated_policies(500, "permit(principal, action, resource is Photo)",
                                                 R"(context.zone == "z" && resource.kind == "k#")"),
                               kPeople);
  CHECK(candidates(world, {.context = R"({"zone": "z"})"}) == 1);
  CHECK(candidates(world, {.context = R"({"zone": "y"})"}) == 0);
  CHECK(candidates(world, {}) == 500);
  CHECK(candidates(world, {.resource = R"(Photo::"new")", .context = R"({"zone": "z"})"}) == 500);
  CHECK(candidates(world, {.resource = R"(Album::"new")", .context = R"({"zone": "z"})"}) == 0);
}

TEST_CASE("few policies that begin with an attribute stay one plan") {
  const World world = world_of(repeated_policies(20, "permit(principal, action, resource)", R"(principal.a == "#")"));
  CHECK(candidates(world, {}) == 20);
}

TEST_CASE("answers, reasons and errors are those of the reference, whatever first tests policies are filed by") {
  const std::vector<std::string> principals = {"principal",
                                               "principal",
                                               "principal is User",
                                               "principal is Robot",
                                               R"(principal == User::"u1")",
                                               R"(principal in Team::"t")",
                                               R"(principal is User in Team::"t")"};
  const std::vector<std::string> resources = {"resource", "resource", "resource is Doc", R"(resource == Doc::"d1")"};
  const std::vector<std::string> variables = {"principal", "resource", "context"};
  const std::vector<std::string> constants = {"1", "2", R"("x")", R"("y")", R"(User::"u1")", R"(User::"u2")"};
  const std::vector<std::string> json = {"1",
                                         "2",
                                         R"("x")",
                                         R"("y")",
                                         "true",
                                         R"(["x"])",
                                         R"({"x": 1})",
                                         R"({"__entity": {"type": "User", "id": "u1"}})",
                                         R"({"__entity": {"type": "User", "id": "nobody"}})"};
  std::mt19937 random(11);
  const auto one_of = [&](const std::vector<std::string>& all) { return all[random() % all.size()]; };
  const auto attributes = [&] {
    std::string text;
    for (const char* name : {"a", "b", "c"}) {
      if (random() % 3 != 0) text += (text.empty() ? "\"" : ", \"") + std::string(name) + "\": " + one_of(json);
    }
    return "{" + text + "}";
  };
  std::size_t differently_met = 0;
  for (int round = 0; round < 12; ++round) {
    std::string policies;
    for (int i = 0; i < 900; ++i) {
      const auto test = [&] {
        const std::string variable = one_of(variables);
        const std::string attribute = one_of({"a", "b"});
        const std::string guard = random() % 2 == 0 ? variable + " has " + attribute + " && " : "";
        return guard + variable + "." + attribute + " == " + one_of(constants);
      };
      std::string condition = test();
      if (random() % 2 == 0) condition += (random() % 2 == 0 ? " && " : " } when { ") + test();
      if (random() % 4 == 0) condition += " && principal.c == resource.c";
      const std::string effect = random() % 3 == 0 ? "forbid(" : "permit(";
      policies += effect + one_of(principals) + (random() % 3 == 0 ? R"(, action == Action::"view", )" : ", action, ") +
                  one_of(resources) + ") " + (random() % 8 == 0 ? "unless { " : "when { ") + condition + " };\n";
    }
    std::string entities = R"([{"uid": {"type": "Team", "id": "t"}, "attrs": {}, "parents": []})";
    for (const std::string uid : {"User.u1", "User.u2", "User.u3", "Robot.r", "Doc.d1", "Doc.d2", "Box.b"}) {
      entities += R"(, {"uid": {"type": ")" + uid.substr(0, uid.find('.')) + R"(", "id": ")" +
                  uid.substr(uid.find('.') + 1) + R"("}, "attrs": )" + attributes() + R"(, "parents": )" +
                  (uid == "User.u2" ? R"([{"type": "Team", "id": "t"}])" : "[]") + "}";
    }
    const World world = world_of(policies, entities + "]");
    const Engine compiled(world);
    const Engine reference(world, Evaluator::reference);
    const std::array<EntityId, 4> resources_of_world = {intern_entity("Doc", "d1"), intern_entity("Doc", "d2"),
                                                        intern_entity("Box", "b"), intern_entity("Doc", "absent")};
    std::set<std::size_t> met;
    for (int i = 0; i < 60; ++i) {
      const std::string principal =
          one_of({R"(User::"u1")", R"(User::"u2")", R"(User::"u3")", R"(Robot::"r")", R"(User::"none")"});
      const std::string action = one_of({R"(Action::"view")", R"(Action::"edit")"});
      const std::string resource = one_of({R"(Doc::"d1")", R"(Doc::"d2")", R"(Box::"b")", R"(Doc::"none")"});
      const std::string context = attributes();
      const Question question{principal, action, resource, context};
      CAPTURE(question.principal);
      CAPTURE(question.context);
      const auto request =
          require(OwnedRequest::from_text(question.principal, question.action, question.resource, question.context));
      const Answer answer = ask(compiled, request.view());
      CHECK(answer == ask(reference, request.view()));
      Response response;  // in which a policy that was met twice would stand twice
      compiled.authorize(request.view(), response);
      CHECK(response.determining.size() == answer.reasons.size());
      CHECK(response.errors.size() == answer.errors.size());
      met.insert(candidates(world, question));
      std::array<bool, 4> among = {};
      compiled.permitted_among(request.view(), resources_of_world, among);
      for (std::size_t at = 0; at < among.size(); ++at) {
        Request each = request.view();
        each.resource = resources_of_world[at];
        CHECK(among[at] == reference.authorize(each).permitted());
      }
    }
    differently_met = std::max(differently_met, met.size());
  }
  CHECK(differently_met > 20);  // else nothing was filed by tests
}

}  // namespace quis::test
