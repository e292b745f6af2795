// quis as a benchmark peer: reads a case, answers its requests, times decisions. ../README.md describes the method,
// which every peer shares. `quis_peer --prepare` also makes the workloads and lists them, for all peers.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif

#include <quis/policy/validator.hpp>

#include "cli/case_file.hpp"
#include "cli/inputs.hpp"
#include "cli/json_output.hpp"
#include "random.hpp"
#include "workload.hpp"

namespace quis::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds kBatch{20e-6};
constexpr std::size_t kMinBatches = 5;
constexpr std::size_t kMinAnswers = 50;
constexpr Seconds kAnswering{5};

struct Options {
  std::string case_file;
  std::string system = "quis";
  std::string output;
  double seconds = 1;
  std::size_t count = 0;
  bool no_answers = false;
  bool prepare = false;
};

struct Timing {
  std::vector<double> samples;  ///< nanoseconds per decision of each batch, sorted
  std::size_t batch = 0;        ///< decisions in a batch
};

/// What is computed only to be timed, so that no compiler leaves it out.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

struct System {
  boost::json::array (*answers)(const Subject&);
  Timing (*time)(const Subject&, Seconds);
  void (*count)(const Subject&, std::size_t);
};

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

boost::json::object to_json(const Subject& subject, const Response& response) {
  const auto policies = subject.world().policies().policies();
  std::vector<std::string> reason;
  std::vector<std::string> errors;
  for (const PolicyIndex policy : response.determining) reason.push_back(policies[policy].id);
  for (const PolicyError& error : response.errors) errors.push_back(policies[error.policy].id);
  return {{"decision", response.permitted ? "allow" : "deny"},
          {"reason", cli::to_json(sorted(std::move(reason)))},
          {"errors", cli::to_json(sorted(std::move(errors)))}};
}

/// Every request once; the first fifty at least, and no more once five seconds have passed.
template <auto Decide>
boost::json::array answers(const Subject& subject) {
  const auto start = Clock::now();
  boost::json::array all;
  Response response;
  for (std::size_t i = 0; i < subject.size(); ++i) {
    if (i >= kMinAnswers && Clock::now() - start >= kAnswering) break;
    (subject.*Decide)(i, response);
    all.push_back(to_json(subject, response));
  }
  return all;
}

template <auto Decide>
Timing time(const Subject& subject, Seconds seconds) {
  RequestStream stream(subject.size());
  Response response;
  const auto run = [&](std::size_t decisions) -> Seconds {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < decisions; ++i) (subject.*Decide)(stream.next(), response);
    return Clock::now() - start;
  };

  Timing timing;
  timing.batch = 1;
  // By the fastest batch: one that was interrupted says nothing about how long a decision takes.
  Seconds fastest = Seconds::max();
  const auto warm_up = Clock::now();
  do {
    fastest = std::min(fastest, run(timing.batch) / static_cast<double>(timing.batch));
    timing.batch = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(kBatch / fastest)));
  } while (Clock::now() - warm_up < seconds / 10);
  for (const auto start = Clock::now(); timing.samples.size() < kMinBatches || Clock::now() - start < seconds;) {
    timing.samples.push_back(run(timing.batch).count() * 1e9 / static_cast<double>(timing.batch));
  }
  std::sort(timing.samples.begin(), timing.samples.end());
  return timing;
}

#ifdef CALLGRIND_START_INSTRUMENTATION
constexpr bool kCounts = true;

/// Decides as often under callgrind, which was started with --instr-atstart=no and so counts nothing else. As many
/// decisions before them fill what is kept from one to the next, such as the memory of a response.
template <auto Decide>
void count(const Subject& subject, std::size_t decisions) {
  RequestStream stream(subject.size());
  Response response;
  const auto run = [&] {
    for (std::size_t i = 0; i < decisions; ++i) (subject.*Decide)(stream.next(), response);
  };
  run();
  CALLGRIND_START_INSTRUMENTATION;
  run();
  CALLGRIND_STOP_INSTRUMENTATION;
}
#else
constexpr bool kCounts = false;

template <auto Decide>
void count(const Subject&, std::size_t) {}
#endif

template <auto Decide>
constexpr System kSystem = {answers<Decide>, time<Decide>, count<Decide>};

const std::map<std::string, System>& systems() {
  static const std::map<std::string, System> all = {{"quis", kSystem<&Subject::by_id>},
                                                    {"quis-text", kSystem<&Subject::from_text>},
                                                    {"quis-reference", kSystem<&Subject::by_reference>}};
  return all;
}

double quantile(const std::vector<double>& samples, double q) {
  return samples[static_cast<std::size_t>(std::lround(static_cast<double>(samples.size() - 1) * q))];
}

