#include <cstdint>
#include <string>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/engine/reference.hpp>

#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

std::size_t candidates(const World& world, const Question& question) {
  const auto request = require(OwnedRequest::from_text(question.principal, question.action, question.resource));
  return world.program().index.count_candidates(request.view(), world.entities());
}

}  // namespace

TEST_CASE("a request meets only the policies of its own action, principal and resource") {
  std::string policies;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    policies +=
        "permit(principal == User::\"u" + n + "\", action == Action::\"view\", resource == Photo::\"p" + n + "\");";
  }
  const World world = world_of(policies);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"view")", R"(Photo::"p7")"}) == 1);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"view")", R"(Photo::"p8")"}) == 0);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"edit")", R"(Photo::"p7")"}) == 0);
  CHECK(candidates(world, {R"(User::"x")", R"(Action::"view")", R"(Photo::"p7")"}) == 0);
}

TEST_CASE("a busy resource does not make a request meet other principals' policies") {
  std::string policies;
  for (int i = 0; i < 1000; ++i) {
    policies += "permit(principal == User::\"u" + std::to_string(i) + "\", action, resource == Folder::\"busy\");";
  }
  const World world = world_of(policies);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"view")", R"(Folder::"busy")"}) == 1);
}

TEST_CASE("each kind of scope is found exactly when it holds") {
  const std::string_view entities = R"([
    {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Team", "id": "a"}]},
    {"uid": {"type": "Team", "id": "a"}, "attrs": {}, "parents": [{"type": "Team", "id": "b"}]}])";
  const World world = world_of(R"(
    permit(principal, action, resource);
    permit(principal == User::"alice", action, resource);
    permit(principal in Team::"b", action, resource);
    permit(principal in User::"alice", action, resource);
    permit(principal is User, action, resource);
    permit(principal is User in Team::"a", action, resource);
    permit(principal == Team::"b", action, resource);
    permit(principal is Team, action, resource);
    permit(principal in Team::"c", action, resource);)",
                               entities);
  CHECK(candidates(world, {.principal = R"(User::"alice")"}) == 6);
  CHECK(candidates(world, {.principal = R"(User::"bob")"}) == 2);
  CHECK(candidates(world, {.principal = R"(Team::"b")"}) == 4);
}

TEST_CASE("a policy whose action list names overlapping groups is met once") {
  const std::string_view entities = R"([
    {"uid": {"type": "Action", "id": "view"}, "attrs": {},
     "parents": [{"type": "Action", "id": "read"}, {"type": "Action", "id": "all"}]}])";
  const World world =
      world_of(R"(permit(principal, action in [Action::"view", Action::"read", Action::"all"], resource);)", entities);
  CHECK(candidates(world, {}) == 1);
}

TEST_CASE("actions that very many constraints hold for are scanned, and find the same policies") {
  // Each of 3,000 actions is in a group that 3,000 different lists name: nine million pairs, beyond the budget.
  constexpr int kMany = 3'000;
  std::string policies;
  std::string entities = "[";
  for (int i = 0; i < kMany; ++i) {
    const std::string n = std::to_string(i);
    policies +=
        "permit(principal == User::\"u" + n + "\", action in [Action::\"group\", Action::\"a" + n + "\"], resource);";
    entities += (i == 0 ? "" : ",") + std::string(R"({"uid": {"type": "Action", "id": "a)") + n +
                R"("}, "attrs": {}, "parents": [{"type": "Action", "id": "group"}]})";
  }
  const World world = world_of(policies, entities + "]");
  for (const int i : {0, kMany / 2, kMany - 1}) {
    const std::string action = "Action::\"a" + std::to_string(i) + "\"";
    CHECK(candidates(world, {R"(User::"u7")", action, R"(Photo::"p")"}) == 1);
    CHECK(candidates(world, {R"(User::"nobody")", action, R"(Photo::"p")"}) == 0);
  }
}

TEST_CASE("an action that no policy names has a plan too, unless it could be in a group that one names") {
  const std::string_view entities = R"([
    {"uid": {"type": "Verb", "id": "grouped"}, "attrs": {}, "parents": [{"type": "Action", "id": "all"}]}])";
  const World world = world_of(R"(
    permit(principal, action, resource) when { context.open };
    forbid(principal, action in Action::"all", resource);)",
                               entities);
  const auto plan_for = [](const World& asked, std::string_view action) {
    const auto request = require(OwnedRequest::from_text(R"(User::"u")", action, R"(Photo::"p")"));
    const auto* const planned = asked.program().index.planned_action(request.view(), asked.entities());
    return planned == nullptr ? std::size_t{0} : asked.program().index.planned_list(*planned->table).size();
  };
  CHECK(plan_for(world, R"(Action::"all")") == 2);
  CHECK(plan_for(world, R"(Action::"other")") == 1);
  CHECK(plan_for(world, R"(Verb::"single")") == 1);
  CHECK(plan_for(world, R"(Verb::"grouped")") == 0);
  const World moved = World(world);  // plans stay where they are when a program moves
  CHECK(plan_for(moved, R"(Action::"other")") == 1);
  const World none = world_of(R"(permit(principal, action == Action::"all", resource);)");
  CHECK(plan_for(none, R"(Action::"other")") == 0);
  const auto permitted = [&](std::string_view action, std::string_view context) {
    return decide(R"(permit(principal, action, resource) when { context.open };
                     forbid(principal, action in Action::"all", resource);)",
                  entities, {.action = action, .context = context})
        .permitted;
  };
  CHECK(permitted(R"(Action::"other")", R"({"open": true})"));
  CHECK_FALSE(permitted(R"(Action::"other")", R"({"open": false})"));
  CHECK_FALSE(permitted(R"(Action::"other")", "{}"));
  CHECK_FALSE(permitted(R"(Verb::"grouped")", R"({"open": true})"));
  CHECK(permitted(R"(Verb::"single")", R"({"open": true})"));
}

