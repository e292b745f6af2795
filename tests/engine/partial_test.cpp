#include <quis/engine/partial.hpp>

#include <string>
#include <string_view>

#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

EntityId uid(std::string_view text) { return require(parse_entity_uid(text, Names())); }

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"level": 3}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": []}])";

constexpr std::string_view kSchema = R"(
  entity Team;
  entity User in [Team] = {level: Long, nick?: String};
  entity Folder;
  entity Photo in [Folder] = {owner: User, size: Long, caption?: String};
  action view appliesTo {principal: User, resource: Photo, context: {mfa: Bool}};)";

/// Alice views an unknown photo.
PartialRequest alice_views(TypeId type = {}, bool exists = false) {
  PartialRequest request;
  request.principal = PartialEntity::known(uid(R"(User::"alice")"));
  request.action = uid(R"(Action::"view")");
  request.resource = PartialEntity::of_type(type, exists);
  return request;
}

PartialResponse partial(std::string_view policies, const PartialRequest& request, const Schema* schema = nullptr) {
  return require(partially_authorize(world_of(policies, kEntities), request, schema));
}

/// The conditions of the only policy that is left, as Cedar; or what became of it.
std::string left_of(std::string_view condition, const PartialRequest& request, const Schema* schema = nullptr) {
  const PartialResponse response =
      partial("permit(principal, action, resource) when { " + std::string(condition) + " };", request, schema);
  switch (response.outcomes.front().verdict) {
    case PartialVerdict::satisfied: return "satisfied";
    case PartialVerdict::not_satisfied: return "not satisfied";
    case PartialVerdict::error: return "error";
    case PartialVerdict::residual: break;
  }
  return to_text(*response.residuals.policies().front().body->conditions.front().body);
}

}  // namespace

TEST_CASE("what is known is filled in, and what is left is a policy under the same id that prints as Cedar") {
  const PartialResponse response = partial(R"(@note("own photos") permit(principal in Team::"red", action, resource)
      when { resource.owner == principal && principal.level > 2 };)",
                                           alice_views());
  CHECK_FALSE(response.decision.has_value());
  const Policy& left = response.residuals.policies().front();
  CHECK(left.id == "policy0");
  CHECK(to_text(*left.body) ==
        "@note(\"own photos\")\npermit(\n  principal,\n  action,\n  resource\n) when {\n  resource.owner == "
        "User::\"alice\"\n};");
}

TEST_CASE("a false operand leaves an operand before it standing that may err, and takes away one that cannot") {
  CHECK(left_of("resource.open && false", alice_views()) == "resource.open && false");
  CHECK(left_of("resource is Photo && false", alice_views()) == "not satisfied");
  CHECK(left_of("resource.open || true", alice_views()) == "resource.open || true");
  CHECK(left_of("(resource has open) || true", alice_views()) == "satisfied");
}

TEST_CASE("a true operand goes, unless the operand that remains might be no boolean") {
  CHECK(left_of("resource.open && true", alice_views()) == "resource.open && true");
  CHECK(left_of("true && resource.open == 1", alice_views()) == "resource.open == 1");
}

TEST_CASE("an expression that errs whatever the unknown is makes the policy an error") {
  CHECK(left_of("principal.nothing == resource", alice_views()) == "error");
  CHECK(left_of("resource + 1 == 2", alice_views()) == "error");
  CHECK(left_of("resource.size == 1 && principal.nothing", alice_views()) == "resource.size == 1 && principal.nothing");
  CHECK(left_of("!(resource == principal) && resource.size like \"a\"", alice_views()) != "error");
}

TEST_CASE("a policy that errs stands among the residuals with an expression that errs") {
  const PartialResponse response =
      partial("forbid(principal, action, resource) when { principal.nothing == resource };", alice_views());
  REQUIRE(response.outcomes.front().verdict == PartialVerdict::error);
  const Engine engine(World::build(response.residuals, require(Entities::from_json(kEntities))));
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")"));
  CHECK(ask(engine, request.view()).errors == ids{"policy0"});
}

