#include <string>

#include <doctest/doctest.h>
#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/schema_parser.hpp>

#include "policy/schema_equal.hpp"

using quis::ErrorCode;
using quis::parse_schema;

namespace {

quis::Errors errors_of(std::string_view text) {
  const auto schema = parse_schema(text);
  return schema ? quis::Errors{} : schema.error();
}

quis::Diagnostic error_of(std::string_view text) {
  const quis::Errors errors = errors_of(text);
  REQUIRE(errors.size() == 1);
  return errors.front();
}

// The attributes of an entity type, as text.
std::string shape_of(std::string_view text, std::string_view type) {
  const auto schema = parse_schema(text);
  REQUIRE(schema.has_value());
  const auto* declaration = schema->find(quis::intern_type(type));
  REQUIRE(declaration != nullptr);
  return to_text(*declaration->attributes);
}

}  // namespace

TEST_CASE("a name means the declaration of its own namespace before that of the empty one") {
  CHECK(shape_of("entity A; namespace N { entity E { a: A }; }", "N::E") == R"({"a": A})");
  CHECK(shape_of("namespace N { entity A; entity E { a: A, b: N::A }; }", "N::E") == R"({"a": N::A, "b": N::A})");
  CHECK(shape_of("namespace N { type T = Long; } namespace M { entity E { a: N::T }; }", "M::E") == R"({"a": Long})");
  CHECK(error_of("namespace N { entity A; } entity E { a: A };").code == ErrorCode::unknown_type);
}

TEST_CASE("of equal names a common type comes before an entity type") {
  CHECK(shape_of("entity A; type A = Long; entity E in A { a: A };", "E") == R"({"a": Long})");
}

TEST_CASE("built-in types go by their short names until the schema takes those") {
  CHECK(shape_of("entity Long; entity E { a: Long, b: __cedar::Long };", "E") == R"({"a": Long, "b": Long})");
  const auto schema = parse_schema("entity Long; entity E { a: Long, b: __cedar::Long };");
  REQUIRE(schema.has_value());
  const auto& attributes = *schema->find(quis::intern_type("E"))->attributes;
  CHECK(attributes.find(quis::intern_symbol("a"))->type->kind() == quis::Value::Kind::entity);
  CHECK(attributes.find(quis::intern_symbol("b"))->type->kind() == quis::Value::Kind::integer);
  CHECK(shape_of("namespace N { type ipaddr = String; entity E { a: ipaddr, b: __cedar::ipaddr }; }", "N::E") ==
        R"({"a": String, "b": ipaddr})");
}

TEST_CASE("an attribute may be an action when the schema has actions") {
  CHECK(shape_of("namespace N { action x; entity E { a: Action }; }", "N::E") == R"({"a": N::Action})");
  CHECK(error_of("entity E { a: Action };").code == ErrorCode::unknown_type);
  CHECK(error_of("action x; entity E in Action;").message == "`Action` is the type of actions");
}

TEST_CASE("of an attribute that stands twice the last one counts") {
  CHECK(shape_of("entity E { a: Nope, a?: Long };", "E") == R"({"a"?: Long})");
}

TEST_CASE("names that cannot be declared are refused") {
  CHECK(error_of("type Set = Long;").code == ErrorCode::reserved_word);
  CHECK(error_of("entity Action;").code == ErrorCode::reserved_word);
  CHECK(error_of("namespace A::__cedar {}").code == ErrorCode::reserved_word);
  CHECK(error_of("entity A, A;").code == ErrorCode::duplicate_type);
  CHECK(error_of("namespace N {} namespace N {}").code == ErrorCode::duplicate_type);
  CHECK(error_of("action a; action \"a\";").message == R"(action `Action::"a"` is declared twice)");
}

TEST_CASE("nothing in a namespace shadows a name of the empty one") {
  CHECK(error_of("namespace N { type A = Long; } entity A;").message == "`N::A` shadows `A` of the empty namespace");
  CHECK(error_of("namespace N { action a; } action a;").message ==
        R"(`N::Action::"a"` shadows `Action::"a"` of the empty namespace)");
  CHECK(errors_of("namespace N { entity A; } namespace M { entity A; }").empty());
}

TEST_CASE("common types that contain each other are refused by name") {
  const auto error = error_of("type A = { b: B }; type B = Set<C>; type C = A;");
  CHECK(error.code == ErrorCode::cycle);
  CHECK(error.message == "common type `A` contains itself: `A` mentions `B` mentions `C` mentions `A`");
  CHECK(error_of("type A = Set<A>;").message == "common type `A` contains itself");
}

TEST_CASE("actions that are in each other are refused where they stand") {
  const auto error = error_of("action a in b;\naction b in a;");
  CHECK(error.code == ErrorCode::cycle);
  CHECK(error.span.line == 1);
  CHECK(error.span.column == 8);
}

