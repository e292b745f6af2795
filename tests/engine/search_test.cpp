#include <quis/engine/search.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <quis/engine/reference.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "generator/world.hpp"

namespace quis::test {
namespace {

EntityId uid(std::string_view text) { return require(parse_entity_uid(text, Names())); }

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": [{"type": "Team", "id": "blue"}]},
  {"uid": {"type": "User", "id": "cat"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": [{"type": "Team", "id": "all"}]},
  {"uid": {"type": "Team", "id": "blue"}, "attrs": {}, "parents": [{"type": "Team", "id": "all"}]},
  {"uid": {"type": "Doc", "id": "d"}, "attrs": {"readers": [{"__entity": {"type": "User", "id": "cat"}},
    {"__entity": {"type": "User", "id": "not in the store"}}]}, "parents": []}])";

Search search_of(std::string_view policies) { return Search(Engine(world_of(policies, kEntities))); }

/// The hits in words, `complete` at their end when there are no more.
std::vector<std::string> told(const Result<SearchPage>& page) {
  if (!page) return {std::string(to_string(page.error().front().code))};
  std::vector<std::string> words;
  for (const EntityId hit : page->hits) words.emplace_back(id_text_of(hit));
  std::sort(words.begin(), words.end());
  if (page->end == SearchPage::End::complete) words.emplace_back("complete");
  return words;
}

using words = std::vector<std::string>;

const EntityId kRead = uid(R"(Action::"read")");
const EntityId kDoc = uid(R"(Doc::"d")");

/// All hits of a search, page by page; every page is checked to be as long as it may be.
template <class Ask>
std::vector<EntityId> all_pages(SearchOptions options, Ask&& ask) {
  std::vector<EntityId> hits;
  for (;;) {
    const SearchPage page = require(ask(options));
    CHECK(page.hits.size() <= options.limit);
    CHECK(page.decisions <= options.decisions);
    hits.insert(hits.end(), page.hits.begin(), page.hits.end());
    if (page.end == SearchPage::End::complete) break;
    REQUIRE(page.next.valid());
    if (page.end == SearchPage::End::full) CHECK(page.hits.size() == options.limit);
    options.after = page.next;
  }
  return hits;
}

struct Expected {
  std::vector<EntityId> who;
  std::vector<EntityId> what;
  std::vector<EntityId> actions;
};

/// The same by trying everything.
Expected by_force(const World& world, const Request& request, TypeId type, const Schema* schema) {
  Expected expected;
  const Engine reference(world, Evaluator::reference);
  const auto permitted = [&](EntityId principal, EntityId action, EntityId resource) {
    const Request each{principal, action, resource, request.names, request.context};
    return (schema == nullptr || validate(each, *schema)) && reference.authorize(each).permitted();
  };
  world.entities().for_each([&](const EntityRecord& record) {
    const bool wanted = type.valid() ? type_of(record.uid) == type : !is_action_type(type_of(record.uid));
    if (wanted && permitted(record.uid, request.action, request.resource)) expected.who.push_back(record.uid);
    if (wanted && permitted(request.principal, request.action, record.uid)) expected.what.push_back(record.uid);
    if (is_action_type(type_of(record.uid)) && permitted(request.principal, record.uid, request.resource)) {
      expected.actions.push_back(record.uid);
    }
  });
  return expected;
}

struct Tally {
  std::size_t hits = 0;
  std::size_t misses = 0;
};

void check_world(const GeneratedWorld& generated, const Schema* schema, Tally& tally) {
  const PolicySet policies = require(generated.policy_set(generated.policies_text()));
  const World world = World::build(policies, require(Entities::from_json(generated.entities_json(), schema)));
  const Search search{Engine(world)};
  std::size_t turn = 0;
  for (const GeneratedRequest& each : generated.requests) {
    CAPTURE(each.json());
    const OwnedRequest owned = require(OwnedRequest::from_json(each.json(), schema));
    const Request request = owned.view();
    SearchOptions options;
    options.context = request.context;
    options.names = request.names;
    options.schema = schema;
    options.limit = ++turn % 3 == 0 ? 2 : 1000;
    options.decisions = turn % 4 == 0 ? 3 : limits::kMaxSearchDecisions;
    const TypeId user = intern_type("User");
    if (turn % 2 == 0 && (schema == nullptr || schema->find(user) != nullptr)) options.type = user;
    const Expected expected = by_force(world, request, options.type, schema);
    const auto who =
        all_pages(options, [&](const SearchOptions& o) { return search.who_can(request.action, request.resource, o); });
    CHECK(who == expected.who);
    const auto what = all_pages(
        options, [&](const SearchOptions& o) { return search.what_can(request.principal, request.action, o); });
    CHECK(what == expected.what);
    options.type = {};
    auto actions = all_pages(
        options, [&](const SearchOptions& o) { return search.actions(request.principal, request.resource, o); });
    // By force only the store's actions were tried; those that only policies name are tried by the domain test below.
    std::erase_if(actions, [&](EntityId action) { return world.entities().find(action) == nullptr; });
    CHECK(actions == expected.actions);
    tally.hits += who.size() + what.size();
    tally.misses += who.empty() ? 1U : 0U;
  }
}

}  // namespace

TEST_CASE("searches find in generated worlds what trying every entity finds, page by page") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    check_world(generate_world(choices, {.requests = 10, .faults = false, .schema = false}), nullptr, tally);
  }
  CHECK(tally.hits > 1000);
  CHECK(tally.misses > 50);
}