TEST_CASE("set elements and record fields that may err are kept although nobody reads them") {
  CHECK(left_of("{a: resource.x, b: 1}.b == 1", alice_views()) == "{a: resource.x, b: 1}.b == 1");
  CHECK(left_of("{a: resource, b: 1}.b == 1", alice_views()) == "satisfied");
  CHECK(left_of("[resource.x, 1].contains(1)", alice_views()) == "[resource.x, 1].contains(1)");
}

TEST_CASE("the scope stays in the scope, and what it says holds for the conditions") {
  const PartialResponse response = partial(
      R"(permit(principal, action, resource == Photo::"cat") when { resource == Photo::"cat" };)", alice_views());
  CHECK(to_text(*response.residuals.policies().front().body) ==
        "permit(\n  principal,\n  action,\n  resource == Photo::\"cat\"\n);");
}

TEST_CASE("the decision is certain when no completion can change it, and open otherwise") {
  const auto decision = [](std::string_view policies) { return partial(policies, alice_views()).decision; };
  CHECK(decision("permit(principal, action, resource);") == true);
  CHECK(decision("permit(principal, action, resource); forbid(principal, action, resource);") == false);
  CHECK(decision("permit(principal, action, resource); forbid(principal, action, resource) when { resource.x };") ==
        std::nullopt);
  CHECK(decision("permit(principal, action, resource); forbid(principal, action, resource) when { "
                 "principal.nothing == resource };") == true);
  CHECK(decision("permit(principal, action, resource) when { resource.x };") == std::nullopt);
  CHECK(decision("permit(principal, action, resource) when { resource.x && false };") == std::nullopt);
  CHECK(decision("permit(principal, action, resource) when { resource.x } when { false };") == false);
  CHECK(decision("") == false);
}

TEST_CASE("a schema decides what types decide: is, in, equality, attributes that no such entity has") {
  const Schema schema = require(parse_schema(kSchema));
  PartialRequest request = alice_views();
  request.context_open = true;
  CHECK(left_of("resource is Photo", request) == "resource is Photo");
  CHECK(left_of("resource is Photo", request, &schema) == "satisfied");
  CHECK(left_of("resource in Team::\"red\"", request, &schema) == "not satisfied");
  CHECK(left_of("resource in Folder::\"f\"", request, &schema) == "resource in Folder::\"f\"");
  CHECK(left_of("resource in [Team::\"red\", Folder::\"f\"]", request, &schema) == "resource in [Folder::\"f\"]");
  CHECK(left_of("resource == principal", request, &schema) == "not satisfied");
  CHECK(left_of("resource has wings", request, &schema) == "not satisfied");
  CHECK(left_of("resource.wings == 1", request, &schema) == "error");
  CHECK(left_of("context has mfa", request, &schema) == "satisfied");
  CHECK(left_of("context.mfa || true", request, &schema) == "satisfied");
  CHECK(left_of("context.mfa || true", request) == "context.mfa || true");
}

TEST_CASE("a required attribute is sure to be there only for an entity that is sure to exist") {
  const Schema schema = require(parse_schema(kSchema));
  const TypeId photo = intern_type("Photo");
  CHECK(left_of("resource has size", alice_views(photo), &schema) == "resource has size");
  CHECK(left_of("resource has size", alice_views(photo, true), &schema) == "satisfied");
  CHECK(left_of("resource has caption", alice_views(photo, true), &schema) == "resource has caption");
}

TEST_CASE("an open context keeps what is known of it and leaves the rest to be asked") {
  ValueArena arena;
  const std::pair<SymbolId, Value> known[] = {{intern_symbol("ip_known"), Value::boolean(true)}};
  PartialRequest request = alice_views();
  request.context = *arena.record(known);
  CHECK(left_of("context.ip_known && context has mfa", request) == "not satisfied");
  request.context_open = true;
  CHECK(left_of("context.ip_known && context has mfa", request) == "context has mfa");
  CHECK(left_of("context == {}", request) == "context == {}");
}

