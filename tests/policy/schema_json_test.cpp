#include <string>

#include <doctest/doctest.h>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/schema_parser.hpp>

#include "policy/schema_ast.hpp"
#include "policy/schema_equal.hpp"

using quis::ErrorCode;
using quis::parse_schema;
using quis::parse_schema_json;

namespace {

quis::Errors errors_of(std::string_view text) {
  const auto schema = parse_schema_json(text, "app.json");
  return schema ? quis::Errors{} : schema.error();
}

quis::Diagnostic error_of(std::string_view text) {
  const quis::Errors errors = errors_of(text);
  REQUIRE(errors.size() == 1);
  return errors.front();
}

}  // namespace

TEST_CASE("both forms of a schema mean the same") {
  const auto text = parse_schema(R"(
    namespace PhotoApp {
      type Address = { street: String, "zip code"?: Long };
      @doc("people") entity User in [Team] { home: Address, friends: Set<User>, ip: ipaddr, at?: datetime } tags Set<String>;
      entity Team in [Team];
      entity Color enum ["red", "green"];
      action read;
      action view, "look at" in [read] appliesTo { principal: [User, Team], resource: Color, context: { ok: Bool } };
    })");
  const auto json = parse_schema_json(R"({"PhotoApp": {
    "commonTypes": {"Address": {"type": "Record", "attributes": {
      "street": {"type": "String"}, "zip code": {"type": "Long", "required": false}}}},
    "entityTypes": {
      "User": {"memberOfTypes": ["Team"], "annotations": {"doc": "people"},
               "shape": {"type": "Record", "additionalAttributes": false, "attributes": {
                 "home": {"type": "Address"},
                 "friends": {"type": "Set", "element": {"type": "Entity", "name": "User"}},
                 "ip": {"type": "Extension", "name": "ipaddr"},
                 "at": {"type": "EntityOrCommon", "name": "datetime", "required": false, "annotations": {"x": null}}}},
               "tags": {"type": "Set", "element": {"type": "String"}}},
      "Team": {"memberOfTypes": ["PhotoApp::Team"]},
      "Color": {"enum": ["red", "green"]}},
    "actions": {
      "read": {"appliesTo": null, "memberOf": null},
      "view": {"memberOf": [{"id": "read"}], "appliesTo": {"principalTypes": ["Team", "User"],
        "resourceTypes": ["Color"], "context": {"type": "Record", "attributes": {"ok": {"type": "Boolean"}}}}},
      "look at": {"memberOf": [{"id": "read", "type": "PhotoApp::Action"}], "appliesTo": {
        "principalTypes": ["Team", "User"], "resourceTypes": ["PhotoApp::Color"],
        "context": {"type": "Record", "attributes": {"ok": {"type": "Bool"}}}}}}}})");
  REQUIRE(text.has_value());
  REQUIRE(json.has_value());
  CHECK(quis::test::difference(*text, *json).empty());
}

TEST_CASE("an error of a JSON schema carries the pointer to its cause, also when it is found late") {
  const auto error = error_of(R"({"N": {"entityTypes": {"A": {"shape": {"type": "Record", "attributes": {
    "a/b": {"type": "Set", "element": {"type": "Nope"}}}}}}, "actions": {}}})");
  CHECK(error.code == ErrorCode::unknown_type);
  CHECK(error.message == "`Nope` is not a common type");
  CHECK(error.path == "/N/entityTypes/A/shape/attributes/a~1b/element");
  CHECK(error.span.line == 2);
}

TEST_CASE("every error of the shape is reported at once") {
  const auto errors = errors_of(R"({"": {
    "entityTypes": {"A": {"colour": 1, "memberOfTypes": "B"}, "B C": {}, "D": {"enum": []}, "E": {"tags": null}},
    "actions": {"x": {"attributes": {}}, "y": {"memberOf": [{}]}, "z": {"appliesTo": {"principalTypes": []}}},
    "more": 1}})");
  REQUIRE(errors.size() == 9);
  CHECK(errors[0].path == "//entityTypes/A/colour");
  CHECK(errors[0].message == "unexpected key `colour`");
}

TEST_CASE("a key of an object that stands twice is refused anywhere") {
  CHECK(error_of(R"({"": {"entityTypes": {"A": {}, "A": {}}, "actions": {}}})").code == ErrorCode::duplicate_key);
  CHECK(error_of(R"({"": {"entityTypes": {}, "actions": {}}, "": {"entityTypes": {}, "actions": {}}})").code ==
        ErrorCode::duplicate_key);
}

TEST_CASE("an object cannot be given as an array of its fields") {
  CHECK(error_of(R"({"": [{}, {}, {}, {}]})").code == ErrorCode::invalid_json);
}

TEST_CASE("no record is open") {
  const auto error = error_of(R"({"": {"entityTypes": {"A": {"shape":
    {"type": "Record", "attributes": {}, "additionalAttributes": true}}}, "actions": {}}})");
  CHECK(error.code == ErrorCode::invalid_schema);
  CHECK(error.message == "`additionalAttributes` cannot be true");
}

TEST_CASE("an action of a JSON schema may apply to nothing") {
  const auto schema = parse_schema_json(
      R"({"": {"entityTypes": {}, "actions": {"a": {"appliesTo": {"principalTypes": [], "resourceTypes": []}}}}})");
  REQUIRE(schema.has_value());
  CHECK(schema->actions()[0].principals.empty());
}
