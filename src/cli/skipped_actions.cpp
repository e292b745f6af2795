#include "cli/skipped_actions.hpp"

#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/expression.hpp>

#include "cli/json_output.hpp"

namespace quis::cli {

boost::json::array to_json(const std::vector<SkippedAction>& skipped) {
  boost::json::array list;
  for (const SkippedAction& each : skipped) {
    boost::json::array reasons;
    for (const Diagnostic& reason : each.reasons) reasons.emplace_back(to_json(reason));
    list.emplace_back(boost::json::object{{"action", to_text(each.action)}, {"reasons", std::move(reasons)}});
  }
  return list;
}

void report(const std::vector<SkippedAction>& skipped, Tool& tool) {
  for (const SkippedAction& each : skipped) {
    tool.err << "skipped " << to_text(each.action)
             << ", which may not have this context: " << each.reasons.front().message << '\n';
  }
}

}  // namespace quis::cli
