#include <memory>

#include <boost/json.hpp>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/engine.hpp>

#include "base/code_points.hpp"
#include "cli/inputs.hpp"
#include "cli/json_output.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "cli/why_sentence.hpp"

namespace quis::cli {
namespace {

struct Options {
  DecisionInput input;
  bool verbose = false;
};

/// Where the expression without a value stands, or else its policy.
std::string error_place(const Explanation::Error& error) {
  return error.span.line == 0 ? place_of(error.policy) : place_of(error.policy.source, error.span);
}

void print_json(const Explanation& explanation, Tool& tool) {
  boost::json::array reason;
  boost::json::array policies;
  for (const auto& policy : explanation.determining) {
    reason.emplace_back(policy.id);
    boost::json::object annotations;
    for (const Annotation& annotation : policy.annotations) annotations[annotation.key] = annotation.value;
    policies.push_back(boost::json::object{{"id", policy.id},
                                           {"effect", policy.effect == Effect::permit ? "permit" : "forbid"},
                                           {"place", place_of(policy)},
                                           {"annotations", std::move(annotations)}});
  }
  boost::json::array errors;
  boost::json::array messages;
  for (const auto& error : explanation.errors) {
    errors.emplace_back(error.id);
    messages.push_back(
        boost::json::object{{"id", error.id}, {"message", error.message}, {"place", error_place(error)}});
  }
  boost::json::object answer{{"decision", explanation.permitted ? "allow" : "deny"},
                             {"reason", std::move(reason)},
                             {"errors", std::move(errors)},
                             {"policies", std::move(policies)},
                             {"messages", std::move(messages)}};
  if (!explanation.step_up.empty()) answer["step_up"] = to_json(explanation.step_up);
  tool.out << answer << '\n';
}

void print_text(const Explanation& explanation, bool verbose, Tool& tool) {
  const char* const on = !tool.color ? "" : explanation.permitted ? "\x1b[1;32m" : "\x1b[1;31m";
  tool.out << on << (explanation.permitted ? "ALLOW" : "DENY") << (tool.color ? "\x1b[0m" : "") << '\n';
  for (const std::string& requirement : explanation.step_up)
    tool.out << "  step-up: "
             << (requirement.empty() ? "required, no particular one is named" : quis::quoted(requirement)) << '\n';
  if (verbose) {
    if (explanation.determining.empty()) tool.out << "no policy applied: denied by default\n";
    for (const auto& policy : explanation.determining) {
      tool.out << (policy.effect == Effect::permit ? "  permitted by `" : "  forbidden by `") << visible(policy.id)
               << "` at " << visible(place_of(policy));
      for (const Annotation& annotation : policy.annotations) {
        tool.out << "  @" << annotation.key << "(\"" << visible(annotation.value) << "\")";
      }
      tool.out << '\n';
    }
  }
  for (const auto& error : explanation.errors) {
    const std::string place = visible(error_place(error));
    tool.err << place << (place.empty() ? "" : ": ")
             << "warning: " << (error.policy.effect == Effect::permit ? "permit `" : "forbid `") << visible(error.id)
             << "` could not be evaluated: " << visible(error.message) << '\n';
  }
}

void authorize(const Options& options, Tool& tool) {
  SourceTexts texts;
  const auto loaded = options.input.load(texts);
  if (!loaded) return tool.fail(loaded.error());
  const Explanation explanation = loaded->engine.explain(loaded->request.view());
  if (tool.json) {
    print_json(explanation, tool);
  } else {
    print_text(explanation, options.verbose, tool);
  }
  tool.exit = explanation.permitted ? Exit::success : Exit::denied;
}

}  // namespace

void add_authorize(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "authorize", "Decide one request: exit code 0 when it is allowed, 2 when it is denied");
  options->input.add_to(verb, true);
  verb.flag("-v,--verbose", options->verbose, "Say which policies decided");
  verb.footer(
      "Example:\n  quis authorize -v -p policies.cedar --entities entities.json \\\n"
      "       -l 'User::\"alice\"' -a 'Action::\"view\"' -r 'Photo::\"cat.jpg\"' -c '{\"mfa\": true}'");
  verb.run([options, &tool] { authorize(*options, tool); });
}

}  // namespace quis::cli