TEST_CASE("an open entity has what the store says of it, and perhaps more") {
  const OpenEntity open[] = {{uid(R"(User::"alice")"), true, true, true}};
  PartialRequest request = alice_views();
  request.open_entities = open;
  CHECK(left_of("principal.level == 3", request) == "satisfied");
  CHECK(left_of("principal has nick", request) == "User::\"alice\" has nick");
  CHECK(left_of("principal in Team::\"red\"", request) == "satisfied");
  CHECK(left_of("principal in Team::\"blue\"", request) == "User::\"alice\" in Team::\"blue\"");
  CHECK(left_of("principal.hasTag(\"t\")", request) == "User::\"alice\".hasTag(\"t\")");
  CHECK(left_of("principal has nick", alice_views()) == "not satisfied");
}

TEST_CASE("values of every kind stand in residuals as expressions that make them") {
  ValueArena arena;
  const Value values[] = {Value::integer(-5), arena.string("it\"s"), Value::decimal(15000), Value::duration(90000)};
  const std::pair<SymbolId, Value> known[] = {
      {intern_symbol("all"), arena.set(values)},
      {intern_symbol("late"), Value::datetime(9'000'000'000'000'000'000)},
      {intern_symbol("net"), arena.ip(*parse_ip("10.0.0.0/8"))},
  };
  PartialRequest request = alice_views();
  request.context = *arena.record(known);
  CHECK(left_of("resource.x == context.late", request) ==
        "resource.x == datetime(\"1970-01-01T00:00:00Z\").offset(duration(\"104166666666d16h\"))");
  CHECK(left_of("resource.x == context.net", request) == "resource.x == ip(\"10.0.0.0/8\")");
  const std::string all = left_of("resource.x == context.all", request);
  for (const std::string_view part : {"-5", "\"it\\\"s\"", "decimal(\"1.5\")", "duration("}) {
    CHECK_MESSAGE(all.find(part) != std::string::npos, all);
  }
}

TEST_CASE("an expression as deep as expressions may be is evaluated partially") {
  std::string sum = "resource.n";
  for (int i = 0; i < 2000; ++i) sum += " + 1";
  CHECK(left_of(sum + " == 7", alice_views()) == sum + " == 7");
}

TEST_CASE("residuals beyond their limit are refused, not cut") {
  ValueArena arena;
  std::vector<Value> many;
  many.reserve(2000);
  for (int i = 0; i < 2000; ++i) many.push_back(Value::integer(i));
  const std::pair<SymbolId, Value> known[] = {{intern_symbol("many"), arena.set(many)}};
  PartialRequest request = alice_views();
  request.context = *arena.record(known);
  std::string policies;
  for (int i = 0; i < 600; ++i) {
    policies += "permit(principal, action, resource) when { context.many.contains(resource.n) };\n";
  }
  const auto response = partially_authorize(world_of(policies, kEntities), request);
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().front().code == ErrorCode::limit_exceeded);
}

TEST_CASE("a request that is older than the world and has names of its own is refused") {
  const auto request =
      require(OwnedRequest::from_text(R"(User::"nobody knows her")", R"(Action::"view")", R"(P::"p")"));
  PartialRequest partial = alice_views();
  partial.principal = PartialEntity::known(request.view().principal);
  partial.names = request.view().names;
  const World world = world_of(R"(permit(principal == User::"nobody knows her", action, resource);)");
  const auto response = partially_authorize(world, partial);
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().front().code == ErrorCode::invalid_request);
}

TEST_CASE("an action that the schema does not declare is refused") {
  const Schema schema = require(parse_schema(kSchema));
  PartialRequest request = alice_views();
  request.action = uid(R"(Action::"fly")");
  const auto response = partially_authorize(world_of("", kEntities), request, &schema);
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().front().code == ErrorCode::unknown_action);
}

}  // namespace quis::test
