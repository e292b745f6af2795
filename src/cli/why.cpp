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
  PolicyInput policies;
  SchemaInput schema;
  EntitiesInput entities;
  RequestInput request;
  bool all = false;
};

void why(const Options& options, Tool& tool) {
  const auto schema = options.schema.load();
  if (!schema) return tool.fail(schema.error());
  SourceTexts texts;
  const auto policies = options.policies.load(texts);
  if (!policies) return tool.fail(policies.error());
  const auto entities = options.entities.load(*schema);
  if (!entities) return tool.fail(entities.error());
  const Engine engine(World::build(*policies, *entities));
  const auto request = options.request.load(*schema);
  if (!request) return tool.fail(request.error());
  const Explanation explanation = engine.explain(request->view(), options.all ? SIZE_MAX : limits::kMaxNearestMisses);
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
  options->request.add_to(verb);
  options->policies.add_to(verb);
  options->schema.add_to(verb);
  options->entities.add_to(verb, true);
  verb.flag("--all", options->all, "List every policy that decided or came near, not the first few");
  verb.footer(
      "Exit codes: 0 allowed, 1 error, 2 denied.\n"
      "Example:\n  quis why -p policies.cedar --entities entities.json \\\n"
      "       -l 'User::\"alice\"' -a 'Action::\"view\"' -r 'Photo::\"cat.jpg\"' -c '{\"mfa\": true}'");
  verb.run([options, &tool] { why(*options, tool); });
}

}  // namespace quis::cli
