#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  std::string direction;
};

/// JSON text without its line breaks and indentation: neither stands inside a string.
std::string on_one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\n') {
      line += text[at];
      continue;
    }
    while (at + 1 < text.size() && text[at + 1] == ' ') ++at;
  }
  return line;
}

void translate(Options options, Tool& tool) {
  const bool to_json = options.direction == "cedar-to-json";
  if (options.policies.format.empty()) options.policies.format = to_json ? "cedar" : "json";
  const auto policies = options.policies.load();
  if (!policies) return tool.fail(policies.error());
  if (!to_json) {
    for (const Policy& policy : policies->policies()) {
      if (!policy.template_id) continue;
      return tool.fail(ErrorCode::invalid_link, "the link `" + policy.id + "` has no form in Cedar text",
                       "translate its template, and keep links in JSON");
    }
  }
  const std::string translation = to_json ? policies->to_json() : policies->to_text();
  if (!tool.json) {
    tool.out << translation << '\n';
    return;
  }
  // Policies may be nested deeper than JSON is read here; their own text is JSON already.
  tool.out << R"({"policies":)" << (to_json ? on_one_line(translation) : boost::json::serialize(translation)) << "}\n";
}

}  // namespace

void add_translate_policy(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "translate-policy", "Translate policies between Cedar text and Cedar's JSON form");
  verb.option("--direction", options->direction, "`cedar-to-json` or `json-to-cedar`")
      .required()
      .one_of({"cedar-to-json", "json-to-cedar"});
  options->policies.add_to(verb);
  verb.footer("Example:\n  quis translate-policy --direction cedar-to-json -p policies.cedar");
  verb.run([options, &tool] { translate(*options, tool); });
}

}  // namespace quis::cli
