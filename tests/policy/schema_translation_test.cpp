#include <filesystem>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <boost/json/parse.hpp>
#include <quis/policy/schema_parser.hpp>
#include <quis/policy/schema_translation.hpp>

#include "policy/reading.hpp"
#include "policy/schema_equal.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

using boost::json::object;
using boost::json::value;

/// The translation, or every error as people see it.
std::string shown(const Result<std::string>& translation) {
  return translation ? *translation : render(translation.error());
}

value json_of(std::string_view text) { return boost::json::parse(shown(schema_text_to_json(text))); }

value resolved_of(std::string_view text) { return boost::json::parse(shown(schema_text_to_resolved_json(text))); }

std::string text_of_string(const value& content) { return {content.as_string().data(), content.as_string().size()}; }

std::string entity(std::string_view members) {
  return R"({"": {"commonTypes": {"T": {"type": "Record", "attributes": {}}}, "entityTypes": {"A": {)" +
         std::string(members) + R"(}}, "actions": {}}})";
}

std::string action(std::string_view members) {
  return R"({"": {"entityTypes": {"A": {}}, "actions": {"v": {)" + std::string(members) + "}}}}";
}

bool refused(const std::string& json, std::string_view because) {
  const std::string said = shown(schema_json_to_text(json));
  INFO(said);
  return said.find("error[invalid-schema]") != std::string::npos && said.find(because) != std::string::npos;
}

void check_json_to_text(const object& trap, const std::string& source) {
  const auto text = schema_json_to_text(source);
  INFO(shown(text));
  if (trap.at("text").is_null()) {
    CHECK_FALSE(text.has_value());
    return;
  }
  const auto meant = parse_schema_json(source);
  REQUIRE(meant.has_value());
  // Of some schemas Cedar writes a text that means something else. Then quis refuses, or finds the right words.
  const std::string cedars = text_of_string(trap.at("text"));
  const auto theirs = parse_schema(cedars);
  const bool faithful = theirs && difference(*meant, *theirs).empty();
  CHECK(text.has_value() >= faithful);
  if (!text) return;
  const auto said = parse_schema(*text);
  REQUIRE(said.has_value());
  CHECK(difference(*meant, *said) == "");
  // Resolved, because Cedar writes `Action::"x"` for every group `"x"`.
  if (faithful) CHECK(resolved_of(*text) == resolved_of(cedars));
}

}  // namespace

TEST_CASE("text becomes the JSON that Cedar makes of it") {
  std::size_t compared = 0;
  for (const char* file : {"schemas.jsonl", "schema_grammar.jsonl"}) {
    for (const object& trap : traps(file)) {
      const value* json = trap.at("expect").as_object().if_contains("json");
      if (!trap.contains("schema") || json == nullptr) continue;
      const std::string source = text_of_string(trap.at("schema"));
      CAPTURE(source);
      CHECK(json_of(source) == *json);
      ++compared;
    }
  }
  CHECK(compared > 250);
}

TEST_CASE("resolved types and texts are those that Cedar writes") {
  std::size_t compared = 0;
  for (const object& trap : traps("schema_translations.jsonl")) {
    const bool is_text = trap.contains("schema");
    const std::string source = text_of_string(trap.at(is_text ? "schema" : "schema_json"));
    CAPTURE(source);
    ++compared;
    if (!is_text) {
      check_json_to_text(trap, source);
      continue;
    }
    const auto resolved = schema_text_to_resolved_json(source);
    // Cedar resolves the names of schemas that no one could use; quis wants the whole to be well-formed.
    const bool expected = !trap.at("resolved").is_null() && parse_schema(source).has_value();
    CHECK(resolved.has_value() == expected);
    if (resolved && expected) CHECK(boost::json::parse(*resolved) == trap.at("resolved"));
  }
  CHECK(compared > 200);
}

TEST_CASE("every schema of the corpus keeps its meaning through both translations and back") {
  const auto corpus = vectors("corpus-tests");
  if (!corpus) return;
  std::size_t schemas = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    if (entry.path().extension() != ".cedarschema") continue;
    CAPTURE(entry.path().filename().string());
    const std::string text = read_file(entry.path());
    const auto schema = parse_schema(text);
    REQUIRE(schema.has_value());
    const auto json = schema_text_to_json(text);
    const auto resolved = schema_text_to_resolved_json(text);
    REQUIRE(json.has_value());
    REQUIRE(resolved.has_value());
    for (const std::string* translation : {&*json, &*resolved}) {
      const auto from_json = parse_schema_json(*translation);
      REQUIRE(from_json.has_value());
      CHECK(difference(*schema, *from_json) == "");
      const auto back = schema_json_to_text(*translation);
      REQUIRE(back.has_value());
      const auto from_text = parse_schema(*back);
      REQUIRE(from_text.has_value());
      CHECK(difference(*schema, *from_text) == "");
    }
    ++schemas;
  }
  CHECK(schemas > 3'900);
}

