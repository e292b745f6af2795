// Policies as text: whatever parses must print to a text that parses to the same, and can be validated, and
// nothing may crash.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <quis/policy/expression.hpp>
#include <quis/policy/policy_set.hpp>
#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>

#include "policy/parser.hpp"

namespace {

/// Prints and reads again until nothing can change any more: twice.
void check_policies(std::string_view text) {
  const auto policies = quis::parse_policies(text, "fuzz");
  if (!policies) {
    if (quis::render(policies.error()).empty()) std::abort();
    return;
  }
  std::string printed;
  for (const auto& body : *policies) printed += quis::to_text(body) + '\n';
  const auto again = quis::parse_policies(printed, "printed");
  if (!again || again->size() != policies->size()) std::abort();
  std::string reprinted;
  for (const auto& body : *again) reprinted += quis::to_text(body) + '\n';
  if (reprinted != printed) std::abort();
}

void check_expression(std::string_view text) {
  const auto expression = quis::parse_expression(text);
  if (!expression) return;
  const std::string printed = quis::to_text(*expression->root);
  const auto again = quis::parse_expression(printed);
  if (!again || quis::to_text(*again->root) != printed) std::abort();
}

/// Whatever parses can be validated, in any mode, and everything that is found can be shown.
void check_validation(std::string_view text) {
  static const auto schema = quis::parse_schema(R"(
    entity Group in [Group] { n: Long };
    entity User in [Group] { n: Long, s?: String, boss?: User, r: { a?: { b?: Long }, set: Set<User> } } tags String;
    entity Photo enum ["a", "b"];
    action view, edit in [all] appliesTo { principal: [User, Group], resource: [Photo, User], context: { t?: datetime } };
    action all;)");
  if (!schema) std::abort();
  const auto policies = quis::PolicySet::from_text(text);
  if (!policies) return;
  for (const auto mode : {quis::ValidationMode::strict, quis::ValidationMode::permissive}) {
    const auto result = quis::validate(*policies, *schema, {mode, 1});
    if (!result.valid() && quis::render(result.errors).empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_policies(text);
  check_validation(text);
  check_expression(text);
  return 0;
}
