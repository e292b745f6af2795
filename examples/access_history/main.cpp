// Ten years of a real organisation's access, governed by Cedar policies: see README.md beside this file.

#include <cstdio>
#include <functional>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "verbs.hpp"

namespace {

using namespace access_history;

using Verb = std::function<quis::Result<void>(const Session&)>;

constexpr const char* kDayHelp = "the day to ask about, YYYY-MM-DD; the last one by default";

// Declares the verbs; the one that the command line names ends up in `chosen`.
struct CommandLine {
  CLI::App app{"Who could do what, at any day of ten years: Wikimedia's production access under Cedar policies"};
  std::string events = QUIS_EXAMPLE_DIR "/data/wikimedia_admin_events.csv";
  std::string color = "auto";
  bool json = false;
  Verb chosen;

  WhoOptions who_options;
  WhyOptions why_options;
  DiffOptions diff_options;
  GroupsOptions groups_options;
  PoliciesOptions policies_options;
  BenchOptions bench_options;
  DemoOptions demo_options;
  std::string snapshot;

  CommandLine() {
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--events", events, "file of access events; the bundled one by default");
    app.add_option("--color", color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
    app.add_flag("--json", json, "one JSON object instead of a page");
    add_questions();
    add_others();
  }

  CLI::App* add(const std::string& name, const std::string& what, Verb verb) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->callback([this, verb = std::move(verb)] { chosen = verb; });
    return sub;
  }

  void add_questions() {
    auto* sub = add("who", "who may use which privilege", [this](const Session& s) { return who(s, who_options); });
    sub->add_option("--as-of", who_options.as_of, kDayHelp);
    sub->add_option("--privilege", who_options.privilege, "list the people of this one, e.g. root");
    sub->add_option("--rows", who_options.rows, "show at most so many; 0 for all")->capture_default_str();

    sub = add("why", "why a user may or may not", [this](const Session& s) { return why(s, why_options); });
    sub->add_option("--user", why_options.user, "pseudonym, e.g. u5068fde411")->required();
    sub->add_option("--privilege", why_options.privilege, "e.g. root")->required();
    sub->add_option("--as-of", why_options.as_of, kDayHelp);

    sub = add("diff", "who gained or lost what between two days",
              [this](const Session& s) { return diff(s, diff_options); });
    sub->add_option("from", diff_options.from, "YYYY-MM-DD")->required();
    sub->add_option("to", diff_options.to, "YYYY-MM-DD; the last day by default");
    sub->add_option("--rows", diff_options.rows, "show at most so many; 0 for all")->capture_default_str();

    sub = add("groups", "the groups that hold privileges",
              [this](const Session& s) { return groups(s, groups_options); });
    sub->add_option("--as-of", groups_options.as_of, kDayHelp);
    sub->add_option("--rows", groups_options.rows, "show at most so many; 0 for all")->capture_default_str();
  }

  void add_others() {
    auto* sub = add("policies", "print the Cedar policies that govern a day (with --json: in Cedar's JSON form)",
                    [this](const Session& s) { return policies(s, policies_options); });
    sub->add_option("--as-of", policies_options.as_of, kDayHelp);
    auto* schema = sub->add_flag("--schema", policies_options.schema, "print their schema instead");
    sub->add_flag("--entities", policies_options.entities, "print the entities instead, as JSON")->excludes(schema);

    sub = add("bench", "decide requests drawn from the history, and time it",
              [this](const Session& s) { return bench(s, bench_options); });
    sub->add_option("--requests", bench_options.requests, "how many")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    sub->add_option("--seed", bench_options.seed, "of the random draw")->capture_default_str();
    sub->add_option("--as-of", bench_options.as_of, kDayHelp);

    sub = add("demo", "all of it on one page", [this](const Session& s) { return demo(s, demo_options); });
    sub->add_option("--requests", demo_options.requests, "how many to time")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();

    sub = add("check-snapshot", "compare the rebuilt last day with the real access file",
              [this](const Session& s) { return check_snapshot(s, snapshot); });
    sub->add_option("file", snapshot, "wikimedia_admin_snapshot.json")->required();
  }
};

int fail(const quis::Errors& errors) {
  std::fflush(stdout);
  std::cerr << quis::render(errors);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return line.app.exit(error);  // help that was asked for
    return fail(quis::failure(quis::ErrorCode::invalid_argument, error.what(),
                              "`access_history --help` and `access_history VERB --help` say what there is")
                    .value());
  }
  const auto history = read_history(line.events);
  if (!history) return fail(history.error());
  if (line.json && line.app.got_subcommand("demo")) {
    return fail(quis::failure(quis::ErrorCode::invalid_argument, "the demo is a page for people",
                              "`who`, `why`, `diff`, `groups` and `bench` answer in JSON")
                    .value());
  }
  Page page(Page::wants_color(line.color));
  if (auto done = line.chosen({.history = *history, .page = page, .json = line.json}); !done) return fail(done.error());
  return 0;
}
