#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include <quis/policy/policy_set.hpp>
#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>

#include "shared_data.hpp"

namespace quis::test {
namespace {

namespace fs = std::filesystem;

/// The verdicts of Cedar's corpus in one mode, and quis's.
void check_mode(const boost::json::object& expected, const PolicySet& policies, const Schema& schema,
                ValidationMode mode) {
  const char* const name = mode == ValidationMode::strict ? "strict" : "permissive";
  const ValidationResult result = validate(policies, schema, {mode, {}});
  CAPTURE(name);
  const std::string errors = render(result.errors);
  CAPTURE(errors);
  std::set<std::string> invalid;
  for (const Diagnostic& error : result.errors) invalid.insert(error.policy);
  // Before 4.13 a policy whose scope no action fits was invalid; now that is a warning.
  const bool only_inapplicable =
      result.valid() && std::any_of(result.warnings.begin(), result.warnings.end(), [](const Diagnostic& warning) {
        return warning.code == ErrorCode::inapplicable_action;
      });
  if (only_inapplicable) return;
  CHECK(result.valid() == expected.at(name).as_bool());
  for (const auto& [policy, verdict] : expected.at("perPolicy").as_object()) {
    const std::string id(policy);
    CAPTURE(id);
    CHECK(!invalid.contains(id) == verdict.at(name).as_bool());
  }
}

}  // namespace

TEST_CASE("policies of the corpus are valid exactly when Cedar says so, in either mode") {
  const auto corpus = vectors("corpus-tests");
  if (!corpus) return;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(*corpus)) {
    const std::string path = entry.path().string();
    constexpr std::string_view kEnding = ".validation.json";
    if (!path.ends_with(kEnding)) continue;
    const std::string stem = path.substr(0, path.size() - kEnding.size());
    CAPTURE(stem);
    const auto policies = PolicySet::from_file(stem + ".cedar");
    const auto schema = schema_from_file(stem + ".cedarschema");
    REQUIRE(policies);
    REQUIRE(schema);
    const boost::json::value verdicts = boost::json::parse(read_file(path));
    const boost::json::object& expected = verdicts.at("policyValidation").as_object();
    check_mode(expected, *policies, *schema, ValidationMode::strict);
    check_mode(expected, *policies, *schema, ValidationMode::permissive);
    ++count;
  }
  CHECK(count > 3000);
}

}  // namespace quis::test
