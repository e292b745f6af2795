// What validation says: words, places, limits. Which kinds of errors there are is pinned by the traps.

#include <algorithm>
#include <string>

#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>

#include "policy/reading.hpp"
#include "policy/request_environments.hpp"

namespace quis::test {
namespace {

Schema schema_of(std::string_view text) {
  auto schema = parse_schema(text);
  REQUIRE_MESSAGE(schema, text);
  return std::move(*schema);
}

const Schema& shop() {
  static const Schema schema = schema_of(R"(
    entity Team;
    entity User in [Team] { level: Long, name?: String, boss?: User } tags String;
    entity Color enum ["red", "green"];
    entity Doc { owner: User, hue: Color };
    action view, edit appliesTo { principal: [User], resource: [Doc], context: { ip: ipaddr } };
    action paint appliesTo { principal: [User, Team], resource: [Doc, Color], context: {} };
  )");
  return schema;
}

ValidationResult validated(std::string_view policies, ValidationOptions options = {}) {
  const auto set = PolicySet::from_text(policies, "p.cedar");
  REQUIRE_MESSAGE(set, policies);
  return validate(*set, shop(), options);
}

/// The only error of a policy about users who view documents, under this condition.
Diagnostic only_error(const std::string& condition) {
  const ValidationResult result =
      validated("permit(principal, action == Action::\"view\", resource) when { " + condition + " };");
  REQUIRE_MESSAGE(result.errors.size() == 1, condition);
  return result.errors.front();
}

}  // namespace

TEST_CASE("an error says where, what types, and what to do") {
  const Diagnostic optional = only_error("principal.name == \"x\"");
  CHECK(optional.code == ErrorCode::unsafe_optional_attribute_access);
  CHECK(optional.policy == "policy0");
  CHECK(optional.source == "p.cedar");
  CHECK(optional.span.line == 1);
  CHECK(optional.span.column == 62);
  CHECK(optional.span.length == 14);
  CHECK(optional.message == "the attribute `name` of `User` is optional and may be absent here");
  CHECK(optional.help == "test for it first: `principal has name && …`");

  CHECK(only_error("principal.levle > 1").help == "did you mean `level`?");
  CHECK(only_error("principal.levle > 1").message == "the entity type `User` has no attribute `levle`");
  CHECK(only_error("principal.level > \"1\"").message == "expected `Long`, found `String`");
  CHECK(only_error("[1, \"a\"].contains(1)").message == "the types `Long` and `String` are not compatible");
  CHECK(only_error("principal.level + principal == 1").message == "expected `Long`, found `User`");
  CHECK(only_error("resource.owner.level.contains(1)").message == "expected a set, found `Long`");
  CHECK(only_error("principal in 1").message == "expected a set of entities or an entity, found `Long`");
  CHECK(only_error("context.ip.isInRange(ip(\"1.2.3\"))").message == "`\"1.2.3\"` is no ipaddr");
  CHECK(only_error("context.ip.isIpv4(1)").message == "`isIpv4` takes 0 arguments, found 1");
  CHECK(only_error("principal.getTag(\"k\") == \"v\"").help == "test for it first: `.hasTag(\"k\") && …`");
  CHECK(only_error("principal is Usr").help == "did you mean `User`?");
  CHECK(only_error("action == Action::\"veiw\"").help == "did you mean `Action::\"view\"`?");
  CHECK(only_error("resource.hue == Color::\"blue\"").help == "`Color` has \"red\", \"green\"");
}

TEST_CASE("all errors of all policies come in one pass, in order of place, each once") {
  const ValidationResult result = validated(R"(
permit(principal is User, action, resource is Doc) when { principal.b && principal.a };
permit(principal, action, resource);
forbid(principal is User, action, resource is Doc) when { resource.c };)");
  REQUIRE(result.errors.size() == 3);
  CHECK(result.errors[0].message.ends_with("`b`"));
  CHECK(result.errors[1].message.ends_with("`a`"));
  CHECK(result.errors[2].message.ends_with("`c`"));
  CHECK(result.errors[2].policy == "policy2");
  CHECK(result.errors[2].span.line == 4);
  CHECK_FALSE(result.valid());
}

TEST_CASE("an error that only some types of requests have names their types") {
  const ValidationResult result =
      validated("permit(principal, action == Action::\"paint\", resource) when { principal.level > 1 };");
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors.front().message == "the entity type `Team` has no attribute `level`");
}

TEST_CASE("warnings do not make a policy invalid") {
  const ValidationResult result = validated("permit(principal is Team, action == Action::\"view\", resource);");
  CHECK(result.valid());
  REQUIRE(result.warnings.size() == 2);
  CHECK(result.warnings[0].code == ErrorCode::inapplicable_action);
  CHECK(result.warnings[0].severity == Severity::warning);
  CHECK(result.warnings[1].code == ErrorCode::impossible_policy);
}

TEST_CASE("an `==` that should be an `in` is recognised") {
  const auto help_for = [](const char* scope) {
    const ValidationResult result = validated(std::string("permit(") + scope + ");");
    REQUIRE(!result.warnings.empty());
    return result.warnings.front().help;
  };
  CHECK(help_for("principal == Team::\"t\", action == Action::\"view\", resource") ==
        "write `in` instead of `==` for the principal");
  CHECK(help_for("principal == Doc::\"t\", action == Action::\"view\", resource") ==
        "`Action::\"view\"` has principals of `User` and resources of `Doc`");
}

