#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <quis/engine/engine.hpp>
#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>

#include "base/code_points.hpp"
#include "cli/case_file.hpp"
#include "cli/counted.hpp"
#include "cli/inputs.hpp"
#include "cli/json_output.hpp"
#include "cli/listed.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  std::vector<std::string> paths;
  bool reference = false;
};

struct Totals {
  std::size_t files = 0;
  std::size_t validated = 0;
  std::size_t other_verdicts = 0;  // on validity
  std::size_t older_verdicts = 0;  // on validity, because of what 4.13 made a warning
  std::size_t requests = 0;
  std::size_t differing = 0;
  std::size_t failed = 0;  // files or requests that could not be read
};

struct Answer {
  bool permitted = false;
  std::vector<std::string> reason;  // sorted
  std::vector<std::string> errors;  // sorted
};

const char* word(bool permitted) noexcept { return permitted ? "allow" : "deny"; }

bool differ(const ExpectedAnswer& expected, const Answer& answer) {
  return (expected.permitted && *expected.permitted != answer.permitted) ||
         (expected.reason && *expected.reason != answer.reason) ||
         (expected.errors && *expected.errors != answer.errors);
}

boost::json::object expected_json(const ExpectedAnswer& expected) {
  boost::json::object object;
  if (expected.permitted) object["decision"] = word(*expected.permitted);
  if (expected.reason) object["reason"] = to_json(*expected.reason);
  if (expected.errors) object["errors"] = to_json(*expected.errors);
  return object;
}

class CaseRunner {
 public:
  CaseRunner(Tool& tool, Evaluator evaluator) noexcept : tool_(tool), evaluator_(evaluator) {}

  void run(const std::string& file) {
    ++totals_.files;
    const auto test = read_case_file(file);
    if (!test) return cannot(file, std::nullopt, test.error());
    const auto schema = SchemaInput{test->schema, test->schema_is_json ? "json" : "cedar"}.load();
    if (!schema) return cannot(file, std::nullopt, schema.error());
    PolicyInput input;
    input.path = test->policies;
    input.format = test->policies_are_json ? "json" : "cedar";
    input.ids = "position";
    const auto policies = input.load();
    if (!policies) return cannot(file, std::nullopt, policies.error());
    const auto entities = EntitiesInput{test->entities}.load(*schema);
    if (!entities) return cannot(file, std::nullopt, entities.error());
    if (*schema) validate_policies(file, *policies, **schema, test->should_validate);
    const Engine engine(World::build(*policies, *entities), evaluator_);
    for (std::size_t i = 0; i < test->requests.size(); ++i) answer(file, i, test->requests[i], *schema, engine);
  }

  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  void validate_policies(const std::string& file, const PolicySet& policies, const Schema& schema,
                         std::optional<bool> expected) {
    ++totals_.validated;
    const ValidationResult strict = validate(policies, schema);
    const ValidationResult permissive = validate(policies, schema, {ValidationMode::permissive, std::nullopt});
    if (tool_.json) {
      boost::json::array warnings;
      for (const Diagnostic& each : strict.warnings) {
        warnings.emplace_back(each.policy + ": " + std::string(to_string(each.code)));
      }
      boost::json::object line{{"file", file},
                               {"valid", strict.valid()},
                               {"permissive_valid", permissive.valid()},
                               {"warnings", std::move(warnings)}};
      if (expected && *expected != strict.valid()) line["expected"] = {{"valid", *expected}};
      tool_.out << line << '\n';
    }
    if (!expected || *expected == strict.valid()) return;
    // Until Cedar 4.12, a policy whose scope no action fits was invalid; cases of that time still say so. This is told
    // apart from a difference, and told.
    const bool was_invalid = std::any_of(strict.warnings.begin(), strict.warnings.end(), [](const Diagnostic& each) {
      return each.code == ErrorCode::inapplicable_action;
    });
    if (!*expected && was_invalid) {
      ++totals_.older_verdicts;
      if (!tool_.json) {
        tool_.err << visible(file)
                  << ": expected to be invalid, as it was before Cedar 4.13: no action fits a policy's scope\n";
      }
      return;
    }
    ++totals_.other_verdicts;
    if (!tool_.json) {
      tool_.err << visible(file) << ": the policies are " << (strict.valid() ? "valid" : "invalid")
                << ", against the expectation\n"
                << render(strict.errors);
    }
  }

