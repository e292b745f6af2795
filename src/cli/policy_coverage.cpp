#include "cli/policy_coverage.hpp"

#include <utility>

#include "engine/recording.hpp"
#include "engine/scope_match.hpp"
#include "engine/shown.hpp"

namespace quis::cli {

PolicyCoverage::PolicyCoverage(const PolicySet& policies) : policies_(policies) {
  std::unordered_map<const PolicyBody*, std::size_t> known;
  for (const Policy& policy : policies.policies()) {
    const auto [found, added] = known.try_emplace(policy.body.get(), entries_.size());
    entry_of_.push_back(found->second);
    if (!added) continue;
    Entry entry{policy.template_id.value_or(policy.id), policy.body.get(), true, false, {}};
    for (const Condition& condition : policy.body->conditions) {
      const Expr& body = *condition.body;
      entry.clauses.push_back({&body, condition.negated, false, false, false});
      if (body.op != Op::and_ && body.op != Op::or_) continue;
      for (const Expr* operand : body.operands) entry.clauses.push_back({operand, false, false, false, false});
    }
    entries_.push_back(std::move(entry));
  }
  for (const Template& each : policies.templates()) {
    if (!known.contains(each.body.get())) entries_.push_back({each.id, each.body.get(), false, false, {}});
  }
}

void PolicyCoverage::observe(const Request& request, const Entities& entities, const Response& response) {
  const auto is_in = [&](EntityId entity, EntityId ancestor) { return entities.is_in(entity, ancestor); };
  const auto policies = policies_.policies();
  for (std::size_t index = 0; index < policies.size(); ++index) {
    const Policy& policy = policies[index];
    const PolicyBody& body = *policy.body;
    if (body.conditions.empty()) continue;
    if (!matches(body.action, request.action, is_in) ||
        !matches(policy.principal(), request.principal, request.names, is_in) ||
        !matches(policy.resource(), request.resource, request.names, is_in)) {
      continue;
    }
    Recording recording(request, entities);
    for (const Condition& condition : body.conditions) {
      (void)recording.evaluate(*condition.body);
      if (recording.finding(*condition.body) != (condition.negated ? Finding::fails : Finding::holds)) break;
    }
    for (Clause& clause : entries_[entry_of_[index]].clauses) {
      const Finding finding = recording.finding(*clause.expression);
      clause.held |= finding == (clause.negated ? Finding::fails : Finding::holds);
      clause.failed |= finding == (clause.negated ? Finding::holds : Finding::fails);
      clause.erred |= finding == Finding::error;
    }
  }
  for (const PolicyIndex index : response.determining) entries_[entry_of_[index]].decided = true;
}

PolicyCoverage::Report PolicyCoverage::report() const {
  Report report;
  for (const Entry& entry : entries_) {
    const std::string source = entry.body->source_name ? *entry.body->source_name : std::string();
    ++report.goals;
    report.met += entry.decided ? 1U : 0U;
    if (!entry.decided)
      report.gaps.push_back({entry.id, source, entry.body->span, {}, false, false, false, !entry.linked});
    for (const Clause& clause : entry.clauses) {
      report.goals += 2;
      report.met += (clause.held ? 1U : 0U) + (clause.failed ? 1U : 0U);
      if (clause.held && clause.failed) continue;
      std::string text = (clause.negated ? "unless " : "") + shown(*clause.expression);
      report.gaps.push_back({entry.id, source, clause.expression->span, std::move(text), !clause.held, !clause.failed,
                             !clause.held && !clause.failed && clause.erred, false});
    }
  }
  return report;
}

}  // namespace quis::cli