TEST_CASE("a policy with very many errors reports a bounded number, and that there are more") {
  std::string condition = "principal.a0";
  for (std::size_t i = 1; i < kMaxErrorsPerPolicy + 10; ++i) condition += " || principal.a" + std::to_string(i);
  const ValidationResult result = validated("permit(principal, action == Action::\"view\", resource) when { " +
                                            condition + " }; permit(principal, action, resource) when { 1 };");
  REQUIRE(result.errors.size() == kMaxErrorsPerPolicy + 2);
  CHECK(std::count_if(result.errors.begin(), result.errors.end(), [](const Diagnostic& error) {
          return error.code == ErrorCode::limit_exceeded && error.policy == "policy0";
        }) == 1);
  CHECK(result.errors.back().policy == "policy1");
}

TEST_CASE("long chains of facts and alternatives are validated in reasonable time") {
  std::string facts = "principal has name";
  for (int i = 0; i < 20000; ++i) facts += " && principal has name";
  CHECK(validated("permit(principal, action == Action::\"view\", resource) when { " + facts + " };").valid());
  std::string alternatives = "(principal has name && principal.name == \"a\")";
  for (int i = 0; i < 5000; ++i) alternatives += " || (principal has name && principal.name == \"a\")";
  CHECK(validated("permit(principal, action == Action::\"view\", resource) when { " + alternatives + " };").valid());
}

TEST_CASE("types that share their parts are compared once for each pair of parts") {
  std::string text = "type T0 = {a: Long}; type U0 = {a: Long};";
  for (int i = 1; i <= 60; ++i) {
    for (const char type : {'T', 'U'}) {
      const std::string before = type + std::to_string(i - 1);
      text += std::string("type ") + type + std::to_string(i) + " = {l: " + before + ", r: " + before + "};";
    }
  }
  text += "entity E; action a appliesTo {principal: E, resource: E, context: {t: T60, u: U60}};";
  const Schema schema = schema_of(text);
  const auto policies = PolicySet::from_text("permit(principal, action, resource) when { context.t == context.u };");
  REQUIRE(policies);
  CHECK(validate(*policies, schema).valid());
}

TEST_CASE("the environments of a scope are the typings of requests that can satisfy it") {
  const auto environments = [](const char* head) {
    std::string all;
    for (const RequestEnvironment& each : environments_of(PolicyScope::of(only_policy(head)), shop())) {
      all += std::string(text_of(each.principal)) + " " + std::string(id_text_of(each.action->uid)) + " " +
             std::string(text_of(each.resource)) + "; ";
    }
    return all;
  };
  CHECK(environments("permit(principal, action, resource);") ==
        "User view Doc; User edit Doc; User paint Doc; User paint Color; Team paint Doc; Team paint Color; ");
  CHECK(environments("permit(principal in Team::\"t\", action == Action::\"paint\", resource is Color);") ==
        "User paint Color; Team paint Color; ");
  CHECK(environments("permit(principal is User in Team::\"t\", action in [Action::\"edit\"], resource);") ==
        "User edit Doc; ");
  CHECK(environments("permit(principal == ?principal, action, resource == Color::\"red\");") ==
        "User paint Color; Team paint Color; ");
  CHECK(environments("permit(principal is Doc, action, resource);").empty());
}

TEST_CASE("a literal that is no extension value is told how one is written") {
  CHECK(only_error("decimal(\"1.23456\").lessThan(decimal(\"1.0\"))").help.find("at most four behind it") !=
        std::string::npos);
  CHECK(only_error("context.ip == ip(\"10.0.0.0/33\")").help.find("\"10.0.0.0/8\"") != std::string::npos);
  CHECK(only_error("datetime(\"2024-02-30\") == datetime(\"2024-02-29\")").help.find("a day that exists") !=
        std::string::npos);
  CHECK(only_error("duration(\"1s1m\") == duration(\"1s\")").help.find("the longest first") != std::string::npos);
}

TEST_CASE("a name without its namespace is told the whole name") {
  const Schema schema =
      schema_of("namespace A::B { entity User; action view appliesTo { principal: User, resource: User }; }");
  const auto set = PolicySet::from_text("permit(principal is User, action == Action::\"view\", resource);");
  REQUIRE(set);
  const ValidationResult result = validate(*set, schema);
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[0].help == "did you mean `A::B::User`?");
  CHECK(result.errors[1].help == "did you mean `A::B::Action::\"view\"`?");
}

TEST_CASE("a policy whose action applies to nothing of its scope is told what the action applies to") {
  const Schema schema = schema_of(R"(
    entity User; entity Doc;
    action edit in all appliesTo { principal: User, resource: Doc };
    action all;
  )");
  const auto help_for = [&](const char* scope) {
    const auto set = PolicySet::from_text("permit(" + std::string(scope) + ");");
    REQUIRE(set);
    return validate(*set, schema).warnings.front().help;
  };
  CHECK(help_for("principal is Doc, action == Action::\"edit\", resource") ==
        "`Action::\"edit\"` has principals of `User` and resources of `Doc`");
  CHECK(help_for("principal, action == Action::\"all\", resource") ==
        "`Action::\"all\"` is only a group: it applies to nothing itself, write `action in`");
  CHECK(help_for("principal is Doc, action, resource") ==
        "no request that the schema allows gets past the policy's scope");
}

}  // namespace quis::test