/// How many policies have a scope that holds, by their definition.
std::size_t matching(const World& world, const Request& request) {
  std::size_t count = 0;
  for (const Policy& policy : world.policies().policies()) {
    count += scope_matches(policy, request, world.entities()) ? 1U : 0U;
  }
  return count;
}

TEST_CASE("a principal finds all that it may do, however many resources that are") {
  // A principal has one policy, two, ... forty; each asks for a resource, or what is in it.
  constexpr std::uint32_t kMost = 40;
  std::string policies;
  for (std::uint32_t n = 1; n <= kMost; ++n) {
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::string user = std::to_string(n);
      const std::string thing = std::to_string((i * 7 + n * 13) % 97);
      policies += "permit(principal " + std::string(n % 2 == 0 ? "==" : "in") + " User::\"u" + user + "\", action," +
                  " resource " + (i % 3 == 0 ? "in" : "==") + " Thing::\"t" + thing + "\");";
    }
  }
  std::string entities = "[";
  for (int i = 0; i < 97; ++i) {
    entities += (i == 0 ? "" : ",") + std::string(R"({"uid": {"type": "Part", "id": "t)") + std::to_string(i) +
                R"("}, "attrs": {}, "parents": [{"type": "Thing", "id": "t)" + std::to_string(i) +
                R"("}, {"type": "Thing", "id": "t)" + std::to_string((i * 31 + 5) % 97) + "\"}]}";
  }
  const World world = world_of(policies, entities + "]");
  std::size_t found = 0;
  for (std::uint32_t n = 1; n <= kMost; ++n) {
    for (int thing = 0; thing < 97; ++thing) {
      for (const char* const type : {"Thing", "Part"}) {
        const Request request{intern_entity("User", "u" + std::to_string(n)), intern_entity("Action", "view"),
                              intern_entity(type, "t" + std::to_string(thing))};
        const std::size_t expected = matching(world, request);
        REQUIRE(world.program().index.count_candidates(request, world.entities()) == expected);
        found += expected;
      }
    }
  }
  CHECK(found > std::size_t{kMost} * kMost / 2);
}

TEST_CASE("of many ancestors those that policies name are found, and the others cost nothing") {
  // Twenty groups of the principal, each with a policy for one of a thousand folders that the resource is in.
  std::string policies;
  std::string principal = R"([{"uid": {"type": "User", "id": "busy"}, "attrs": {}, "parents": [)";
  std::string resource = R"({"uid": {"type": "Photo", "id": "deep"}, "attrs": {}, "parents": [)";
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    policies +=
        "permit(principal in Group::\"" + n + "\", action, resource in Folder::\"" + std::to_string(i * 60) + "\");";
    principal += (i == 0 ? "" : ",") + std::string(R"({"type": "Group", "id": ")") + n + "\"}";
  }
  for (int i = 0; i < 1000; ++i) {
    resource += (i == 0 ? "" : ",") + std::string(R"({"type": "Folder", "id": ")") + std::to_string(i) + "\"}";
  }
  const World world = world_of(policies, principal + "]}," + resource + "]}]");
  const Request request{intern_entity("User", "busy"), intern_entity("Action", "view"), intern_entity("Photo", "deep")};
  REQUIRE(matching(world, request) == 17);
  CHECK(world.program().index.count_candidates(request, world.entities()) == 17);
  CHECK(world.program().index.count_resource_keys(request, world.entities()) == 3 + 17);
}

TEST_CASE("an entity that only the request knows is never taken for one that policies name") {
  const World world = world_of(R"(
    permit(principal == User::"alice", action, resource);
    permit(principal in Team::"a", action, resource);
    permit(principal, action, resource == Photo::"cat");
    permit(principal is User, action, resource in Album::"pets");)");
  const auto all = [&](EntityId principal, EntityId resource) {
    return world.program().index.count_candidates({principal, intern_entity("Action", "view"), resource},
                                                  world.entities());
  };
  const EntityId alice = intern_entity("User", "alice");
  const EntityId team = intern_entity("Team", "a");
  const EntityId cat = intern_entity("Photo", "cat");
  const EntityId pets = intern_entity("Album", "pets");
  REQUIRE(all(alice, cat) == 2);
  REQUIRE(all(team, pets) == 1);
  // Local ids whose other bits are those of entities that policies name.
  const auto local = [](EntityId entity) { return EntityId{entity.value | EntityId::kLocalBit}; };
  CHECK(all(local(alice), local(cat)) == 0);
  CHECK(all(local(team), local(pets)) == 0);
  CHECK(all(alice, local(cat)) == 1);
  CHECK(all(local(alice), cat) == 1);
  CHECK(all(EntityId{}, EntityId{}) == 0);
  for (const std::uint32_t nobody : {limits::kMaxNames, EntityId::kLocalBit - 1})
    CHECK(all(alice, EntityId{nobody}) == 1);
}

TEST_CASE("links of one template share its code and are found by their own scope") {
  PolicySet policies = require(PolicySet::from_text(
      "permit(principal == ?principal, action, resource in ?resource) when { true && context has x };"));
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    require(policies.link("policy0", "link" + n, intern_entity("User", "u" + n), intern_entity("Folder", "f" + n)));
  }
  const World world = World::build(policies, Entities());
  CHECK(world.program().code.size() < 10);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"view")", R"(Folder::"f7")"}) == 1);
  CHECK(candidates(world, {R"(User::"u7")", R"(Action::"view")", R"(Folder::"f8")"}) == 0);
}

}  // namespace quis::test
