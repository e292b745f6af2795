#pragma once

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <quis/policy/expression.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/parser.hpp"
#include "shared_data.hpp"

/// Short ways to say what a text reads as.
namespace quis::test {

/// An expression read and printed again, or `error: <code>` of its first error.
inline std::string reprinted(std::string_view text) {
  const auto expression = parse_expression(text);
  if (!expression) return "error: " + std::string(to_string(expression.error().front().code));
  return to_text(*expression->root);
}

/// All policies of a text, printed again, each followed by a line break; or `error: <code>` of the first error.
inline std::string reprinted_policies(std::string_view text) {
  const auto policies = parse_policies(text, "policies");
  if (!policies) return "error: " + std::string(to_string(policies.error().front().code));
  std::string result;
  for (const PolicyBody& body : *policies) result += to_text(body) + '\n';
  return result;
}

/// The only policy of a text that is well-formed.
inline PolicyBody only_policy(std::string_view text) {
  auto policies = parse_policies(text, "policies");
  REQUIRE_MESSAGE(policies.has_value(), text);
  REQUIRE(policies->size() == 1);
  return std::move(policies->front());
}

/// What a person sees of the mistakes in a policy text.
inline std::string rendered(std::string_view text) {
  const auto policies = parse_policies(text, "p.cedar");
  return policies ? "" : render(policies.error());
}

/// The cases of a file of tests/data/traps, one JSON object a line.
inline std::vector<boost::json::object> traps(std::string_view file) {
  std::istringstream lines(read_file(data("traps") / file));
  std::vector<boost::json::object> cases;
  boost::json::parse_options deep;
  deep.max_depth = 1000;
  for (std::string line; std::getline(lines, line);) {
    cases.push_back(boost::json::parse(line, boost::json::storage_ptr(), deep).as_object());
  }
  REQUIRE(!cases.empty());
  return cases;
}

}  // namespace quis::test
