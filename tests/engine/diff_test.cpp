#include <quis/engine/diff.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <quis/engine/engine.hpp>
#include <quis/engine/search.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "generator/world.hpp"
#include "policy/expression_walk.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Doc", "id": "d"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Doc", "id": "e"}, "attrs": {}, "parents": []}])";

constexpr std::string_view kSchema = R"(entity Team; entity User in [Team]; entity Doc;
  action read, write appliesTo {principal: User, resource: Doc};)";

/// One change as `+ann read d: old; new` with the policies that made the difference.
std::string told(const AccessChange& change) {
  const auto joined = [](const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) text += ' ' + id;
    return text;
  };
  return (change.gained() ? "+"
          : change.lost() ? "-"
                          : "~") +
         std::string(id_text_of(change.principal)) + ' ' + std::string(id_text_of(change.action)) + ' ' +
         std::string(id_text_of(change.resource)) + ':' + joined(change.before) + " ->" + joined(change.after);
}

AccessDiff diff_of(std::string_view before, std::string_view after, DiffOptions options = {},
                   std::string_view entities_after = kEntities) {
  return require(diff_access(world_of(before, kEntities), world_of(after, entities_after), options));
}

std::set<std::string> changes(std::string_view before, std::string_view after,
                              std::string_view entities_after = kEntities) {
  static const Schema schema = require(parse_schema(kSchema));
  DiffOptions options;
  options.schema = &schema;
  std::set<std::string> told_changes;
  for (const AccessChange& change : diff_of(before, after, options, entities_after).changes) {
    told_changes.insert(told(change));
  }
  return told_changes;
}

using Requests = std::set<std::tuple<EntityId, EntityId, EntityId, Outcome, Outcome>>;

Requests listed(const AccessDiff& diff) {
  Requests requests;
  for (const AccessChange& change : diff.changes) {
    CHECK(requests.emplace(change.principal, change.action, change.resource, change.was, change.is).second);
  }
  return requests;
}

/// The entities of two stores, one kind or the other.
std::vector<EntityId> everyone(const World& a, const World& b, bool actions) {
  std::set<EntityId> ids;
  for (const World* world : {&a, &b}) {
    world->entities().for_each([&](const EntityRecord& record) {
      if (is_action_type(type_of(record.uid)) == actions) ids.insert(record.uid);
    });
    if (!actions) continue;
    for (const Policy& policy : world->policies().policies()) {
      ids.insert(policy.body->action.entities.begin(), policy.body->action.entities.end());
      for (const Condition& condition : policy.body->conditions) {
        for_each_node(*condition.body, [&ids](const Expr& node) {
          const bool is_entity = node.op == Op::literal && node.value.is(Value::Kind::entity);
          if (is_entity && is_action_type(type_of(node.value.as_entity()))) ids.insert(node.value.as_entity());
        });
      }
    }
  }
  return {ids.begin(), ids.end()};
}

/// What is found where no action fits the context is nothing, and `any` stays false.
Requests by_force(const World& before, const World& after, Request request, const Schema* schema, bool& any) {
  const Engine old(before);
  const Engine current(after);
  Requests requests;
  const auto things = everyone(before, after, false);
  for (const EntityId action : everyone(before, after, true)) {
    for (const EntityId principal : things) {
      for (const EntityId resource : things) {
        request.principal = principal;
        request.action = action;
        request.resource = resource;
        if (schema != nullptr && !validate(request, *schema)) continue;
        any = true;
        Response was;
        Response is;
        old.authorize(request, was);
        current.authorize(request, is);
        const std::set<std::string_view> needed(was.step_up.begin(), was.step_up.end());
        const std::set<std::string_view> needs(is.step_up.begin(), is.step_up.end());
        if (was.outcome() != is.outcome() || needed != needs)
          requests.emplace(principal, action, resource, was.outcome(), is.outcome());
      }
    }
  }
  return requests;
}

