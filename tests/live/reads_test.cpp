// What an answer depends on: whatever policies read is part of what an answer is found by, and whatever they follow
// ends it.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "live/live_world.hpp"

namespace quis::test {
namespace {

OwnedRequest asked(std::string_view action, std::string_view context) {
  return require(OwnedRequest::from_text(R"(User::"alice")", action, R"(Doc::"plan")", context));
}

/// Asks all in turns, so that each may find what was kept of another, and requires what an engine without a cache says.
void is_decided_as_evaluated(const LiveEngine& live, std::string_view action,
                             const std::vector<std::string>& contexts) {
  const Engine plain(live.world());
  std::vector<OwnedRequest> requests;  // made after the world: it knows their names
  for (const std::string& context : contexts) requests.push_back(asked(action, context));
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      CAPTURE(contexts[i]);
      const Decision cached = live.authorize(requests[i].view());
      const Decision evaluated = plain.authorize(requests[i].view());
      CHECK(cached.outcome() == evaluated.outcome());
      CHECK(std::ranges::equal(cached.determining(), evaluated.determining()));
      CHECK(std::ranges::equal(cached.errors(), evaluated.errors()));
    }
  }
  CHECK(live.statistics().hits >= contexts.size());
}

void is_decided_as_evaluated(const std::string& condition, const std::vector<std::string>& contexts) {
  CAPTURE(condition);
  const LiveEngine live(world_of(
      R"(permit(principal, action == Action::"view", resource) when { principal in Team::"all" && !resource.sealed && )" +
          condition + " };",
      kTeamEntities));
  is_decided_as_evaluated(live, R"(Action::"view")", contexts);
}

TEST_CASE("values are told apart by the constants they are compared with, whatever their kinds") {
  const auto extension = [](std::string_view function, std::string_view text) {
    return R"({"x": {"__extn": {"fn": ")" + std::string(function) + R"(", "arg": ")" + std::string(text) + "\"}}}";
  };
  std::vector<std::string> contexts = {"{}", R"({"x": true})", R"({"x": "3"})", R"({"x": [3]})"};
  for (const char* number : {"2", "3", "4", "5", "6"}) contexts.push_back(R"({"x": )" + std::string(number) + "}");
  for (const char* decimal : {"2.9", "3.0", "3.1"}) contexts.push_back(extension("decimal", decimal));
  for (const char* date : {"2025-12-31", "2026-01-01", "2026-01-02"}) contexts.push_back(extension("datetime", date));
  for (const char* length : {"59m", "1h", "61m"}) contexts.push_back(extension("duration", length));
  for (const std::string constant : {"3", R"(datetime("2026-01-01"))", R"(duration("1h"))"}) {
    for (const std::string comparison : {" < ", " <= ", " > ", " >= ", " == ", " != "}) {
      is_decided_as_evaluated("context.x" + comparison + constant, contexts);
      is_decided_as_evaluated("!(context.x" + comparison + constant + ")", contexts);
      is_decided_as_evaluated(constant + comparison + "context.x", contexts);
    }
  }
  for (const std::string comparison : {"lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"}) {
    is_decided_as_evaluated("context.x." + comparison + R"((decimal("3.0")))", contexts);
  }
}

TEST_CASE("whatever policies read of the context is part of what an answer is found by") {
  for (const char* name : {"mfa", "group", "sets", "record", "a", "b", "c"}) (void)intern_symbol(name);
  (void)team("blue");
  const std::vector<std::string> contexts = {
      // of names that are known; a request with others is not looked up
      "{}",
      R"({"mfa": true})",
      R"({"mfa": false})",
      R"({"group": {"__entity": {"type": "Team", "id": "red"}}})",
      R"({"group": {"__entity": {"type": "Team", "id": "blue"}}})",
      R"({"sets": [[1], [2]]})",
      R"({"sets": [[1, [2]]]})",
      R"({"record": {"a": {"b": 1}, "c": 2}})",
      R"({"record": {"a": {"b": 1, "c": 2}}})",
  };
  for (const char* condition : {"context has mfa", "!(context has mfa)", "context has mfa && context.mfa",
                                "principal in context.group", "context.sets.contains([1])", "context.record has c",
                                "context.record.a has c", "context == {\"mfa\": true}", "[context].contains({})"}) {
    is_decided_as_evaluated(condition, contexts);
  }
}