TEST_CASE("searches with a schema find in generated worlds what trying every entity finds") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld world = generate_world(choices, {.requests = 10, .faults = false});
    const Schema schema = require(parse_schema(world.schema));
    check_world(world, &schema, tally);
  }
  CHECK(tally.hits > 500);
  CHECK(tally.misses > 50);
}

TEST_CASE("where scopes decide only the entities that they name are decided") {
  const auto decisions = [](std::string_view policies) {
    return require(search_of(policies).who_can(kRead, kDoc)).decisions;
  };
  CHECK(decisions(R"(permit(principal == User::"ann", action, resource);)") == 1);
  CHECK(decisions(R"(permit(principal in Team::"red", action, resource);)") == 2);
  CHECK(decisions(R"(permit(principal in Team::"all", action, resource);)") == 4);
  CHECK(decisions(R"(permit(principal is User, action, resource);)") == 3);
  CHECK(decisions(R"(permit(principal == User::"ann", action == Action::"write", resource);)") == 0);
  CHECK(decisions(R"(permit(principal, action, resource);)") == 6);
}

TEST_CASE("where conditions name the entities once the known parts are filled in, only those are decided") {
  const auto decisions = [](std::string_view condition) {
    const std::string policy = "permit(principal, action, resource) when { " + std::string(condition) + " };";
    return require(search_of(policy).who_can(kRead, kDoc)).decisions;
  };
  CHECK(decisions("principal in resource.readers") == 1);
  CHECK(decisions("resource.readers.contains(principal) && principal has name") == 1);
  CHECK(decisions(R"(principal == User::"ann" || User::"bob" == principal)") == 2);
  CHECK(decisions("principal has name && resource has nothing") == 0);
  CHECK(decisions("principal has name || principal is User") == 6);
}

TEST_CASE("an entity that is only named is no hit, because it is not in the store") {
  const Search search = search_of("permit(principal, action, resource) when { principal in resource.readers };");
  CHECK(told(search.who_can(kRead, kDoc)) == words{"cat", "complete"});
}

TEST_CASE("a forbid takes hits away, and an error of a permit makes none") {
  const Search search = search_of(R"(permit(principal is User, action, resource);
                                     forbid(principal in Team::"red", action, resource);
                                     permit(principal is Team, action, resource) when { principal.nothing };)");
  CHECK(told(search.who_can(kRead, kDoc)) == words{"bob", "cat", "complete"});
}