TEST_CASE("schema text is laid out one declaration after the other, annotations kept") {
  const std::string json = R"({"N": {
    "annotations": {"doc": "x", "bare": null},
    "commonTypes": {"T": {"type": "Record", "attributes": {
        "a b": {"type": "Long", "required": false, "annotations": {"k": "v"}},
        "if": {"type": "Set", "element": {"type": "Entity", "name": "U"}}}}},
    "entityTypes": {"U": {"memberOfTypes": ["W"], "tags": {"type": "Extension", "name": "ipaddr"}},
                    "W": {"enum": ["a\"", "b"]}},
    "actions": {"v": {"memberOf": [{"id": "w"}, {"id": "w", "type": "N::Action"}],
                      "appliesTo": {"principalTypes": ["U"], "resourceTypes": ["U", "W"], "context": {"type": "T"}}},
                "w": {}}}})";
  CHECK(shown(schema_json_to_text(json)) == R"(@doc("x")
@bare
namespace N {
  type T = {
    @k("v")
    "a b"?: __cedar::Long,
    "if": Set<U>
  };

  entity U in [W] tags __cedar::ipaddr;

  entity W enum ["a\"", "b"];

  action "v" in ["w", N::Action::"w"] appliesTo {
    principal: [U],
    resource: [U, W],
    context: T
  };

  action "w";
}
)");
}

TEST_CASE("what schema text cannot say is refused, with a reason") {
  CHECK(refused(entity(R"("shape": {"type": "T"})"), "the shape of a common type"));
  CHECK(refused(entity(R"("shape": {"type": "Record", "attributes": {}, "additionalAttributes": true})"),
                "additionalAttributes"));
  CHECK(refused(action(R"("appliesTo": {"principalTypes": [], "resourceTypes": ["A"]})"), "no `principalTypes`"));
  CHECK(refused(action(R"("appliesTo": {"principalTypes": ["A"], "resourceTypes": []})"), "no `resourceTypes`"));
  CHECK(refused(action(R"("appliesTo": {"principalTypes": [], "resourceTypes": [], "context": {"type": "T"}})"),
                "only a group"));
  CHECK(refused(R"({"N": {"commonTypes": {"A": {"type": "Long"}}, "entityTypes": {"A": {}}, "actions": {}}})",
                "both an entity type and a common type"));
}

TEST_CASE("a name that text would take for something else is refused, unless it is that of a built-in type") {
  const std::string both = R"({"": {"commonTypes": {"A": {"type": "Long"}}, "entityTypes": {"A": {},
    "B": {"shape": {"type": "Record", "attributes": {"x": {"type": "Entity", "name": "A"}}}}}, "actions": {}}})";
  CHECK(refused(both, "`A` is an entity type here"));
  const std::string hidden = R"({"N": {"entityTypes": {"ipaddr": {},
    "B": {"shape": {"type": "Record", "attributes": {"x": {"type": "ipaddr"}, "y": {"type": "Long"}}}}},
    "actions": {}}})";
  const std::string text = shown(schema_json_to_text(hidden));
  CHECK(text.find("x: __cedar::ipaddr") != std::string::npos);
  const auto meant = parse_schema_json(hidden);
  const auto said = parse_schema(text);
  REQUIRE(meant.has_value());
  REQUIRE(said.has_value());
  CHECK(difference(*meant, *said) == "");
}

TEST_CASE("all reasons why a schema has no text are given at once") {
  const auto text = schema_json_to_text(R"({"": {"entityTypes": {"A": {"shape": {"type": "T"}}, "B": {"shape":
    {"type": "T"}}}, "actions": {"v": {"appliesTo": {"principalTypes": [], "resourceTypes": ["A"]}}}}})");
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().size() == 3);
  CHECK(text.error().front().path == "//entityTypes/A/shape");
}

TEST_CASE("text may mention what it does not declare, unless its types are to be resolved") {
  const std::string_view part = "entity A in [Elsewhere] = { x: Unknown };";
  CHECK(schema_text_to_json(part).has_value());
  CHECK(shown(schema_text_to_resolved_json(part)).find("error[unknown-type]") != std::string::npos);
}

TEST_CASE("types nested deeper than JSON may be are refused") {
  std::string deep = "Long";
  for (int i = 0; i < 200; ++i) deep = "Set<" + deep + ">";
  const auto json = schema_text_to_json("type T = " + deep + ";");
  REQUIRE_FALSE(json.has_value());
  CHECK(json.error().front().code == ErrorCode::limit_exceeded);
}

TEST_CASE("common types that contain themselves are not translated") {
  const std::string_view cyclic = R"({"": {"commonTypes": {"A": {"type": "Record", "attributes": {"b": {"type": "B"}}},
    "B": {"type": "Set", "element": {"type": "A"}}}, "entityTypes": {}, "actions": {}}})";
  const auto text = schema_json_to_text(cyclic);
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().size() == 1);
  CHECK(text.error().front().code == ErrorCode::cycle);
  CHECK(text.error().front().message == "common type `A` contains itself: `A` mentions `B` mentions `A`");
  CHECK_FALSE(schema_text_to_json("type A = Set<A>;").has_value());
  CHECK(schema_json_to_text(R"({"": {"commonTypes": {"A": {"type": "Elsewhere"}}, "entityTypes": {}, "actions": {}}})")
            .has_value());
}

}  // namespace quis::test
