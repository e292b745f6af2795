#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/inputs.hpp"
#include "cli/tool.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  std::string direction;
};

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
  tool.out << (to_json ? policies->to_json() : policies->to_text());
  tool.out << '\n';
}

}  // namespace

void add_translate_policy(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("translate-policy", "Translate policies between Cedar text and Cedar's JSON form");
  verb->add_option("--direction", options->direction, "`cedar-to-json` or `json-to-cedar`")
      ->required()
      ->check(CLI::IsMember({"cedar-to-json", "json-to-cedar"}));
  options->policies.add_to(*verb);
  verb->footer("Example:\n  quis translate-policy --direction cedar-to-json -p policies.cedar");
  verb->callback([options, &tool] { translate(*options, tool); });
}

}  // namespace quis::cli