TEST_CASE("a page ends where it is full or where the decisions are spent, and says so") {
  const Search search = search_of("permit(principal, action, resource);");
  SearchOptions options;
  options.limit = 4;
  const SearchPage first = require(search.who_can(kRead, kDoc, options));
  CHECK(first.end == SearchPage::End::full);
  CHECK(first.hits.size() == 4);
  options.after = first.next;
  const SearchPage second = require(search.who_can(kRead, kDoc, options));
  CHECK(second.end == SearchPage::End::complete);
  CHECK(second.hits.size() == 2);
  options = {};
  options.decisions = 5;
  const SearchPage spent = require(search.who_can(kRead, kDoc, options));
  CHECK(spent.end == SearchPage::End::exhausted);
  CHECK(spent.hits.size() == 5);
  CHECK(spent.next.valid());
}

TEST_CASE("without a schema the actions are those of the store and those that policies name") {
  const Search search = search_of(R"(permit(principal, action in [Action::"read", Action::"write"], resource);
                                     forbid(principal, action == Action::"write", resource);)");
  CHECK(told(search.actions(uid(R"(User::"ann")"), kDoc)) == words{"read", "complete"});
}

TEST_CASE("an action that only a condition names is among the actions") {
  const Search search = search_of(R"(
      permit(principal, action, resource) when { [Action::"read", Action::"share"].contains(action) };
      forbid(principal, action, resource) unless { action != Action::"print" && resource != User::"ann" };)");
  const SearchPage page = require(search.actions(uid(R"(User::"ann")"), kDoc));
  CHECK(told(page) == words{"read", "share", "complete"});
  CHECK(page.domain == 3);
}

TEST_CASE("actions in the store are no hits and not counted unless their type is asked for") {
  constexpr std::string_view kWithActions = R"([
    {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Action", "id": "read"}, "attrs": {}, "parents": [{"type": "Action", "id": "all"}]},
    {"uid": {"type": "Action", "id": "all"}, "attrs": {}, "parents": []}])";
  const auto page_of = [&](std::string_view policies, SearchOptions options) {
    return require(Search(Engine(world_of(policies, kWithActions))).who_can(kRead, kDoc, options));
  };
  for (const char* policies : {"permit(principal, action, resource);",
                               R"(permit(principal == Action::"read", action, resource);
                                  permit(principal == User::"ann", action, resource);)",
                               R"(permit(principal in Action::"all", action, resource);
                                  permit(principal == User::"ann", action, resource);)"}) {
    CAPTURE(policies);
    const SearchPage page = page_of(policies, {});
    CHECK(told(page) == words{"ann", "complete"});
    CHECK(page.domain == 1);
    SearchOptions options;
    options.type = intern_type("Action");
    const SearchPage asked = page_of(policies, options);
    CHECK(std::binary_search(asked.hits.begin(), asked.hits.end(), kRead));
    CHECK(asked.domain == 2);
  }
}

