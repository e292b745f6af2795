#include <string_view>

#include "cli/json_output.hpp"
#include "cli/why_sentence.hpp"
#include "cli/why_text.hpp"

namespace quis::cli {
namespace {

std::string_view name_of(ExplainedClause::Kind kind) noexcept {
  switch (kind) {
    case ExplainedClause::Kind::principal: return "principal";
    case ExplainedClause::Kind::action: return "action";
    case ExplainedClause::Kind::resource: return "resource";
    case ExplainedClause::Kind::when: return "when";
    case ExplainedClause::Kind::unless: return "unless";
  }
  return "";
}

std::string_view name_of(Finding finding) noexcept {
  switch (finding) {
    case Finding::fails: return "fails";
    case Finding::holds: return "holds";
    case Finding::error: return "error";
    case Finding::not_reached: return "not-reached";
  }
  return "";
}

std::string_view name_of(Explanation::Ground ground) noexcept {
  switch (ground) {
    case Explanation::Ground::permits: return "permits";
    case Explanation::Ground::forbids: return "forbids";
    case Explanation::Ground::no_permit: return "no-permit";
    case Explanation::Ground::forbid_error: return "forbid-error";
    case Explanation::Ground::unanswerable: return "unanswerable";
  }
  return "";
}

void add_span(boost::json::object& to, const SourceSpan& span) {
  if (span.line == 0) return;
  to["line"] = span.line;
  to["column"] = span.column;
  to["offset"] = span.offset;
  to["length"] = span.length;
}

boost::json::object json_of(const DecidingPart& part) {
  boost::json::object object{{"expression", part.expression}, {"finding", name_of(part.finding)}};
  add_span(object, part.span);
  boost::json::array facts;
  for (const Fact& fact : part.facts)
    facts.push_back(boost::json::object{{"expression", fact.expression}, {"value", fact.value}});
  object["facts"] = std::move(facts);
  if (!part.path.empty()) object["path"] = to_json(part.path);
  if (!part.note.empty()) object["note"] = part.note;
  return object;
}

boost::json::object json_of(const ExplainedClause& clause) {
  boost::json::object object{
      {"kind", name_of(clause.kind)}, {"text", clause.text}, {"finding", name_of(clause.finding)}};
  add_span(object, clause.span);
  boost::json::array parts;
  for (const DecidingPart& part : clause.parts) parts.push_back(json_of(part));
  object["parts"] = std::move(parts);
  if (clause.more_parts != 0) object["more_parts"] = clause.more_parts;
  return object;
}

boost::json::object json_of(const ExplainedPolicy& policy) {
  boost::json::object annotations;
  for (const Annotation& annotation : policy.annotations) annotations[annotation.key] = annotation.value;
  boost::json::object object{{"id", policy.id},
                             {"effect", policy.effect == Effect::permit ? "permit" : "forbid"},
                             {"annotations", std::move(annotations)}};
  if (!policy.template_id.empty()) object["template"] = policy.template_id;
  if (!policy.source.empty()) object["source"] = policy.source;
  add_span(object, policy.span);
  boost::json::array clauses;
  for (const ExplainedClause& clause : policy.clauses) clauses.push_back(json_of(clause));
  object["clauses"] = std::move(clauses);
  return object;
}

boost::json::array json_of(const std::vector<ExplainedPolicy>& policies) {
  boost::json::array array;
  for (const ExplainedPolicy& policy : policies) array.push_back(json_of(policy));
  return array;
}

}  // namespace

boost::json::object why_json(const Explanation& explanation) {
  boost::json::array errors;
  for (const Explanation::Error& error : explanation.errors) {
    boost::json::object object{{"id", error.id}, {"message", error.message}, {"expression", error.expression}};
    add_span(object, error.span);
    object["policy"] = json_of(error.policy);
    errors.push_back(std::move(object));
  }
  boost::json::object object{{"decision", explanation.permitted ? "allow" : "deny"},
                             {"because", why_sentence(explanation)},
                             {"ground", name_of(explanation.ground)},
                             {"principal", explanation.principal},
                             {"action", explanation.action},
                             {"resource", explanation.resource},
                             {"determining", json_of(explanation.determining)},
                             {"errors", std::move(errors)},
                             {"misses", json_of(explanation.misses)},
                             {"more_misses", explanation.more_misses}};
  if (!explanation.step_up.empty()) object["step_up"] = to_json(explanation.step_up);
  if (explanation.ground == Explanation::Ground::forbids) object["beneath"] = to_json(explanation.beneath);
  return object;
}

}  // namespace quis::cli
