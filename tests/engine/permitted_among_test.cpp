#include <array>
#include <vector>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

EntityId document(int i) { return intern_entity("Document", "d" + std::to_string(i)); }

/// Two hundred documents: d0, d3, d6 … are read by the team of alice, d1, d4 … belong to her, and every tenth is
/// public. Document 7 has no attributes, document 8 is not in the store, and those from 100 on have one attribute more.
std::string documents() {
  std::string entities = R"([{"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [
      {"type": "Team", "id": "a"}, {"type": "Team", "id": "b"}, {"type": "Team", "id": "c"}, {"type": "Team", "id": "d"},
      {"type": "Team", "id": "e"}]})";
  for (int i = 0; i < 200; ++i) {
    if (i == 8) continue;
    entities += R"(,{"uid": {"type": "Document", "id": "d)" + std::to_string(i) + R"("}, "parents": [], "attrs": {)";
    if (i != 7) {
      entities += R"("readers": {"__entity": {"type": "Team", "id": ")" + std::string(i % 3 == 0 ? "e" : "other") +
                  R"("}}, "owner": {"__entity": {"type": "User", "id": ")" + (i % 3 == 1 ? "alice" : "bob") +
                  R"("}}, "public": )" +
                  (i % 10 == 0 ? "true"
                   : i == 11   ? "3"
                               : "false");
      if (i >= 100) entities += R"(, "archived": true)";
    }
    entities += "}}";
  }
  return entities + "]";
}

/// How many of 200 documents are permitted; each is compared with what `authorize` says.
int permitted(std::string_view policies, ForbidErrors forbid_errors = ForbidErrors::skip) {
  const Engine engine(world_of(policies, documents()), Evaluator::compiled, forbid_errors);
  Request question{engine.entity("User", "alice"), engine.action("read"), EntityId{}};
  std::vector<EntityId> resources;
  for (int i = 0; i < 200; ++i) resources.push_back(document(i));
  std::array<bool, 200> answers = {};
  engine.permitted_among(question, resources, answers);
  int count = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    question.resource = resources[i];
    CAPTURE(i);
    CHECK(answers[i] == engine.authorize(question).permitted());
    count += answers[i] ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("resources are permitted by a membership, by ownership, or by a flag, whatever attributes they have") {
  CHECK(permitted("permit(principal, action, resource) when { principal in resource.readers };") == 67);
  CHECK(permitted("permit(principal, action, resource) when { resource.owner == principal };") == 67 - 1);
  CHECK(permitted("permit(principal, action, resource) when { resource.public };") == 20);
  CHECK(permitted(R"(permit(principal, action, resource) when { principal in resource.readers };
                     permit(principal, action, resource) when { resource.owner == principal };)") == 133);
}

TEST_CASE("a forbid takes resources away, and one that errs only where errors of forbids deny") {
  constexpr std::string_view kPolicies = R"(permit(principal, action, resource) when { principal in resource.readers };
                                            forbid(principal, action, resource) when { resource.archived };)";
  CHECK(permitted(kPolicies) == 34);
  CHECK(permitted(kPolicies, ForbidErrors::deny) == 0);
  CHECK(permitted(R"(permit(principal, action, resource); @step_up("x") forbid(principal, action, resource)
                     when { resource has archived };)") == 100);
}

TEST_CASE("policies of particular principals, types and resources are found for each resource") {
  CHECK(permitted(R"(permit(principal in Team::"e", action == Action::"read", resource is Document)
                     when { principal in resource.readers };)") == 67);
  CHECK(permitted(R"(permit(principal == User::"alice", action, resource == Document::"d150");
                     permit(principal == User::"bob", action, resource == Document::"d151");)") == 1);
}

TEST_CASE("resources that nobody can decide about are denied, and the others are not") {
  const Engine engine(world_of("permit(principal, action, resource);"));
  Request question{engine.entity("User", "alice"), engine.action("read"), EntityId{}};
  const std::array<EntityId, 3> resources = {document(1), EntityId{}, EntityId{EntityId::kLocalBit}};
  std::array<bool, 3> answers = {false, true, true};
  engine.permitted_among(question, resources, answers);
  CHECK(answers == std::array<bool, 3>{true, false, false});
  question.principal = EntityId{};
  engine.permitted_among(question, resources, answers);
  CHECK(answers == std::array<bool, 3>{});
}

}  // namespace quis::test
