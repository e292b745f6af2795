#include "cli/json_output.hpp"

namespace quis::cli {

boost::json::object to_json(const Diagnostic& diagnostic) {
  boost::json::object object{{"code", to_string(diagnostic.code)}, {"message", diagnostic.message}};
  if (diagnostic.severity == Severity::warning) object["severity"] = "warning";
  if (!diagnostic.policy.empty()) object["policy"] = diagnostic.policy;
  if (!diagnostic.source.empty()) object["source"] = diagnostic.source;
  if (diagnostic.span.line != 0) {
    object["line"] = diagnostic.span.line;
    object["column"] = diagnostic.span.column;
    object["offset"] = diagnostic.span.offset;
    object["length"] = diagnostic.span.length;
  }
  if (!diagnostic.path.empty()) object["path"] = diagnostic.path;
  if (!diagnostic.help.empty()) object["help"] = diagnostic.help;
  return object;
}

boost::json::array to_json(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace quis::cli