TEST_CASE("groups are found in the own namespace first, or by their full name") {
  const auto schema = parse_schema(R"(
    action outer;
    namespace N { action a in [b, outer, N::Action::"b", Action::"b"]; action b; })");
  REQUIRE(schema.has_value());
  CHECK(schema->find(quis::intern_entity("N::Action", "a"))->parents.size() == 2);
  CHECK(error_of("action a in nope;").message == R"(there is no action `Action::"nope"`)");
  CHECK(error_of("entity User; action a in User::\"b\";").code == ErrorCode::unknown_action);
}

TEST_CASE("shapes and contexts are records") {
  CHECK(
      error_of("type C = Set<Long>; entity A; action a appliesTo { principal: A, resource: A, context: C };").message ==
      "the context of an action must be a record, not `Set<Long>`");
  CHECK(error_of("entity A; action a appliesTo { principal: A, resource: A, context: A };").help ==
        "`A` is an entity type, and only common types can stand here");
}

TEST_CASE("every unknown name is reported, and a wrong type once however often it is used") {
  const auto errors = errors_of(R"(type Bad = { x: Nope };
    entity A { p: Bad, q: Bad, r: Boolean };
    action a in missing appliesTo { principal: A, resource: Other };)");
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].message == "`Nope` is not a common type or an entity type");
  CHECK(errors[1].help == "the type of `true` and `false` is `Bool`");
  CHECK(errors[2].code == ErrorCode::unknown_action);
  CHECK(errors[3].message == "`Other` is not an entity type");
}

TEST_CASE("common types that double at every step are expanded by sharing") {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::string next = "T" + std::to_string(i + 1);
    text += "type T" + std::to_string(i) + " = { a: " + next + ", b: " + next + " };\n";
  }
  text += "type T100 = Long; entity E { a: T0 };";
  const auto first = parse_schema(text);
  const auto second = parse_schema(text);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(quis::test::difference(*first, *second).empty());
}

TEST_CASE("a chain of common types is bounded by its height, not by the stack") {
  const auto chain = [](std::uint32_t length, const std::string& before, const std::string& after) {
    std::string text;
    for (std::uint32_t i = 1; i < length; ++i) {
      text += "type T" + std::to_string(i) + " = " + before + "T" + std::to_string(i + 1) + after + ";\n";
    }
    return text + "type T" + std::to_string(length) + " = Long;";
  };
  CHECK(errors_of(chain(quis::limits::kMaxTypeDepth, "Set<", ">")).empty());
  CHECK(error_of(chain(quis::limits::kMaxTypeDepth + 1, "{a: ", "}")).code == ErrorCode::limit_exceeded);
  CHECK(error_of(chain(20'000, "Set<", ">")).code == ErrorCode::limit_exceeded);
  CHECK(errors_of(chain(20'000, "", "")).empty());
}

TEST_CASE("one declaration of many names with long lists is refused before it fills the memory") {
  std::string names = "T0";
  for (int i = 1; i < 5000; ++i) names += ", T" + std::to_string(i);
  CHECK(errors_of("entity " + names + ";").empty());
  CHECK(error_of("entity " + names + " in [" + names + "];").code == ErrorCode::limit_exceeded);
}

TEST_CASE("mistakes of a declaration do not hide those of names") {
  const auto errors = errors_of("action v appliesTo { principal: [], resource: Nope };\nentity A = { x: Unknown };");
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].code == ErrorCode::invalid_schema);
  CHECK(errors[1].code == ErrorCode::unknown_type);
  CHECK(errors[2].code == ErrorCode::unknown_type);
  CHECK(errors[2].span.line == 2);
}

TEST_CASE("a misspelt name comes with the one that was probably meant") {
  CHECK(error_of("entity Person; entity A in [Persn];").help == "did you mean `Person`?");
  CHECK(error_of("namespace N { entity Person; } entity A in [Persn];").help != "did you mean `Person`?");
  CHECK(error_of("entity A = { x: long };").help == "did you mean `Long`?");
  CHECK(error_of("entity A = { x: ip };").help == "the type of IP addresses is `ipaddr`");
  CHECK(error_of("action view; action edit in [viw];").help == "did you mean `view`?");
}

TEST_CASE("names that hide others are warned of, each where it stands") {
  quis::Errors warnings;
  REQUIRE(parse_schema("entity Long;\nnamespace N { entity T; type T = String; type ipaddr = T; }", "s", &warnings));
  REQUIRE(warnings.size() == 3);
  for (const quis::Diagnostic& warning : warnings) {
    CHECK(warning.code == ErrorCode::shadowed_type);
    CHECK(warning.severity == quis::Severity::warning);
    CHECK_FALSE(warning.help.empty());
  }
  CHECK(warnings[0].span.line == 1);
  CHECK(warnings[1].message.find("hides the entity type") != std::string::npos);
  CHECK(warnings[2].message.find("`ipaddr` hides the built-in type") != std::string::npos);
}
