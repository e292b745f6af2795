#pragma once

#include <string>

#include <quis/engine/explanation.hpp>

namespace quis::cli {

/// The answer in one sentence that starts with it: ``ALLOW because policy `hr` permits it``.
[[nodiscard]] std::string why_sentence(const Explanation& explanation);

/// Of a deny by forbids, what would be without them: nothing is said of how to get there, because what lifts a forbid
/// may change what the permits see.
[[nodiscard]] std::string beneath_sentence(const Explanation& explanation);

/// `file:line:column`, as much of it as is known.
[[nodiscard]] std::string place_of(const std::string& source, const SourceSpan& span);
[[nodiscard]] std::string place_of(const ExplainedPolicy& policy);

/// The clause that did not hold, or null.
[[nodiscard]] const ExplainedClause* failed_clause(const ExplainedPolicy& policy);

/// A requirement of a step-up; the empty one in words.
[[nodiscard]] std::string requirement_text(const std::string& requirement);

}  // namespace quis::cli
