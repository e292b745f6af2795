#include <cstdint>
#include <memory>

#include <quis/engine/engine.hpp>

#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "cli/why_text.hpp"

namespace quis::cli {
namespace {

struct Options {
  DecisionInput input;
  bool all = false;
};

void why(const Options& options, Tool& tool) {
  SourceTexts texts;
  const auto loaded = options.input.load(texts);
  if (!loaded) return tool.fail(loaded.error());
  const Explanation explanation =
      loaded->engine.explain(loaded->request.view(), options.all ? SIZE_MAX : limits::kMaxNearestMisses);
  if (tool.json) {
    tool.out << why_json(explanation) << '\n';
  } else {
    print_why(explanation, texts, options.all, tool.color, tool.out);
  }
  tool.exit = explanation.permitted ? Exit::success : Exit::denied;
}

}  // namespace

void add_why(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "why",
            "Decide one request and say why: the clauses that decided, with the values they "
            "saw, or the policies that came nearest");
  options->input.add_to(verb, true);
  verb.flag("--all", options->all, "List every policy that decided or came near, not the first few");
  verb.footer(
      "Exit codes: 0 allowed, 1 error, 2 denied.\n"
      "Example:\n  quis why -p policies.cedar --entities entities.json \\\n"
      "       -l 'User::\"alice\"' -a 'Action::\"view\"' -r 'Photo::\"cat.jpg\"' -c '{\"mfa\": true}'");
  verb.run([options, &tool] { why(*options, tool); });
}

}  // namespace quis::cli
