#pragma once

#include <vector>

#include <boost/json.hpp>

#include <quis/engine/action_contexts.hpp>

#include "cli/tool.hpp"

/// How verbs that ask about many actions tell which of them the context does not fit.
namespace quis::cli {

/// `[{"action", "reasons": [diagnostic…]}…]`
[[nodiscard]] boost::json::array to_json(const std::vector<SkippedAction>& skipped);

/// A line each, for people.
void report(const std::vector<SkippedAction>& skipped, Tool& tool);

}  // namespace quis::cli
