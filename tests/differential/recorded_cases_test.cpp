// What Cedar answered, kept: cases in which quis once differed, and a sample of generated worlds
// (tests/data/differential). `make differential` makes both.

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <string>

#include <boost/json.hpp>

#include "differential/comparison.hpp"
#include "differential/question.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

std::size_t replay(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  boost::json::parse_options deep;
  deep.max_depth = 1000;
  std::size_t cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    const auto recorded = boost::json::parse(line, boost::json::storage_ptr(), deep).as_object();
    const auto& question = recorded.at("question").as_object();
    INFO(file.filename().string(), ", line ", cases + 1, "\n", std::string(question.at("policies").as_string()));
    const Comparison comparison = compare(question, answer_of(question), recorded.at("cedar").as_object());
    for (const Difference& difference : comparison.differences) {
      FAIL_CHECK("differs about ", difference.subject, ": ", difference.what);
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("quis answers as Cedar did to every generated case that was kept") {
  std::size_t cases = 0;
  for (const auto& file : std::filesystem::directory_iterator(data("differential"))) {
    if (file.path().extension() == ".jsonl") cases += replay(file.path());
  }
  CHECK(cases > 20);
}

TEST_CASE("a wrong answer is noticed, whatever it is about") {
  const auto question = boost::json::parse(R"({"schema": "entity E; action a appliesTo { principal: E, resource: E };",
      "policies": "permit(principal, action, resource);", "refused": ["permit("], "links": [], "level": 0,
      "entities": "[]", "requests": ["{\"principal\":{\"type\":\"E\",\"id\":\"\"},\"action\":{\"type\":\"Action\",\"id\":\"a\"},\"resource\":{\"type\":\"E\",\"id\":\"\"},\"context\":{}}"]})")
                            .as_object();
  const auto right = answer_of(question);
  CHECK(compare(question, right, right).differences.empty());
  const auto about = [&](const std::function<void(boost::json::object&)>& spoil) {
    auto wrong = right;
    spoil(wrong);
    const Comparison comparison = compare(question, right, wrong);
    return comparison.differences.empty() ? std::string() : comparison.differences.front().subject;
  };
  using boost::json::object;
  const auto request = [](object& answer) -> object& { return answer.at("requests").as_array()[0].as_object(); };
  CHECK(about([](object& answer) { answer["schema"] = "no"; }) == "schema text");
  CHECK(about([](object& answer) { answer["policies"] = "no"; }) == "policy text");
  CHECK(about([](object& answer) { answer.at("refused").as_array()[0] = nullptr; }) == "policy text");
  CHECK(about([](object& answer) { answer["entities"] = "no"; }) == "entities");
  CHECK(about([&](object& answer) { request(answer)["allow"] = false; }) == "decision");
  CHECK(about([&](object& answer) { request(answer)["reason"] = boost::json::array(); }) == "decision");
  CHECK(about([&](object& answer) { request(answer)["errors"] = {"policy0"}; }) == "decision");
  CHECK(about([&](object& answer) { request(answer)["fits"] = "no"; }) == "request");
  CHECK(about([](object& answer) { answer["strict"] = {{"policy0", {"UnexpectedType"}}}; }) == "strict");
  CHECK(about([](object& answer) { answer["permissive"] = {{"policy0", {"UnexpectedType"}}}; }) == "permissive");
  CHECK(about([](object& answer) { answer["level"] = {{"policy0", {"UnexpectedType"}}}; }) == "level");
  CHECK(about([](object& answer) { answer["warnings"] = {{"policy0", {"ImpossiblePolicy"}}}; }) == "warnings");
  CHECK(about([](object& answer) { answer["panic"] = "no"; }) == "cedar");
}

}  // namespace quis::test
