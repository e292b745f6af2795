#include "generator/coverage.hpp"

#include <array>
#include <string_view>

#include <quis/base/extension.hpp>

namespace quis::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array kOperators = {
    "literal"sv, "variable"sv, "&&"sv,          "||"sv,          "!"sv,      "negate"sv, "if"sv,      "=="sv,
    "!="sv,      "<"sv,        "<="sv,          ">"sv,           ">="sv,     "+"sv,      "-"sv,       "*"sv,
    "in"sv,      "contains"sv, "containsAll"sv, "containsAny"sv, "getTag"sv, "hasTag"sv, "isEmpty"sv, "attribute"sv,
    "has"sv,     "is"sv,       "is in"sv,       "like"sv,        "set"sv,    "record"sv, "call"sv};
static_assert(kOperators.size() == static_cast<std::size_t>(Op::call) + 1);

constexpr std::array kScopes = {"any"sv, "=="sv, "in"sv, "is"sv, "is in"sv};
static_assert(kScopes.size() == static_cast<std::size_t>(ScopeConstraint::Kind::is_in) + 1);

constexpr std::array kActionScopes = {"any"sv, "=="sv, "in"sv, "in list"sv};

constexpr std::array kReasons = {"type mismatch"sv, "entity missing"sv, "attribute missing"sv, "tag missing"sv,
                                 "overflow"sv,      "arity"sv,          "extension"sv};
static_assert(kReasons.size() == static_cast<std::size_t>(EvaluationError::Reason::extension_failed) + 1);

}  // namespace

Coverage::Coverage() {
  for (const auto name : kOperators) count("operator", std::string(name), 0);
  for (const ExtensionSignature& signature : extension_signatures()) count("function", std::string(signature.name), 0);
  for (const auto name : kScopes) count("scope", std::string(name), 0);
  for (const auto name : kActionScopes) count("action scope", std::string(name), 0);
  for (const auto name : kReasons) count("error", std::string(name), 0);
}

void Coverage::add(const PolicySet& policies) {
  const auto add_body = [&](const PolicyBody& body) {
    count("policy", body.effect == Effect::permit ? "permit" : "forbid");
    if (!body.annotations.empty()) count("policy", "annotated");
    add(body.principal);
    add(body.resource);
    const std::size_t form = body.action.kind == ActionConstraint::Kind::in && body.action.is_list
                                 ? 3
                                 : static_cast<std::size_t>(body.action.kind);
    count("action scope", std::string(kActionScopes[form]));
    for (const Condition& condition : body.conditions) {
      count("policy", condition.negated ? "unless" : "when");
      add(*condition.body);
    }
  };
  for (const Policy& policy : policies.policies()) {
    count("policy", policy.template_id ? "linked" : "static");
    if (!policy.template_id) add_body(*policy.body);
  }
  for (const Template& policy_template : policies.templates()) {
    count("policy", "template");
    add_body(*policy_template.body);
  }
}

void Coverage::add(const Response& response) {
  count("decision", response.permitted ? "allow" : response.determining.empty() ? "deny by default" : "deny by forbid");
  if (response.outcome() == Outcome::step_up) count("decision", "liftable");
  if (!response.errors.empty()) count("decision", "with errors");
  for (const PolicyError& failed : response.errors) {
    count("error", std::string(kReasons[static_cast<std::size_t>(failed.error.reason)]));
  }
}

void Coverage::add(const Expr& expression) {
  count("operator", std::string(kOperators[static_cast<std::size_t>(expression.op)]));
  if (expression.op == Op::call) count("function", std::string(signature_of(expression.function).name));
  for (const Expr* operand : expression.operands) add(*operand);
}

void Coverage::add(const ScopeConstraint& scope) {
  count("scope", std::string(kScopes[static_cast<std::size_t>(scope.kind)]));
  if (scope.slot) count("policy", "slot");
}

std::uint64_t Coverage::of(const std::string& group, const std::string& name) const {
  const auto counts = groups_.find(group);
  if (counts == groups_.end()) return 0;
  const auto found = counts->second.find(name);
  return found == counts->second.end() ? 0 : found->second;
}

std::uint64_t Coverage::total(const std::string& group) const {
  std::uint64_t sum = 0;
  if (const auto counts = groups_.find(group); counts != groups_.end()) {
    for (const auto& [name, times] : counts->second) sum += times;
  }
  return sum;
}

double Coverage::share(const std::string& group, const std::string& name) const {
  const std::uint64_t all = total(group);
  return all == 0 ? 0.0 : 100.0 * static_cast<double>(of(group, name)) / static_cast<double>(all);
}

std::string Coverage::report() const {
  std::string text;
  for (const auto& [group, counts] : groups_) {
    text += group + ':';
    for (const auto& [name, times] : counts) text.append("  ").append(name).append(" ").append(std::to_string(times));
    text += '\n';
  }
  return text;
}

std::string Coverage::missing() const {
  std::string text;
  for (const auto& [group, counts] : groups_) {
    for (const auto& [name, times] : counts) {
      if (times == 0) text.append(text.empty() ? "" : ", ").append(group).append(" ").append(name);
    }
  }
  return text;
}

}  // namespace quis::test