/// The median of `run` in milliseconds: of five runs, or of as many as fit into the time.
template <class Run>
double median_ms(Seconds seconds, const Run& run) {
  std::vector<double> samples;
  for (const auto start = Clock::now(); samples.size() < kMinBatches || Clock::now() - start < seconds;) {
    const auto begin = Clock::now();
    run();
    samples.push_back(Seconds(Clock::now() - begin).count() * 1e3);
  }
  std::sort(samples.begin(), samples.end());
  return quantile(samples, 0.5);
}

/// How long it takes to parse the policies of a case from their text, and to validate them: null without a schema.
struct Preparation {
  double parse_ms = 0;
  boost::json::value validate_ms;
};

Result<Preparation> time_preparation(const Options& options) {
  const auto test = cli::read_case_file(options.case_file);
  if (!test) return tl::make_unexpected(test.error());
  const auto text = cli::read_input(test->policies);
  if (!text) return tl::make_unexpected(text.error());
  const auto parse = [&] {
    return test->policies_are_json ? PolicySet::from_json(*text) : PolicySet::from_text(*text);
  };
  const auto policies = parse();
  if (!policies) return tl::make_unexpected(policies.error());
  const auto schema = cli::SchemaInput{test->schema, test->schema_is_json ? "json" : "cedar"}.load();
  if (!schema) return tl::make_unexpected(schema.error());

  Preparation preparation;
  const Seconds each(options.seconds / 4);
  preparation.parse_ms = median_ms(each, [&] { keep(parse()); });
  if (*schema) preparation.validate_ms = median_ms(each, [&] { keep(validate(*policies, **schema)); });
  return preparation;
}

Result<void> measure(const Options& options) {
  const auto start = Clock::now();
  const auto subject = Subject::load(options.case_file);
  if (!subject) return tl::make_unexpected(subject.error());
  const Seconds load = Clock::now() - start;
  const System& system = systems().at(options.system);
  boost::json::array answered;
  if (!options.no_answers) answered = system.answers(*subject);
  const Timing timing = system.time(*subject, Seconds(options.seconds));
  auto preparation = time_preparation(options);
  if (!preparation) return tl::make_unexpected(std::move(preparation.error()));
  std::ofstream file(options.output, std::ios::binary);
  file << boost::json::object{{"system", options.system},
                              {"requests", subject->size()},
                              {"answers", std::move(answered)},
                              {"load_ms", load.count() * 1e3},
                              {"parse_ms", preparation->parse_ms},
                              {"validate_ms", std::move(preparation->validate_ms)},
                              {"batch", timing.batch},
                              {"batches", timing.samples.size()},
                              {"ns_median", quantile(timing.samples, 0.5)},
                              {"ns_p99", quantile(timing.samples, 0.99)}};
  file.close();
  if (file.fail()) return failure(ErrorCode::io, "cannot write the file `" + options.output + "`");
  return {};
}

Result<void> count(const Options& options) {
  if (!kCounts)
    return failure(ErrorCode::invalid_argument, "instructions are not counted: built without valgrind/callgrind.h");
  const auto subject = Subject::load(options.case_file);
  if (!subject) return tl::make_unexpected(subject.error());
  systems().at(options.system).count(*subject, options.count);
  return {};
}

/// Makes the workloads and prints `name<tab>case file` for each.
Result<void> prepare() {
  const auto workloads = prepare_workloads(QUIS_BENCH_OOPSLA, QUIS_BENCH_GENERATED);
  if (!workloads) return tl::make_unexpected(workloads.error());
  for (const Workload& workload : *workloads) std::cout << workload.name << '\t' << workload.case_file << '\n';
  return {};
}

}  // namespace
}  // namespace quis::bench

int main(int argc, char** argv) {
  using namespace quis::bench;
  Options options;
  CLI::App app("Times the decisions of quis on one conformance case");
  auto* prepare_flag = app.add_flag("--prepare", options.prepare, "Make the workloads and list them, nothing else");
  app.add_option("case", options.case_file, "Case file")->excludes(prepare_flag);
  app.add_option("--system", options.system, "How to decide")->check(CLI::IsMember(systems()))->capture_default_str();
  app.add_option("--seconds", options.seconds, "How long to time decisions")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--output", options.output, "Where to write the report (JSON)")->excludes(prepare_flag);
  app.add_flag("--no-answers", options.no_answers, "Only time, do not write the answers down");
  app.add_option("--count", options.count, "Decide as often for callgrind to count, and report nothing")
      ->check(CLI::PositiveNumber)
      ->excludes(prepare_flag);
  CLI11_PARSE(app, argc, argv);
  if (!options.prepare && (options.case_file.empty() || (options.output.empty() && options.count == 0))) {
    std::cerr << "error: a case file is needed, and --output or --count\n";
    return EXIT_FAILURE;
  }
  const auto done = options.prepare ? prepare() : options.count != 0 ? count(options) : measure(options);
  if (!done) std::cerr << quis::render(done.error());
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
