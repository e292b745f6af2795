// Schemas with the verdict of Cedar itself: tests/data/traps/README.md says what the fields are.

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/schema_parser.hpp>

#include "policy/schema_equal.hpp"
#include "shared_data.hpp"

namespace {

using boost::json::object;
using boost::json::value;

std::string text_of_string(const value& content) { return {content.as_string().data(), content.as_string().size()}; }

std::vector<std::string> strings(const value& content) {
  std::vector<std::string> list;
  for (const value& element : content.as_array()) list.push_back(text_of_string(element));
  return list;
}

std::vector<std::string> uids(const std::vector<quis::EntityId>& ids) {
  std::vector<std::string> list;
  for (const quis::EntityId id : ids) list.push_back(to_text(id));
  std::sort(list.begin(), list.end());
  return list;
}

void check_names(const quis::Schema& schema, const object& expect) {
  std::vector<std::string> types;
  for (const auto& type : schema.entity_types()) types.emplace_back(text_of(type.name));
  std::sort(types.begin(), types.end());
  CHECK(types == strings(expect.at("entity_types")));
  std::vector<quis::EntityId> actions;
  for (const auto& action : schema.actions()) actions.push_back(action.uid);
  CHECK(uids(actions) == strings(expect.at("actions")));
}

quis::EntityId uid_of(const value& content) {
  return quis::intern_entity(text_of_string(content.at("type")), text_of_string(content.at("id")));
}

void check_ancestors(const quis::Schema& schema, const value& action_entities) {
  for (const value& expected : action_entities.as_array()) {
    const auto* action = schema.find(uid_of(expected.at("uid")));
    REQUIRE(action != nullptr);
    std::vector<quis::EntityId> ancestors;
    for (const value& ancestor : expected.at("ancestors").as_array()) ancestors.push_back(uid_of(ancestor));
    CHECK(action->ancestors == quis::test::sorted(ancestors));
  }
}

void check_environments(const quis::Schema& schema, const value& expected) {
  std::vector<std::string> environments;
  for (const auto& action : schema.actions()) {
    for (const auto principal : action.principals) {
      for (const auto resource : action.resources) {
        environments.push_back(std::string(text_of(principal)) + " " + to_text(action.uid) + " " +
                               std::string(text_of(resource)));
      }
    }
  }
  std::sort(environments.begin(), environments.end());
  std::vector<std::string> wanted;
  for (const value& environment : expected.as_array()) {
    std::string line;
    for (const std::string& part : strings(environment)) line += (line.empty() ? "" : " ") + part;
    wanted.push_back(line);
  }
  std::sort(wanted.begin(), wanted.end());
  CHECK(environments == wanted);
}

void check_case(const object& trap) {
  const bool is_text = trap.contains("schema");
  const std::string source = text_of_string(trap.at(is_text ? "schema" : "schema_json"));
  const object& expect = trap.at("expect").as_object();
  CAPTURE(source);
  quis::Errors warnings;
  const auto schema = is_text ? quis::parse_schema(source, "schema", &warnings) : quis::parse_schema_json(source);
  CHECK(schema.has_value() == !expect.contains("error"));
  if (!schema || expect.contains("error")) return;
  if (const value* count = expect.if_contains("warnings")) CHECK(warnings.size() == count->as_int64());
  if (expect.contains("entity_types")) check_names(*schema, expect);
  if (const value* entities = expect.if_contains("action_entities")) check_ancestors(*schema, *entities);
  if (const value* environments = expect.if_contains("envs")) check_environments(*schema, *environments);
  if (const value* json = expect.if_contains("json")) {
    const auto other = quis::parse_schema_json(boost::json::serialize(*json));
    REQUIRE(other.has_value());
    CHECK(quis::test::difference(*schema, *other) == "");
  }
}

void check_file(std::string_view name) {
  std::istringstream lines(quis::test::read_file(quis::test::data(name)));
  std::size_t cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) check_case(boost::json::parse(line).as_object());
  CHECK(cases > 400);
}

}  // namespace

TEST_CASE("schemas are accepted when Cedar accepts them, and mean what they mean to Cedar") {
  check_file("traps/schemas.jsonl");
}

TEST_CASE("nothing in the grammars of schemas may be left out, doubled or of the wrong kind unless Cedar allows it") {
  check_file("traps/schema_grammar.jsonl");
}

TEST_CASE("names in schemas mean what they mean to Cedar, whatever hides or mentions what") {
  check_file("traps/schema_rules.jsonl");
}
