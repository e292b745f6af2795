#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include <boost/json.hpp>

#include <quis/engine/request.hpp>
#include <quis/model/conformance.hpp>
#include <quis/policy/schema_parser.hpp>

#include "shared_data.hpp"

namespace quis::test {

TEST_CASE("entities and requests of the corpus are valid exactly when Cedar says so, loaded by the schema or without") {
  const auto corpus = vectors("corpus-tests");
  if (!corpus) return;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    const std::string path = entry.path().string();
    constexpr std::string_view kEnding = ".validation.json";
    if (!path.ends_with(kEnding)) continue;
    const std::string stem = path.substr(0, path.size() - kEnding.size());
    CAPTURE(stem);
    const auto schema = schema_from_file(stem + ".cedarschema");
    REQUIRE(schema);
    const boost::json::value verdicts = boost::json::parse(read_file(path));
    bool valid = true;
    for (const auto& each : verdicts.at_pointer("/entityValidation/perEntity").as_object()) {
      valid = valid && each.value().as_object().empty();
    }
    const auto entities = Entities::from_json_file(stem + ".entities.json", &*schema);
    CHECK(entities.has_value() == valid);
    if (entities) CHECK(validate(*entities, *schema).has_value() == valid);

    const boost::json::value test = boost::json::parse(read_file(stem + ".json"));
    const boost::json::array& requests = test.at("requests").as_array();
    const boost::json::array& expected = verdicts.at("requestValidation").as_array();
    for (std::size_t i = 0; i < requests.size() && i < expected.size(); ++i) {
      const auto request = OwnedRequest::from_json(boost::json::serialize(requests[i]), &*schema);
      CHECK(request.has_value() == expected[i].at("strict").as_bool());
      if (request) CHECK(validate(request->view(), *schema).has_value());
      ++count;
    }
  }
  CHECK(count > 10000);
}

TEST_CASE("a request that was built without a schema is validated by one") {
  const auto schema = parse_schema(
      "entity User, Doc; action view appliesTo {principal: User, resource: Doc, "
      "context: {n: Long}};");
  REQUIRE(schema);
  const auto code = [&schema](const char* principal, const char* action, const char* context) -> std::string {
    const auto request = OwnedRequest::from_text(principal, action, "Doc::\"d\"", context);
    REQUIRE(request);
    const auto checked = validate(request->view(), *schema);
    return checked ? "valid" : std::string(to_string(checked.error().front().code));
  };
  CHECK(code("User::\"never seen before\"", "Action::\"view\"", R"({"n": 1})") == "valid");
  CHECK(code("Doc::\"a\"", "Action::\"view\"", R"({"n": 1})") == "invalid-request");
  CHECK(code("Stranger::\"a\"", "Action::\"view\"", R"({"n": 1})") == "invalid-request");
  CHECK(code("User::\"a\"", "Action::\"edit\"", R"({"n": 1})") == "unknown-action");
  CHECK(code("User::\"a\"", "Action::\"view\"", R"({"n": "x"})") == "type-mismatch");
  CHECK(code("User::\"a\"", "Action::\"view\"", R"({"n": 1, "never_declared": 2})") == "unexpected-attribute");
  CHECK_FALSE(validate(Request{}, *schema).has_value());
}

}  // namespace quis::test