/// The world with some policies less, some that ask for a step-up, and perhaps an entity less.
GeneratedWorld thinned(GeneratedWorld world, Choices& choices) {
  for (std::string& policy : world.policies) {
    if (choices.chance(30)) policy.insert(0, choices.chance(50) ? "@step_up(\"aal2\") " : "@step_up(\"approval\") ");
  }
  const auto drop = [&](std::vector<std::string>& texts) {
    if (!texts.empty()) texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(choices.below(texts.size())));
  };
  for (std::size_t i = choices.below(6); i > 0; --i) drop(world.policies);
  if (choices.chance(20)) drop(world.entities);
  return world;
}

struct Tally {
  std::size_t changes = 0;
  std::size_t decisions = 0;
  std::size_t alike = 0;
};

void check_world(GeneratedWorld world, std::uint64_t seed, const Schema* schema, Tally& tally) {
  Choices choices(seed * 31);
  world.links.clear();
  const auto build = [&](const GeneratedWorld& part) {
    return World::build(require(part.policy_set(part.policies_text())),
                        require(Entities::from_json(part.entities_json(), schema)));
  };
  const World before = build(thinned(world, choices));
  const World after = build(thinned(world, choices));
  const OwnedRequest any = require(OwnedRequest::from_json(world.requests.front().json(), schema));
  DiffOptions options;
  options.schema = schema;
  options.context = any.view().context;
  options.names = any.view().names;
  options.limit = limits::kMaxDiffChanges;
  bool compared = false;
  const Requests expected = by_force(before, after, any.view(), schema, compared);
  const auto found = diff_access(before, after, options);
  if (!found) {  // refused because no action that could be compared may have this context
    CHECK_FALSE(compared);
    return;
  }
  const AccessDiff& diff = *found;
  CHECK(diff.lists_all());
  CHECK(listed(diff) == expected);
  for (const AccessChange& change : diff.changes) CHECK(!(change.before.empty() && change.after.empty()));
  tally.changes += diff.changes.size();
  tally.decisions += diff.decisions;
  tally.alike += diff.changes.empty() ? 1U : 0U;
}

}  // namespace

TEST_CASE("the difference of generated worlds is what deciding every request in both finds") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    check_world(generate_world(choices, {.requests = 1, .faults = false, .schema = false}), seed, nullptr, tally);
  }
  MESSAGE(tally.changes, " changes, ", tally.decisions, " decisions, ", tally.alike, " worlds without changes");
  CHECK(tally.changes > 100);
}

TEST_CASE("the difference of generated worlds with a schema is what deciding every request in both finds") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld world = generate_world(choices, {.requests = 1, .faults = false});
    const Schema schema = require(parse_schema(world.schema));
    check_world(world, seed, &schema, tally);
  }
  MESSAGE(tally.changes, " changes, ", tally.decisions, " decisions, ", tally.alike, " worlds without changes");
  CHECK(tally.changes > 100);
  CHECK(tally.alike > 5);
}

