#pragma once

#include <string>

#include <quis/engine/explanation.hpp>

namespace quis::cli {

/// The answer in one sentence that starts with it: ``ALLOW because policy `hr` permits it``.
[[nodiscard]] std::string why_sentence(const Explanation& explanation);

/// `file:line:column`, as much of it as is known.
[[nodiscard]] std::string place_of(const ExplainedPolicy& policy);

/// The clause that did not hold, or null.
[[nodiscard]] const ExplainedClause* failed_clause(const ExplainedPolicy& policy);

/// A requirement of a step-up; the empty one in words.
[[nodiscard]] std::string requirement_text(const std::string& requirement);

}  // namespace quis::cli
