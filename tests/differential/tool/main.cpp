// quis against Cedar itself over generated worlds: `make differential`.
//
// One seed is one world: a schema, policies, entities and requests (tests/generator). Both implementations are asked
// the same question (question.hpp) and their answers compared (comparison.hpp). While Cedar answers one question, quis
// answers the next. Where they differ the world is cut down while it still differs about the same subject, printed,
// and, with --keep, written as a case that the tests can replay.

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "differential/comparison.hpp"
#include "differential/question.hpp"
#include "differential/tool/cedar_process.hpp"
#include "generator/shrink.hpp"

namespace quis::test {
namespace {

namespace json = boost::json;

struct Options {
  std::string cedar;
  std::uint64_t cases = 1000;
  std::uint64_t seed = 1;
  std::size_t requests = 50;
  std::size_t shrunk = 2;
  std::size_t trials = 3000;
  std::uint64_t json_forms_every = 5;
  std::string keep;
  std::string log;
  std::string sample;
};

struct Pending {
  std::uint64_t seed = 0;
  json::object question;
  json::object quis;
  std::optional<std::string> cedar;  ///< when it had to be read before its turn
};

json::object read_answer(const std::string& line) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 1000;
  const json::value answer = json::parse(line, error, json::storage_ptr(), options);
  if (error || !answer.is_object()) return {{"panic", line.empty() ? "Cedar has ended" : "no JSON"}};
  return answer.get_object();
}

class Differential {
 public:
  explicit Differential(Options options)
      : options_(std::move(options)), generation_{.requests = options_.requests}, cedar_(options_.cedar) {}

  /// How many seeds differ.
  std::uint64_t run() {
    constexpr std::size_t kAhead = 6;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t seed = options_.seed; seed < options_.seed + options_.cases; ++seed) {
      Choices choices(seed);
      Pending next{seed, question(choices, seed), {}, {}};
      cedar_.ask(json::serialize(next.question));
      next.quis = answer_of(next.question, &coverage_);
      pending_.push_back(std::move(next));
      if (pending_.size() >= kAhead) settle_oldest();
      if ((seed + 1 - options_.seed) % 1000 == 0) progress(seed, start);
    }
    while (!pending_.empty()) settle_oldest();
    progress(options_.seed + options_.cases - 1, start);
    return differing_;
  }

  void report() const {
    fmt::print("{}", coverage_.report());
    for (const auto& [subject, count] : subjects_) fmt::print("differ about {}: {} cases\n", subject, count);
    for (const auto& [why, count] : departures_)
      fmt::print("not compared, documented departure ({}): {} cases\n", why, count);
    if (const std::string missing = coverage_.missing(); !missing.empty()) fmt::print("never generated: {}\n", missing);
    fmt::print("seeds {} to {}: {} schemas, {} requests compared, {} cases differ\n", options_.seed,
               options_.seed + options_.cases - 1, schemas_, requests_, differing_);
  }

 private:
  json::object question(Choices& choices, std::uint64_t seed) const {
    const bool json_forms = options_.json_forms_every != 0 && seed % options_.json_forms_every == 0;
    return question_of(generate_world(choices, generation_), json_forms);
  }

  void settle_oldest() {
    const Pending oldest = std::move(pending_.front());
    pending_.pop_front();
    const json::object cedar = read_answer(oldest.cedar ? *oldest.cedar : cedar_.answer());
    const Comparison comparison = compare(oldest.question, oldest.quis, cedar);
    for (const std::string& why : comparison.departures) ++departures_[why];
    schemas_ += oldest.question.contains("schema") ? 1U : 0U;
    if (const auto* requests = oldest.quis.if_contains("requests")) requests_ += requests->as_array().size();
    count_verdicts(cedar);
    if (!options_.sample.empty()) std::ofstream(options_.sample, std::ios::app) << recorded(oldest.question, cedar);
    if (comparison.differences.empty()) return;
    ++differing_;
    std::map<std::string, std::string> subjects;
    for (const Difference& difference : comparison.differences) subjects.emplace(difference.subject, difference.what);
    for (const auto& [subject, what] : subjects) {
      if (++subjects_[subject] <= options_.shrunk) show(oldest.seed, subject);
    }
  }

  /// How many policies Cedar calls valid, so that a generator of rubbish is noticed.
  void count_verdicts(const json::object& cedar) {
    for (const std::string_view mode : {"strict", "permissive", "level", "warnings"}) {
      const auto* found = cedar.if_contains(mode);
      if (found == nullptr) continue;
      const json::object& policies = found->as_object();
      coverage_.count("Cedar finds",
                      std::string(mode) + (policies.empty() ? ": nothing in a set" : ": something in a set"));
      for (const auto& [id, kinds] : policies) {
        for (const json::value& kind : kinds.as_array()) {
          coverage_.count("Cedar finds", std::string(mode) + ' ' + std::string(kind.as_string()));
        }
      }
    }
  }

