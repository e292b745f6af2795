#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/code_points.hpp"
#include "cli/counted.hpp"
#include "cli/json_output.hpp"
#include "cli/junit.hpp"
#include "cli/policy_test_run.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "cli/why_sentence.hpp"

namespace quis::cli {
namespace {

struct Options {
  std::vector<std::string> paths;
  TestDefaults defaults;
  std::string junit;
  double min_coverage = 0;
  bool verbose = false;
};

constexpr std::size_t kPrintedGaps = 20;

std::string gap_text(const PolicyCoverage::Gap& gap) {
  if (gap.unlinked) return fmt::format("template `{}` has no links, so no case can try it", gap.policy);
  if (gap.clause.empty()) return fmt::format("policy `{}` decided no case", gap.policy);
  const char* const what = gap.only_erred                       ? "only ever failed to evaluate"
                           : gap.never_held && gap.never_failed ? "was never reached"
                           : gap.never_held                     ? "never held"
                                                                : "never failed";
  return fmt::format("policy `{}`: `{}` {}", gap.policy, gap.clause, what);
}

void print_text(const FileResult& result, const Options& options, Tool& tool) {
  tool.out << visible(result.file) << '\n';
  for (const CaseResult& test : result.cases) {
    const bool passed = test.failures.empty();
    if (passed && !options.verbose) continue;
    const char* const mark = passed ? (tool.color ? "\x1b[32m✓\x1b[0m" : "✓") : (tool.color ? "\x1b[31m✗\x1b[0m" : "✗");
    tool.out << "  " << mark << ' ' << visible(test.name);
    if (!passed) tool.out << "  (line " << test.span.line << ')';
    tool.out << '\n';
    for (const std::string& failure : test.failures) tool.out << "      " << visible(failure) << '\n';
    if (!passed) tool.out << "      " << visible(test.because) << '\n';
  }
  tool.out << fmt::format("  {}, {} failed; coverage {}% ({} of {})\n", counted(result.cases.size(), "case", "cases"),
                          result.failed(), result.coverage.whole_percent(), result.coverage.met, result.coverage.goals);
  const auto& gaps = result.coverage.gaps;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (i == kPrintedGaps && !options.verbose) {
      tool.out << fmt::format("  … and {} more that no case tried; -v lists them\n", gaps.size() - i);
      break;
    }
    tool.out << visible(fmt::format("  untried: {}  {}", gap_text(gaps[i]), place_of(gaps[i].source, gaps[i].span)))
             << '\n';
  }
}

void print_json(const FileResult& result, Tool& tool) {
  for (const CaseResult& test : result.cases) {
    boost::json::object line{{"file", result.file},
                             {"name", test.name},
                             {"line", test.span.line},
                             {"passed", test.failures.empty()},
                             {"decision", test.decision},
                             {"reasons", to_json(test.reasons)},
                             {"errors", to_json(test.errors)},
                             {"failures", to_json(test.failures)}};
    if (!test.step_up.empty()) line["step_up"] = to_json(test.step_up);
    if (!test.because.empty()) line["because"] = test.because;
    tool.out << line << '\n';
  }
  boost::json::array gaps;
  for (const PolicyCoverage::Gap& gap : result.coverage.gaps) {
    boost::json::object object{{gap.unlinked ? "template" : "policy", gap.policy}};
    if (!gap.clause.empty()) {
      object["clause"] = gap.clause;
      object["never_held"] = gap.never_held;
      object["never_failed"] = gap.never_failed;
      object["only_erred"] = gap.only_erred;
    }
    if (!gap.source.empty()) object["source"] = gap.source;
    if (gap.span.line != 0) {
      object["line"] = gap.span.line;
      object["column"] = gap.span.column;
    }
    gaps.push_back(std::move(object));
  }
  tool.out << boost::json::object{{"file", result.file},
                                  {"cases", result.cases.size()},
                                  {"failed", result.failed()},
                                  {"coverage",
                                   {{"percent", result.coverage.whole_percent()},
                                    {"met", result.coverage.met},
                                    {"goals", result.coverage.goals},
                                    {"untried", std::move(gaps)}}}}
           << '\n';
}

/// All files' goals together, so that a small file does not hide behind a large one, nor the other way round.
PolicyCoverage::Report coverage_of(const std::vector<FileResult>& results) {
  PolicyCoverage::Report all;
  for (const FileResult& result : results) {
    all.met += result.coverage.met;
    all.goals += result.coverage.goals;
  }
  return all;
}

void write_junit(const Options& options, const std::vector<FileResult>& results, const std::vector<BrokenFile>& broken,
                 Tool& tool) {
  errno = 0;
  std::ofstream file(options.junit, std::ios::binary);
  file << junit_text(results, broken);
  file.close();
  if (file) return;
  const int why = errno;
  tool.fail(ErrorCode::io,
            "cannot write `" + options.junit + "`" + (why == 0 ? "" : ": " + std::generic_category().message(why)),
            "name a file that can be written, in a folder that is there");
}

void test(const Options& options, Tool& tool) {
  std::vector<FileResult> results;
  std::vector<BrokenFile> broken;
  std::size_t cases = 0;
  std::size_t failed = 0;
  const auto cannot = [&](const std::string& path, Errors errors) {
    tool.fail(errors);
    broken.push_back({path, std::move(errors)});
  };
  for (const std::string& path : options.paths) {
    auto files = find_test_files(path);
    if (!files) {
      cannot(path, std::move(files.error()));
      continue;
    }
    for (const std::string& file : *files) {
      auto result = run_test_file(file, options.defaults);
      if (!result) {
        cannot(file, std::move(result.error()));
        continue;
      }
      cases += result->cases.size();
      failed += result->failed();
      if (tool.json) print_json(*result, tool);
      results.push_back(std::move(*result));
    }
  }
  const PolicyCoverage::Report coverage = coverage_of(results);
  const bool thin = !(coverage.percent() >= options.min_coverage);  // what is no number is not reached
  if (!tool.json) {
    tool.out << fmt::format(
        "{}: {}, {} failed{}{}{}\n", failed == 0 && broken.empty() && !thin ? "PASS" : "FAIL",
        counted(cases, "case", "cases"), failed,
        results.empty() ? "" : fmt::format(", coverage {}%", coverage.whole_percent()),
        thin ? fmt::format(", less than the {:g}% asked for", options.min_coverage) : "",
        broken.empty() ? "" : fmt::format(", {} could not be run", counted(broken.size(), "file", "files")));
    for (const FileResult& result : results) print_text(result, options, tool);
  }
  if (!options.junit.empty()) write_junit(options, results, broken, tool);
  if (tool.exit == Exit::success && (failed != 0 || thin)) tool.exit = Exit::denied;
}

void add_verb(CLI::App& app, Tool& tool, const char* name, const char* about, const char* paths) {
  auto options = std::make_shared<Options>();
  Verb verb(app, name, about);
  verb.option(paths, options->paths, "Test files, or folders with `*.test.yaml`, `*.test.yml`, `*.test.json`")
      .required();
  verb.option("-p,--policies", options->defaults.policies, "Policies for files that name none");
  verb.option("-s,--schema", options->defaults.schema, "Schema for files that name none");
  verb.option("--entities", options->defaults.entities, "Entities for files and cases that have none");
  verb.option("-k,--template-linked", options->defaults.links, "Links of templates for files that name none");
  verb.option("--junit", options->junit, "Write the results to a file as JUnit XML");
  verb.option("--min-coverage", options->min_coverage, "Fail when less than this percentage is covered")
      .between(0, 100.0);
  verb.flag("-v,--verbose", options->verbose, "Print the cases that passed, too");
  verb.footer(
      "Exit codes: 0 all passed, 1 a file could not be run, 2 a case failed or the coverage is too low.\n"
      "Example of a file, photos.test.yaml:\n"
      "  policies: photos.cedar                # or policy_text: |\n"
      "  schema: photos.cedarschema            # optional\n"
      "  links: links.json                     # links of templates; optional\n"
      "  entities: entities.json               # or a list of entities; optional\n"
      "  tests:\n"
      "    - name: an owner views her photo\n"
      "      principal: User::\"alice\"\n"
      "      action: Action::\"view\"\n"
      "      resource: Photo::\"cat.jpg\"\n"
      "      context: {mfa: true}              # optional\n"
      "      decision: allow                   # allow, deny or step-up\n"
      "      reasons: [policy0]                # optional: exactly these decide\n"
      "      errors: []                        # exactly these err; none when left out\n"
      "A JSON list of cases in the format of `cedar run-tests` is read too, with --policies.\n"
      "Example:\n  quis test --min-coverage 90 --junit results.xml policies/");
  verb.run([options, &tool] { test(*options, tool); });
}

}  // namespace

void add_test(CLI::App& app, Tool& tool) {
  add_verb(app, tool, "test", "Run policy tests, and say what no case ever tried: exit code 2 when a case fails",
           "paths");
  add_verb(app, tool, "run-tests", "`test` with the flags of the `cedar` tool", "--tests");
}

}  // namespace quis::cli