TEST_CASE("contexts of which policies read very much are told apart too") {
  constexpr int kAttributes = 60;
  const auto name = [](int i) { return "attribute" + std::to_string(i); };
  std::string condition = "(context.attribute0 == 0";
  for (int i = 1; i < kAttributes; ++i) condition += " || context." + name(i) + " == " + std::to_string(i);
  condition += ")";
  std::vector<std::string> contexts;
  for (int chosen = 0; chosen <= kAttributes; ++chosen) {
    std::string context = "{";
    for (int i = 0; i < kAttributes; ++i) {
      context += (i == 0 ? "\"" : ", \"") + name(i) + "\": " + std::to_string(i == chosen ? i : -1);
    }
    contexts.push_back(context + "}");
  }
  is_decided_as_evaluated(condition, contexts);
}

constexpr std::string_view kFolderEntities = R"([
  {"uid": {"type": "Folder", "id": "f"}, "attrs": {"open": true}, "tags": {"open": true},
   "parents": [{"type": "Folder", "id": "root"}]},
  {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Team", "id": "all"}]},
  {"uid": {"type": "Doc", "id": "plan"}, "parents": [],
   "attrs": {"sealed": false, "folder": {"__entity": {"type": "Folder", "id": "f"}}}}])";

TEST_CASE("whatever policies follow ends an answer when it changes") {
  for (const std::string condition :
       {"resource.folder.open", "resource.folder has open", "resource.folder in Folder::\"root\"",
        "resource.folder is Folder in Folder::\"root\"", "resource.folder.hasTag(\"open\")",
        "resource.folder.getTag(\"open\")", "Folder::\"f\".open", "Folder::\"f\" in Folder::\"root\"",
        "context.folder.open", "context.folder in Folder::\"root\"",
        "(if true then resource.folder else principal) has open"}) {
    CAPTURE(condition);
    LiveEngine engine(world_of(R"(permit(principal, action == Action::"view", resource)
                                 when { principal in Team::"all" && !resource.sealed && )" +
                                   condition + " };",
                               kFolderEntities));
    const auto request = asked(R"(Action::"view")", R"({"folder": {"__entity": {"type": "Folder", "id": "f"}}})");
    CHECK(engine.authorize(request.view()).permitted());
    CHECK(engine.authorize(request.view()).permitted());
    CHECK(engine.statistics().hits == 1);
    require(engine.publish(change([](EntityChanges& e) { require(e.put(intern_entity("Folder", "f"), {}, {})); })));
    CHECK_FALSE(engine.authorize(request.view()).permitted());
  }
}

constexpr std::string_view kActionPolicies = R"(
  permit(principal, action == Action::"read", resource) when { principal in Team::"none" && principal.suspended };
  permit(principal, action in Action::"read", resource) when { principal in Team::"all" && context.level == 1 };
  permit(principal, action == Action::"view", resource) when { principal in Team::"none" && principal.suspended };)";

constexpr std::string_view kActionEntities = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"suspended": false}, "parents": [{"type": "Team", "id": "all"}]},
  {"uid": {"type": "Doc", "id": "plan"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "read"}]},
  {"uid": {"type": "Action", "id": "edit"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Action", "id": "read"}, "attrs": {}, "parents": []}])";

TEST_CASE("what the policies of an action's groups read counts for the action") {
  const LiveEngine engine(world_of(kActionPolicies, kActionEntities));
  for (const char* action : {R"(Action::"read")", R"(Action::"view")"}) {
    is_decided_as_evaluated(engine, action, {R"({"level": 1})", R"({"level": 2})"});
  }
}

TEST_CASE("an action that leaves a group or comes into one is decided by other policies in the very next call") {
  LiveEngine engine(world_of(kActionPolicies, kActionEntities));
  const auto view = asked(R"(Action::"view")", R"({"level": 1})");
  const auto edit = asked(R"(Action::"edit")", R"({"level": 1})");
  const auto move = [&](std::string_view action, auto how) {
    require(engine.publish(change([&](EntityChanges& e) {
      require((e.*how)(intern_entity("Action", action), intern_entity("Action", "read")));
    })));
  };
  for (int i = 0; i < 2; ++i) {
    CHECK(engine.authorize(view.view()).permitted());
    CHECK_FALSE(engine.authorize(edit.view()).permitted());
  }
  move("view", &EntityChanges::remove_parent);
  move("edit", &EntityChanges::add_parent);
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(engine.authorize(view.view()).permitted());
    CHECK(engine.authorize(edit.view()).permitted());
  }
}

}  // namespace
}  // namespace quis::test