  void answer(const std::string& file, std::size_t index, const CaseRequest& wanted,
              const std::optional<Schema>& schema, const Engine& engine) {
    ++totals_.requests;
    const auto request = OwnedRequest::from_json(wanted.json, schema ? &*schema : nullptr, wanted.validate, file);
    if (!request) return cannot(file, index, request.error());
    const Answer answer = ask(engine, request->view());
    const bool differs = differ(wanted.expected, answer);
    totals_.differing += differs ? 1 : 0;
    if (tool_.json) {
      boost::json::object line{{"file", file},
                               {"index", index},
                               {"decision", word(answer.permitted)},
                               {"reason", to_json(answer.reason)},
                               {"errors", to_json(answer.errors)}};
      if (differs) line["expected"] = expected_json(wanted.expected);
      tool_.out << line << '\n';
    } else if (differs) {
      tell_difference(file, index, wanted.expected, request->view(), answer);
    }
  }

  Answer ask(const Engine& engine, const Request& request) {
    engine.authorize(request, response_);
    Answer answer;
    answer.permitted = response_.permitted;
    for (const PolicyIndex policy : response_.determining) answer.reason.emplace_back(engine.policy_id(policy));
    for (const PolicyError& failed : response_.errors) answer.errors.emplace_back(engine.policy_id(failed.policy));
    std::sort(answer.reason.begin(), answer.reason.end());
    std::sort(answer.errors.begin(), answer.errors.end());
    return answer;
  }

  void tell_difference(const std::string& file, std::size_t index, const ExpectedAnswer& expected,
                       const Request& request, const Answer& answer) {
    const auto name = [&](EntityId id) { return to_text(id, request.names); };
    tool_.err << visible(fmt::format("{}: request {} ({} does {} on {}): the answer differs from the expected one",
                                     file, index, name(request.principal), name(request.action),
                                     name(request.resource)))
              << '\n';
    const auto tell = [this](const char* what, const std::string& wanted, const std::string& got) {
      if (wanted != got) tool_.err << visible(fmt::format("  expected {}{}, got {}", what, wanted, got)) << '\n';
    };
    if (expected.permitted) tell("", word(*expected.permitted), word(answer.permitted));
    if (expected.reason) tell("reasons ", listed(*expected.reason), listed(answer.reason));
    if (expected.errors) tell("errors ", listed(*expected.errors), listed(answer.errors));
  }

  void cannot(const std::string& file, std::optional<std::size_t> index, const Errors& errors) {
    ++totals_.failed;
    if (!tool_.json) {
      tool_.err << visible(file) << (index ? ": request " + std::to_string(*index) : "") << ":\n" << render(errors);
      return;
    }
    boost::json::array all;
    for (const Diagnostic& diagnostic : errors) all.push_back(to_json(diagnostic));
    boost::json::object line{{"file", file}, {"error", errors.front().message}, {"errors", std::move(all)}};
    if (index) line["index"] = *index;
    tool_.out << line << '\n';
  }

  Tool& tool_;
  Evaluator evaluator_;
  Response response_;
  Totals totals_;
};

void run_cases(const Options& options, Tool& tool) {
  std::vector<std::string> files;
  for (const std::string& path : options.paths) {
    const auto found = find_case_files(path);
    if (!found) return tool.fail(found.error());
    files.insert(files.end(), found->begin(), found->end());
  }
  CaseRunner runner(tool, options.reference ? Evaluator::reference : Evaluator::compiled);
  for (const std::string& file : files) runner.run(file);
  const Totals& totals = runner.totals();
  if (!tool.json) {
    tool.out << counted(totals.files, "case", "cases") << ", " << counted(totals.requests, "request", "requests")
             << ": " << counted(totals.differing, "differs", "differ") << ", " << totals.failed
             << " could not be run\n";
    if (totals.validated != 0) {
      tool.out << totals.validated << " validated: " << counted(totals.other_verdicts, "differs", "differ") << ", "
               << counted(totals.older_verdicts, "was", "were") << " invalid only before Cedar 4.13\n";
    }
  }
  if (totals.failed != 0) {
    tool.exit = Exit::error;
  } else if (totals.differing + totals.other_verdicts != 0) {
    tool.exit = Exit::denied;
  }
}

}  // namespace

void add_run_cases(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "run-cases",
            "Run conformance cases and compare with the answers they expect: exit code 2 when one differs");
  verb.option("files", options->paths, "Case files, or folders of them").required();
  verb.flag("--reference", options->reference, "Decide by the reference interpreter instead of the compiled program");
  verb.footer("Example:\n  quis run-cases --json tests/data/cedar");
  verb.run([options, &tool] { run_cases(*options, tool); });
}

}  // namespace quis::cli
