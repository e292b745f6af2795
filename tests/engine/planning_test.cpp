// Plans share what policies begin by reading. Policies that read a lot, under scopes of all kinds, are decided as the
// reference interpreter decides them.

#include <random>
#include <string>
#include <vector>

#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

using Choices = std::vector<std::string_view>;

/// Who has which attributes: some have none, and some are in no store.
constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "u"}, "attrs": {"a": 1, "b": 2}, "parents": [{"type": "Team", "id": "t"}]},
  {"uid": {"type": "User", "id": "v"}, "attrs": {"a": 3, "b": 1}, "parents": []},
  {"uid": {"type": "Robot", "id": "r"}, "attrs": {"b": 2}, "parents": [{"type": "Team", "id": "t"}]},
  {"uid": {"type": "Photo", "id": "p"}, "attrs": {"a": 2, "b": 2}, "parents": []},
  {"uid": {"type": "Photo", "id": "q"}, "attrs": {"a": 1, "b": 3, "d": 1}, "parents": []},
  {"uid": {"type": "Folder", "id": "f"}, "attrs": {"a": 2}, "parents": []}])";

const Choices kPrincipals = {"principal",
                             "principal is User",
                             "principal is Robot",
                             R"(principal == User::"u")",
                             R"(principal in Team::"t")",
                             R"(principal is User in Team::"t")"};
const Choices kResources = {"resource", "resource is Photo", "resource is Folder", R"(resource == Photo::"p")"};
const Choices kConditions = {"resource.a < principal.b",
                             "principal.b >= resource.b",
                             "resource.b == principal.a",
                             "[resource.a, principal.b].contains(context.c)",
                             "[principal.a].contains(resource.a)",
                             "{x: resource.a, y: principal.b} == {y: context.c, x: principal.a}",
                             "-principal.b < -resource.a",
                             "resource.a + principal.b > context.c",
                             "resource has d && resource.d <= principal.b",
                             "context.c < resource.a && resource.b < principal.b",
                             "resource.a < 2",
                             "true"};
const Choices kAskers = {R"(User::"u")", R"(User::"v")", R"(Robot::"r")", R"(User::"stranger")"};
const Choices kAsked = {R"(Photo::"p")", R"(Photo::"q")", R"(Folder::"f")", R"(Photo::"unknown")"};

}  // namespace

TEST_CASE("policies that read much, in groups of all kinds, are decided as one by one") {
  std::mt19937 random(7);
  const auto one_of = [&](const Choices& choices) { return std::string(choices[random() % choices.size()]); };
  std::size_t permitted = 0;
  std::size_t failed = 0;
  for (int round = 0; round < 400; ++round) {
    std::string policies;
    for (std::size_t left = 2 + random() % 7; left != 0; --left) {
      policies += (random() % 3 == 0 ? "forbid(" : "permit(") + one_of(kPrincipals) + ", action, " +
                  one_of(kResources) + ") when { " + one_of(kConditions) + " };\n";
    }
    CAPTURE(policies);
    const World world = world_of(policies, kEntities);
    const Engine compiled(world);
    const Engine reference(world, Evaluator::reference);
    for (const std::string_view asker : kAskers) {
      for (const std::string_view asked : kAsked) {
        CAPTURE(asker);
        CAPTURE(asked);
        const auto request = require(OwnedRequest::from_text(asker, R"(Action::"view")", asked, R"({"c": 2})"));
        REQUIRE(world.program().index.planned_action(request.view(), world.entities()) != nullptr);
        const Answer expected = ask(reference, request.view());
        CHECK(ask(compiled, request.view()) == expected);
        permitted += expected.permitted ? 1U : 0U;
        failed += expected.errors.empty() ? 0U : 1U;
      }
    }
  }
  CHECK(permitted > 300);
  CHECK(failed > 300);
}

}  // namespace quis::test