  void show(std::uint64_t seed, const std::string& subject) {
    // Shrinking asks questions of its own, so the answers to what is under way are read first.
    for (Pending& pending : pending_) {
      if (!pending.cedar) pending.cedar = cedar_.answer();
    }
    const auto differs = [&](Choices& choices) { return !about(subject, choices, seed).empty(); };
    Choices found(seed);
    (void)differs(found);
    const Choices smallest = shrink(found, differs, options_.trials);
    Choices again = Choices::replay(smallest.drawn());
    const std::string what = about(subject, again, seed);
    fmt::print("\nseed {} differs about {}: {}\n", seed, subject, what);
    print(last_question_);
    if (!options_.keep.empty()) keep(seed, subject);
    std::cout.flush();
  }

  /// What the answers differ by; empty when they agree about the subject.
  std::string about(const std::string& subject, Choices& choices, std::uint64_t seed) {
    last_question_ = question(choices, seed);
    cedar_.ask(json::serialize(last_question_));
    const json::object quis = answer_of(last_question_);
    last_answer_ = read_answer(cedar_.answer());
    for (const Difference& difference : compare(last_question_, quis, last_answer_).differences) {
      if (difference.subject == subject) return difference.what.empty() ? "differently" : difference.what;
    }
    return {};
  }

  static void print(const json::object& question) {
    for (const auto& [key, value] : question) {
      if (key == "policies_json") continue;
      if (value.is_string()) {
        fmt::print("{}:\n{}\n", std::string_view(key), std::string_view(value.get_string()));
      } else if (value.is_array()) {
        for (const json::value& element : value.get_array()) {
          const std::string text = element.is_string() ? std::string(element.get_string()) : json::serialize(element);
          fmt::print("{}: {}\n", std::string_view(key), text);
        }
      }
    }
  }

  /// One line, as the tests replay it.
  static std::string recorded(const json::object& question, const json::object& cedar) {
    return json::serialize(json::object{{"question", question}, {"cedar", cedar}}) + '\n';
  }

  void keep(std::uint64_t seed, std::string subject) const {
    for (char& c : subject) c = c == ' ' ? '-' : c;
    std::filesystem::create_directories(options_.keep);
    const std::string name = fmt::format("{}/{}-{}.jsonl", options_.keep, subject, seed);
    std::ofstream(name) << recorded(last_question_, last_answer_);
    fmt::print("kept as {}\n", name);
  }

  void progress(std::uint64_t seed, std::chrono::steady_clock::time_point start) const {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string line = fmt::format("seeds {} to {}: {} schemas, {} requests, {} cases differ, {:.0f} s\n",
                                         options_.seed, seed, schemas_, requests_, differing_, seconds);
    if (options_.log.empty()) {
      std::cerr << line;
    } else {
      std::ofstream(options_.log, std::ios::app) << line;
    }
  }

  Options options_;
  GenerationOptions generation_;
  CedarProcess cedar_;
  Coverage coverage_;
  std::deque<Pending> pending_;
  std::uint64_t schemas_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t differing_ = 0;
  std::map<std::string, std::uint64_t> subjects_;
  std::map<std::string, std::uint64_t> departures_;
  json::object last_question_;
  json::object last_answer_;
};

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Compares quis with Cedar over generated worlds; exit code 2 when they differ");
  app.add_option("--cedar", options.cedar, "The program of tests/differential/cedar")->required();
  app.add_option("--cases", options.cases, "How many worlds")->capture_default_str();
  app.add_option("--seed", options.seed, "The seed of the first; the others follow")->capture_default_str();
  app.add_option("--requests", options.requests, "Requests of each world")->capture_default_str();
  app.add_option("--shrink", options.shrunk, "How many differences of each subject are cut down and printed")
      ->capture_default_str();
  app.add_option("--trials", options.trials, "How many smaller worlds are tried for each")->capture_default_str();
  app.add_option("--json-forms", options.json_forms_every, "Every which world is also compared in JSON; 0 for none")
      ->capture_default_str();
  app.add_option("--keep", options.keep, "Folder to write what differs to, as cases that the tests replay");
  app.add_option("--sample", options.sample, "File to add every case to, as the tests replay it");
  app.add_option("--log", options.log, "File to add the totals to, every thousand worlds");
  CLI11_PARSE(app, argc, argv);
  Differential differential(std::move(options));
  const std::uint64_t differing = differential.run();
  differential.report();
  return differing == 0 ? 0 : 2;
}

}  // namespace
}  // namespace quis::test

int main(int argc, char** argv) { return quis::test::run(argc, argv); }
