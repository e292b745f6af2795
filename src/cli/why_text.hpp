#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include <boost/json.hpp>

#include <quis/engine/explanation.hpp>

/// An explanation for people, and as JSON.
namespace quis::cli {

/// The text of a source, by the name that the policies know it by; nothing when it cannot be had again.
using SourceReader = std::function<std::optional<std::string>(const std::string& name)>;

/// The first line is the answer, in one sentence. Then the policies that made it, or came near, each with its clauses:
/// what was asked, whether it held, and what was there. `color` for a terminal.
void print_why(const Explanation& explanation, const SourceReader& read_source, bool color, std::ostream& out);

/// The same as one object: `decision`, `because` (the first line), `ground`, `step_up`, `determining`, `misses`, …
[[nodiscard]] boost::json::object why_json(const Explanation& explanation);

}  // namespace quis::cli
