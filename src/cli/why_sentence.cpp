#include "cli/why_sentence.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

namespace quis::cli {
namespace {

constexpr std::size_t kNamed = 3;
constexpr std::size_t kShortValue = 60;

/// Its id, and the name that its author gave it, if any.
std::string named(const ExplainedPolicy& policy) {
  const auto given = std::find_if(policy.annotations.begin(), policy.annotations.end(),
                                  [](const Annotation& annotation) { return annotation.key == "id"; });
  if (given == policy.annotations.end() || given->value.empty() || given->value == policy.id)
    return fmt::format("`{}`", policy.id);
  return fmt::format("`{}` ({})", policy.id, quoted(given->value));
}

std::string_view verb(std::size_t count, std::string_view one, std::string_view many) {
  return count == 1 ? one : many;
}

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 3 more``.
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  const std::size_t shown = std::min(names.size(), kNamed);
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : last ? " and " : ", ", names[i]);
  }
  if (names.size() > shown) fmt::format_to(std::back_inserter(text), " and {} more", names.size() - shown);
  return text;
}

std::string names_of(const std::vector<ExplainedPolicy>& policies) {
  std::vector<std::string> names(policies.size());
  std::transform(policies.begin(), policies.end(), names.begin(), named);
  return listed(names);
}

/// ``policy `a` ``, ``policies `a`, `b` and `c` ``.
std::string policies_text(const std::vector<ExplainedPolicy>& policies) {
  return fmt::format("{} {}", verb(policies.size(), "policy", "policies"), names_of(policies));
}

/// What a reader of an ALLOW must not miss: a prohibition that was skipped.
std::string skipped_forbids(const Explanation& explanation) {
  std::vector<std::string> forbids;
  for (const Explanation::Error& error : explanation.errors) {
    if (error.policy.effect == Effect::forbid) forbids.push_back(named(error.policy));
  }
  if (forbids.empty()) return {};
  return fmt::format(", though {} {} could not be evaluated", verb(forbids.size(), "forbid", "forbids"),
                     listed(forbids));
}

/// The attributes that a part read, if they are few enough for a sentence: `` (`resource.owner` is User::"bob")``.
std::string values_text(const DecidingPart& part) {
  std::string text;
  std::size_t named = 0;
  for (const Fact& fact : part.facts) {
    if (fact.expression.find_first_of(".[") == std::string::npos || fact.value.size() > kShortValue) continue;
    if (++named > 2) return {};
    fmt::format_to(std::back_inserter(text), "{}`{}` is {}", text.empty() ? " (" : ", ", fact.expression, fact.value);
  }
  return text.empty() ? text : text + ')';
}

/// What kept a policy from being satisfied.
std::string obstacle(const ExplainedPolicy& policy) {
  const ExplainedClause* clause = failed_clause(policy);
  if (clause == nullptr || clause->parts.empty()) return "it was not satisfied";
  const DecidingPart& part = clause->parts.front();
  const std::string_view was = part.finding == Finding::holds ? "true" : "false";
  switch (clause->kind) {
    case ExplainedClause::Kind::when: return fmt::format("`{}` is {}{}", part.expression, was, values_text(part));
    case ExplainedClause::Kind::unless:
      return fmt::format("its `unless` applies: `{}` is {}{}", part.expression, was, values_text(part));
    default: return fmt::format("it wants `{}`{}{}", clause->text, part.note.empty() ? "" : " and ", part.note);
  }
}

std::string default_deny(const Explanation& explanation) {
  if (explanation.policies == 0) return "DENY: there are no policies, and without a permit everything is denied";
  std::string text = fmt::format("DENY: no policy permits {} to do {} on {}", explanation.principal, explanation.action,
                                 explanation.resource);
  for (const Explanation::Error& error : explanation.errors) {
    if (error.policy.effect != Effect::permit) continue;
    return fmt::format("{}; nearest: policy {}, which could not be evaluated: {}", text, named(error.policy),
                       error.message);
  }
  if (explanation.permits_for_action == 0) return text + ", and none is about this action";
  if (explanation.misses.empty()) return text + ", and none comes near";
  const ExplainedPolicy& nearest = explanation.misses.front();
  return fmt::format("{}; nearest: policy {}, but {}", text, named(nearest), obstacle(nearest));
}

std::string forbidden(const Explanation& explanation) {
  const auto& forbids = explanation.determining;
  if (explanation.step_up.empty())
    return fmt::format("DENY because {} {} it", policies_text(forbids), verb(forbids.size(), "forbids", "forbid"));
  std::string needs;
  for (const std::string& requirement : explanation.step_up)
    fmt::format_to(std::back_inserter(needs), "{}{}", needs.empty() ? "" : " and ", requirement_text(requirement));
  return fmt::format("DENY until step-up to {}: {} {} it", needs, policies_text(forbids),
                     verb(forbids.size(), "forbids", "forbid"));
}

}  // namespace

std::string why_sentence(const Explanation& explanation) {
  using Ground = Explanation::Ground;
  switch (explanation.ground) {
    case Ground::permits:
      return fmt::format("ALLOW because {} {} it{}", policies_text(explanation.determining),
                         verb(explanation.determining.size(), "permits", "permit"), skipped_forbids(explanation));
    case Ground::forbids: return forbidden(explanation);
    case Ground::no_permit: return default_deny(explanation);
    case Ground::forbid_error: return "DENY because a forbid policy could not be evaluated";
    case Ground::unanswerable: return "DENY because the request cannot be put to these policies";
  }
  return {};
}

std::string beneath_sentence(const Explanation& explanation) {
  const std::string forbids = names_of(explanation.determining);
  if (explanation.beneath.empty()) return fmt::format("Even if {} no longer forbade it, it would be denied.", forbids);
  std::vector<std::string> permits;
  permits.reserve(explanation.beneath.size());
  for (const std::string& id : explanation.beneath) permits.push_back(fmt::format("`{}`", id));
  return fmt::format("If {} no longer forbade it, {} would permit it.", forbids, listed(permits));
}

std::string place_of(const std::string& source, const SourceSpan& span) {
  return span.line == 0 ? source : fmt::format("{}:{}:{}", source, span.line, span.column);
}

std::string place_of(const ExplainedPolicy& policy) { return place_of(policy.source, policy.span); }

const ExplainedClause* failed_clause(const ExplainedPolicy& policy) {
  const auto found = std::find_if(policy.clauses.begin(), policy.clauses.end(),
                                  [](const ExplainedClause& clause) { return clause.finding != Finding::holds; });
  return found == policy.clauses.end() ? nullptr : &*found;
}

std::string requirement_text(const std::string& requirement) {
  return requirement.empty() ? "whatever the host asks" : quis::quoted(requirement);
}

}  // namespace quis::cli
