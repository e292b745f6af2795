#include "cli/tool.hpp"

#include <algorithm>
#include <cctype>
#include <exception>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "cli/json_output.hpp"
#include "policy/spelling.hpp"

namespace quis::cli {

namespace {

void report(const Errors& diagnostics, const char* kind, Tool& tool) {
  const bool as_json = tool.json || tool.error_format == "json";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (as_json) {
      (tool.json ? tool.out : tool.err) << boost::json::object{{kind, to_json(diagnostic)}} << '\n';
      continue;
    }
    Diagnostic shown = diagnostic;
    if (tool.error_format == "plain") shown.source_line.clear();
    tool.err << render(shown);
  }
}

}  // namespace

void Tool::fail(const Errors& errors) {
  exit = Exit::error;
  report(errors, "error", *this);
}

void Tool::fail(ErrorCode code, std::string message, std::string help) {
  fail(failure(code, std::move(message), std::move(help)).value());
}

void Tool::warn(const Errors& warnings) { report(warnings, "warning", *this); }

namespace {

/// `word` is something that the verb does not take: what it probably was meant to be.
std::string meant_by(const std::string& word, const CLI::App& verb) {
  if (!word.starts_with('-') && verb.get_option_no_throw("--policies") != nullptr) {
    return "name a file with policies by `-p " + word + "`";
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> choices(names.begin(), names.end());
  return did_you_mean(word, choices, "");
}

constexpr const char* kListsVerbs = "`quis --help` lists the verbs";

int refuse(const CLI::App& app, const CLI::ParseError& error, Tool& tool) {
  std::string command = "quis";
  const CLI::App* last = &app;
  for (const CLI::App* verb : app.get_subcommands()) {
    command += " " + verb->get_name();
    last = verb;
  }
  std::string message = error.what();
  if (message.starts_with("A ") || message.starts_with("The "))
    message.front() = static_cast<char>(std::tolower(message.front()));
  if (const std::size_t twice = message.find(": At Most 1 required"); twice != std::string::npos)
    message = message.substr(0, twice) + " is given more than once";
  std::string help = "`" + command + " --help` lists what it takes";
  if (last == &app && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError)) {
    message = "a verb is required";
    help = kListsVerbs;
  }
  // A flag that is misspelt may be the one that is missed: then that is the mistake to speak of.
  if (const auto unknown = app.remaining(true); !unknown.empty()) {
    message = "`" + command + "` does not take `" + unknown.front() + "`";
    if (const std::string meant = meant_by(unknown.front(), *last); !meant.empty()) {
      help = meant + (meant.ends_with('?') ? " " : "; ") + help;
    }
  }
  tool.fail(ErrorCode::invalid_argument, std::move(message), std::move(help));
  return static_cast<int>(tool.exit);
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err, bool color) {
  Tool tool{out, err};
  tool.color = color;
  tool.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  CLI::App app("Decides, explains and checks access by Cedar policies.", "quis");
  app.set_version_flag("-V,--version", "quis " QUIS_VERSION ", Cedar language 4.5");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", tool.json, "Print one JSON object a line, errors included");
  app.add_option("-f,--error-format", tool.error_format,
                 "How errors are reported: `human`, `plain` (no colours, no excerpts), `json` (an object a line)")
      ->check(CLI::IsMember({"human", "plain", "json"}))
      ->each([&tool](const std::string& format) { tool.color = tool.color && format == "human"; });
  app.footer(
      "Exit codes: 0 allowed, valid or well-formed, 1 error, 2 denied, 3 invalid. `diff`, `test` and `run-cases` exit\n"
      "with 2 where something differs or a case fails; `format --check` with 1 where a text is not formatted.\n"
      "Example:\n"
      "  quis authorize -p policies.cedar --entities entities.json \\\n"
      "       -l 'User::\"alice\"' -a 'Action::\"view\"' -r 'Photo::\"cat.jpg\"'");
  add_authorize(app, tool);
  add_check_parse(app, tool);
  add_compile(app, tool);
  add_digest(app, tool);
  add_evaluate(app, tool);
  add_translate_policy(app, tool);
  add_translate_schema(app, tool);
  add_format(app, tool);
  add_link(app, tool);
  add_run_cases(app, tool);
  add_search(app, tool);
  add_validate(app, tool);
  add_why(app, tool);
  add_test(app, tool);
  add_diff(app, tool);
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
  // Nothing else could be repeated in a message, or kept in a file that others read.
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (check_utf8(arguments[i], "")) continue;
    tool.fail(ErrorCode::invalid_utf8, "argument " + std::to_string(i + 1) + " is not UTF-8",
              "rename the file, or correct the terminal's encoding");
    return static_cast<int>(tool.exit);
  }
  if (!arguments.empty() && !arguments.front().starts_with('-') &&
      std::find(names.begin(), names.end(), arguments.front()) == names.end()) {
    const std::vector<std::string_view> choices(names.begin(), names.end());
    const std::string meant = did_you_mean(arguments.front(), choices, "");
    tool.fail(ErrorCode::invalid_argument, "there is no verb `" + arguments.front() + "`",
              meant + (meant.empty() ? "" : " ") + kListsVerbs);
    return static_cast<int>(tool.exit);
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::Success& help) {
    return app.exit(help, out, err);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error, tool);
  } catch (const std::exception& error) {
    tool.fail(ErrorCode::io, error.what());
  }
  out.flush();
  if (!out) {
    err << "error[io]: the output could not be written\n";
    return static_cast<int>(Exit::error);
  }
  return static_cast<int>(tool.exit);
}

}  // namespace quis::cli
