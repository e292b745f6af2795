#pragma once

#include <ostream>

#include <boost/json.hpp>

#include <quis/engine/explanation.hpp>

#include "cli/inputs.hpp"

/// An explanation for people, and as JSON.
namespace quis::cli {

/// The first line is the answer, in one sentence. Then the policies that made it, or came near, each with its clauses:
/// what was asked, whether it held, and what was there. `all` of the policies, or the
/// first few of each list; `color` for a terminal.
void print_why(const Explanation& explanation, SourceTexts& texts, bool all, bool color, std::ostream& out);

/// The same as one object: `decision`, `because` (the first line), `ground`, `step_up`, `determining`, `misses`, …
[[nodiscard]] boost::json::object why_json(const Explanation& explanation);

}  // namespace quis::cli