TEST_CASE(
    "without a schema a difference is about what searches are about: all but actions, and every action that is named") {
  constexpr std::string_view kBefore = R"(permit(principal, action, resource) when { action == Action::"read" };)";
  constexpr std::string_view kWithActions = R"([
    {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Action", "id": "read"}, "attrs": {}, "parents": []}])";
  const World before = world_of(kBefore, kWithActions);
  const World after = world_of("", kWithActions);
  const EntityId read = require(parse_entity_uid(R"(Action::"read")", Names()));
  DiffOptions options;
  CHECK(require(diff_access(before, after, options)).lost == 1);
  CHECK(require(Search(Engine(before)).who_can(read, read)).domain == 1);
  options.principal_type = intern_type("Action");
  CHECK(require(diff_access(before, after, options)).lost == 1);
  options.resource_type = intern_type("User");
  const AccessDiff diff = require(diff_access(before, after, options));
  REQUIRE(diff.changes.size() == 1);
  CHECK(diff.changes.front().principal == read);
  const World named = world_of(kBefore, R"([{"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": []}])");
  CHECK(require(diff_access(named, world_of("", "[]"))).lost == 1);
}

TEST_CASE("a permit that is added is what permits, and one that is taken away is what no longer does") {
  constexpr std::string_view kPermit =
      R"(permit(principal == User::"ann", action == Action::"read", resource == Doc::"d");)";
  CHECK(changes("", kPermit) == std::set<std::string>{"+ann read d: -> policy0"});
  CHECK(changes(kPermit, "") == std::set<std::string>{"-ann read d: policy0 ->"});
}

TEST_CASE("a forbid that is lifted is named, and the permit that always held is not") {
  constexpr std::string_view kBefore = R"(permit(principal == User::"ann", action == Action::"read", resource);
                                          forbid(principal, action, resource == Doc::"e");)";
  constexpr std::string_view kAfter = R"(permit(principal == User::"ann", action == Action::"read", resource);)";
  CHECK(changes(kBefore, kAfter) == std::set<std::string>{"+ann read e: policy1 ->"});
  CHECK(changes(kAfter, kBefore) == std::set<std::string>{"-ann read e: -> policy1"});
}

TEST_CASE("another `@step_up` on a forbid is a change of its own, with the forbid behind it") {
  constexpr std::string_view kPermit =
      R"(permit(principal == User::"ann", action == Action::"read", resource == Doc::"d");)";
  constexpr std::string_view kForbid = R"(forbid(principal, action, resource == Doc::"d");)";
  const auto with = [&](std::string_view annotation) {
    return std::string(kPermit) + std::string(annotation) + std::string(kForbid);
  };
  const std::set<std::string> changed = {"~ann read d: policy1 -> policy1"};
  CHECK(changes(with("@step_up(\"aal2\")"), with("")) == changed);
  CHECK(changes(with(""), with("@step_up(\"aal2\")")) == changed);
  CHECK(changes(with("@step_up(\"aal2\")"), with("@step_up(\"aal3\")")) == changed);
  CHECK(changes(with("@step_up(\"aal2\")"), with("@note(\"x\") @step_up(\"aal2\")")).empty());
  const AccessDiff diff = diff_of(with("@step_up(\"aal2\")"), with(""));
  CHECK(diff.gained + diff.lost == 0);
  CHECK(diff.step_ups == 1);
  CHECK(diff.changes.at(0).was == Outcome::step_up);
  CHECK(diff.changes.at(0).is == Outcome::deny);
  CHECK(diff.changes.at(0).step_up_before == std::vector<std::string>{"aal2"});
  CHECK(diff.changes.at(0).step_up_after.empty());
  CHECK(diff.lists_all());
}

TEST_CASE("a permit behind a forbid that a step-up lifts is what makes the denial liftable") {
  constexpr std::string_view kForbid = R"(@step_up("aal2") forbid(principal, action, resource == Doc::"d");)";
  constexpr std::string_view kPermit =
      R"(permit(principal == User::"ann", action == Action::"read", resource == Doc::"d");)";
  const std::string both = std::string(kForbid) + std::string(kPermit);
  CHECK(changes(kForbid, both) == std::set<std::string>{"~ann read d: -> policy1"});
  CHECK(changes(both, kForbid) == std::set<std::string>{"~ann read d: policy1 ->"});
}

TEST_CASE("policies that only moved, were renamed or annotated change nothing and cost nothing") {
  constexpr std::string_view kBefore =
      R"(permit(principal in Team::"red", action, resource); forbid(principal, action, resource == Doc::"e");)";
  constexpr std::string_view kAfter =
      R"(forbid(principal, action, resource == Doc::"e"); @note("moved") permit(principal in Team::"red", action, resource);)";
  const AccessDiff diff = diff_of(kBefore, kAfter);
  CHECK(diff.changes.empty());
  CHECK(diff.decisions == 0);
}

