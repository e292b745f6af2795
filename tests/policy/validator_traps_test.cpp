#include <map>
#include <set>
#include <string>

#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>

#include "policy/reading.hpp"

namespace quis::test {
namespace {

namespace bj = boost::json;

std::string text(const bj::value& value) { return {value.as_string().c_str(), value.as_string().size()}; }

PolicySet policies_of(const bj::object& trap) {
  auto policies = trap.contains("policies") ? PolicySet::from_text(text(trap.at("policies")))
                                            : PolicySet::from_json(text(trap.at("policies_json")));
  REQUIRE(policies);
  if (const bj::value* links = trap.if_contains("links")) {
    for (const bj::value& link : links->as_array()) {
      EntityId principal;
      EntityId resource;
      for (const auto& [slot, value] : link.at("values").as_object()) {
        const auto uid = parse_entity_uid(text(value), Names());
        REQUIRE(uid);
        (slot == "?principal" ? principal : resource) = *uid;
      }
      REQUIRE(policies->link(text(link.at("template")), text(link.at("id")), principal, resource));
    }
  }
  return std::move(*policies);
}

/// `policy: code` of each, once.
std::set<std::string> found(const Errors& diagnostics) {
  std::set<std::string> all;
  for (const Diagnostic& each : diagnostics) all.insert(each.policy + ": " + std::string(to_string(each.code)));
  return all;
}

std::set<std::string> expected(const bj::value& pairs) {
  std::set<std::string> all;
  for (const bj::value& pair : pairs.as_array()) all.insert(text(pair.at(0)) + ": " + text(pair.at(1)));
  return all;
}

}  // namespace

TEST_CASE("errors and warnings of validation are of the kinds that Cedar finds, in either mode and at any level") {
  const bj::value schema_texts = bj::parse(read_file(data("traps") / "validation_schemas.json"));
  std::map<std::string, Schema> schemas;
  for (const auto& [name, schema_text] : schema_texts.as_object()) {
    auto schema = parse_schema(text(schema_text));
    REQUIRE(schema);
    schemas.emplace(std::string(name), std::move(*schema));
  }
  for (const bj::object& trap : traps("validation.jsonl")) {
    const std::string name = text(trap.at("name"));
    CAPTURE(name);
    const PolicySet policies = policies_of(trap);
    const bj::object& expect = trap.at("expect").as_object();
    ValidationOptions options;
    if (const bj::value* level = trap.if_contains("level")) {
      options.level = static_cast<std::uint32_t>(level->as_int64());
    }
    for (const ValidationMode mode : {ValidationMode::strict, ValidationMode::permissive}) {
      options.mode = mode;
      const bool permissive_differs = mode == ValidationMode::permissive && expect.contains("permissive");
      const bj::value& answer = expect.at(permissive_differs ? "permissive" : "strict");
      CAPTURE(permissive_differs);
      const ValidationResult result = validate(policies, schemas.at(text(trap.at("schema"))), options);
      CHECK(found(result.errors) == expected(answer.at("errors")));
      CHECK(found(result.warnings) == expected(answer.at("warnings")));
    }
  }
}

}  // namespace quis::test