TEST_CASE("with a schema the actions are those that apply to the two types, and only allowed types are hits") {
  const Schema schema =
      require(parse_schema(R"(entity Team in [Team]; entity User in [Team]; entity Doc = {readers: Set<User>};
    action read appliesTo {principal: [User], resource: [Doc]};
    action join appliesTo {principal: [User], resource: [Team]};)"));
  const Search search = search_of("permit(principal, action, resource);");
  SearchOptions options;
  options.schema = &schema;
  CHECK(told(search.actions(uid(R"(User::"ann")"), kDoc, options)) == words{"read", "complete"});
  CHECK(told(search.who_can(kRead, kDoc, options)) == words{"ann", "bob", "cat", "complete"});
  CHECK(told(search.who_can(kRead, uid(R"(Team::"red")"), options)) == words{"complete"});
  CHECK(told(search.who_can(uid(R"(Action::"fly")"), kDoc, options)) == words{"unknown-action"});
}

TEST_CASE("an action that the schema does not let have the context is skipped with its reason, and no hit") {
  const Schema schema = require(parse_schema(R"(entity Team in [Team]; entity User in [Team];
    entity Doc = {readers: Set<User>};
    action read appliesTo {principal: [User], resource: [Doc]};
    action write appliesTo {principal: [User], resource: [Doc], context: {mfa: Bool}};
    action share appliesTo {principal: [User], resource: [Doc], context: {mfa: Bool, from?: ipaddr}};)"));
  const Search search = search_of("permit(principal, action, resource);");
  const EntityId ann = uid(R"(User::"ann")");
  const auto ask = [&](std::string_view context) {
    LocalNames names;
    const ActionContexts contexts = require(ActionContexts::from_json(context, schema, names));
    SearchOptions options;
    options.schema = &schema;
    options.contexts = &contexts;
    options.names = &names;
    return search.actions(ann, kDoc, options);
  };
  const Result<SearchPage> none = ask("{}");
  CHECK(told(none) == words{"read", "complete"});
  REQUIRE(none->skipped.size() == 2);
  CHECK(none->skipped[0].reasons.front().code == ErrorCode::missing_attribute);
  CHECK(told(ask(R"({"mfa": true})")) == words{"share", "write", "complete"});
  CHECK(told(ask(R"({"mfa": true, "from": "10.0.0.1"})")) == words{"share", "complete"});
  CHECK(told(ask(R"({"mfa": 1})")) == words{"unexpected-attribute"});
  SearchOptions options;
  options.schema = &schema;
  CHECK(told(search.who_can(uid(R"(Action::"write")"), kDoc, options)) == words{"missing-attribute"});
  CHECK(told(search.what_can(ann, uid(R"(Action::"write")"), options)) == words{"missing-attribute"});
}

TEST_CASE("an action that cannot have a context is told what is wrong with it as the action reads it") {
  const Schema schema = require(parse_schema(R"(entity User; entity Doc;
    action share appliesTo {principal: [User], resource: [Doc], context: {mfa: Bool, from?: ipaddr}};)"));
  LocalNames names;
  const ActionContexts contexts = require(ActionContexts::from_json(R"({"from": "10.0.0.1"})", schema, names));
  const Errors* refusal = contexts.refusal(*schema.find(uid(R"(Action::"share")")));
  REQUIRE(refusal != nullptr);
  REQUIRE(refusal->size() == 1);
  CHECK(refusal->front().code == ErrorCode::missing_attribute);
}

TEST_CASE("with a schema a type that it does not declare is refused, with the one that was meant") {
  const Schema schema = require(parse_schema(R"(entity Team; entity User; entity Doc;
    action read appliesTo {principal: [User], resource: [Doc]};)"));
  const Search search = search_of("permit(principal, action, resource);");
  SearchOptions options;
  options.schema = &schema;
  const auto refused = search.who_can(kRead, uid(R"(Docs::"d")"), options);
  CHECK(told(refused) == words{"unknown-entity-type"});
  CHECK(refused.error().front().help.find("`Doc`") != std::string::npos);
  CHECK(told(search.actions(uid(R"(Usr::"ann")"), kDoc, options)) == words{"unknown-entity-type"});
  options.type = intern_type("Users");
  CHECK(told(search.who_can(kRead, kDoc, options)) == words{"unknown-entity-type"});
}

TEST_CASE("options out of range and ids that name nobody are refused") {
  const Search search = search_of("permit(principal, action, resource);");
  SearchOptions options;
  options.limit = 0;
  CHECK(told(search.who_can(kRead, kDoc, options)) == words{"invalid-argument"});
  options.limit = limits::kMaxSearchHits + 1;
  CHECK(told(search.who_can(kRead, kDoc, options)) == words{"invalid-argument"});
  CHECK(told(search.who_can({}, kDoc)) == words{"invalid-request"});
}

TEST_CASE("a search adds nothing to the vocabulary, whatever is asked about") {
  const Search search = search_of("permit(principal, action, resource) when { principal == resource };");
  const OwnedRequest strange =
      require(OwnedRequest::from_text(R"(User::"u")", R"(Action::"read")", R"(Doc::"nobody ever heard of it")"));
  const std::uint64_t before = vocabulary_generation();
  SearchOptions options;
  options.names = strange.view().names;
  CHECK(told(search.who_can(strange.view().action, strange.view().resource, options)) == words{"complete"});
  CHECK(vocabulary_generation() == before);
}

}  // namespace quis::test