TEST_CASE("only requests that a changed policy can be satisfied by are decided") {
  const std::string policies = "permit(principal, action == Action::\"read\", resource);";
  const auto decisions = [&](std::string_view more) {
    return diff_of(policies, policies + std::string(more)).decisions;
  };
  CHECK(decisions(R"(forbid(principal == User::"ann", action == Action::"read", resource == Doc::"d");)") == 1);
  CHECK(decisions(R"(forbid(principal in Team::"red", action == Action::"read", resource == Doc::"d");)") == 2);
  CHECK(decisions(R"(forbid(principal, action == Action::"read", resource is Doc);)") == 10);
  CHECK(decisions(R"(forbid(principal, action == Action::"read", resource) when { false };)") == 0);
}

TEST_CASE("a change of entities alone shows who gains and who loses by it") {
  constexpr std::string_view kPolicy =
      R"(permit(principal in Team::"red", action == Action::"read", resource == Doc::"d");)";
  std::string moved(kEntities);
  moved.replace(moved.find(R"([{"type": "Team", "id": "red"}])"), 31, "[]");
  moved.replace(moved.find(R"("bob"}, "attrs": {}, "parents": [])"), 34,
                R"("bob"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}])");
  CHECK(changes(kPolicy, kPolicy, moved) ==
        std::set<std::string>{"-ann read d: policy0 ->", "+bob read d: -> policy0"});
}

TEST_CASE("a permit that became a forbid under the same id is named on both sides") {
  constexpr std::string_view kPermit =
      R"(permit(principal == User::"ann", action == Action::"read", resource == Doc::"d");)";
  constexpr std::string_view kForbid =
      R"(forbid(principal == User::"ann", action == Action::"read", resource == Doc::"d");)";
  const std::string rest =
      R"(permit(principal == User::"ann", action == Action::"read", resource == Doc::"d") when { 1 == 1 };)";
  CHECK(changes(std::string(kPermit) + rest, std::string(kForbid) + rest) ==
        std::set<std::string>{"-ann read d: policy0 -> policy0"});
}

TEST_CASE("requests whose context the schema refuses are not compared, and their actions are listed as skipped") {
  const Schema schema = require(parse_schema(R"(entity Team; entity User in [Team]; entity Doc;
    action read appliesTo {principal: User, resource: Doc};
    action write appliesTo {principal: User, resource: Doc, context: {mfa: Bool}};)"));
  DiffOptions options;
  options.schema = &schema;
  const AccessDiff diff = diff_of("", "permit(principal, action, resource);", options);
  CHECK(diff.gained == 4);
  REQUIRE(diff.skipped.size() == 1);
  CHECK(id_text_of(diff.skipped[0].action) == "write");
  CHECK(diff.skipped[0].reasons.front().code == ErrorCode::missing_attribute);
  options.action = require(parse_entity_uid(R"(Action::"write")", Names()));
  const auto refused = diff_access(world_of("", kEntities), world_of("", kEntities), options);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().front().code == ErrorCode::missing_attribute);
}

TEST_CASE("changes beyond the limit are counted, and the difference says that it does not list all") {
  DiffOptions options;
  options.limit = 3;
  const AccessDiff diff = diff_of("", R"(permit(principal, action == Action::"read", resource);)", options);
  CHECK(diff.changes.size() == 3);
  CHECK(diff.gained == 25);
  CHECK_FALSE(diff.lists_all());
}

TEST_CASE("a comparison that needs more decisions than allowed fails whole") {
  DiffOptions options;
  options.decisions = 24;
  const auto diff =
      diff_access(world_of("", kEntities),
                  world_of("permit(principal, action == Action::\"read\", resource);", kEntities), options);
  REQUIRE_FALSE(diff.has_value());
  CHECK(diff.error().front().code == ErrorCode::limit_exceeded);
}

}  // namespace quis::test
