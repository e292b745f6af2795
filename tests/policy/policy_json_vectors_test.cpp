// The JSON form against Cedar's own answers (tests/data/traps) and against the policies of the conformance sets.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <quis/policy/policy_set.hpp>

#include "shared_data.hpp"

namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;
using quis::PolicySet;

template <class Range>
bj::array sorted_ids(const Range& range) {
  std::vector<std::string> ids;
  for (const auto& each : range) ids.push_back(each.id);
  std::sort(ids.begin(), ids.end());
  return bj::array(ids.begin(), ids.end());
}

/// JSON that Boost's reader would find too deep.
bj::value parsed(std::string_view json) {
  bj::parse_options options;
  options.max_depth = 1000;
  return bj::parse(json, {}, options);
}

/// Where quis departs from Cedar 4.13 on purpose.
constexpr std::string_view kDepartures[] = {
    "set level (28)",  // a document may also be a single policy
    "templates (11)",  // a template without slots is kept; Cedar drops it when it writes the set
    "templates (12)",  // so that a link to it stays readable
    "values (34)",     // an unknown extension function is refused when it is read, not when it is evaluated
};

/// Calls `check(trap, expect)` for every case of a file but the departures.
template <class Check>
void for_each_trap(std::string_view file, Check check) {
  std::istringstream lines(quis::test::read_file(quis::test::data("traps") / file));
  std::size_t cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    const bj::object trap = parsed(line).as_object();
    const std::string name(trap.at("name").as_string());
    if (std::find(std::begin(kDepartures), std::end(kDepartures), name) != std::end(kDepartures)) continue;
    INFO(line);
    check(std::string(trap.at("policies").as_string()), trap.at("expect").as_object());
  }
  CHECK(cases > 0);
}

/// Expressions are compared as our reader understands them: Cedar keeps details that mean nothing, such as a `Value`
/// that holds a set, while one normal form is written here.
std::string normal(const bj::value& set) {
  const auto read = PolicySet::from_json(bj::serialize(set));
  REQUIRE_MESSAGE(read.has_value(), quis::render(read.error()));
  return read->to_json();
}

/// Reading what was written, in either form, gives the same policies.
void check_round_trips(const PolicySet& set) {
  const std::string json = set.to_json();
  const auto from_json = PolicySet::from_json(json);
  REQUIRE_MESSAGE(from_json.has_value(), quis::render(from_json.error()));
  CHECK(from_json->to_json() == json);
  CHECK(from_json->digest() == set.digest());

  const auto from_text = PolicySet::from_text(from_json->to_text());
  REQUIRE_MESSAGE(from_text.has_value(), quis::render(from_text.error()));
  REQUIRE(from_text->templates().size() == set.templates().size());
  bj::object written = parsed(json).as_object();
  bj::object reread = parsed(from_text->to_json()).as_object();
  for (const char* part : {"staticPolicies", "templates"}) {
    // Text gives policies new names, so only what they say is compared, in order.
    const bj::object& before = written.at(part).as_object();
    const bj::object& after = reread.at(part).as_object();
    CHECK(std::equal(before.begin(), before.end(), after.begin(), after.end(),
                     [](const auto& a, const auto& b) { return a.value() == b.value(); }));
  }
}

}  // namespace

TEST_CASE("JSON policies are accepted, refused and written back as by Cedar") {
  for_each_trap("policy_json.jsonl", [](const std::string& json, const bj::object& expect) {
    const auto set = PolicySet::from_json(json);
    CHECK(set.has_value() == !expect.contains("error"));
    if (!set || expect.contains("error")) return;
    CHECK(set->policies().size() == expect.at("ids").as_array().size());
    CHECK(parsed(set->to_json()) == parsed(normal(expect.at("json"))));
  });
}

TEST_CASE("policy text becomes the JSON that Cedar writes for it") {
  for_each_trap("policies.jsonl", [](const std::string& text, const bj::object& expect) {
    const auto set = PolicySet::from_text(text);
    CHECK(set.has_value() == !expect.contains("error"));
    if (!set || expect.contains("error")) return;
    CHECK(sorted_ids(set->policies()) == expect.at("ids").as_array());
    CHECK(sorted_ids(set->templates()) == expect.at("templates").as_array());
    CHECK(parsed(set->to_json()) == expect.at("json"));
  });
}

TEST_CASE("the policies of the conformance sets go from text to JSON to text and back") {
  for (const std::string_view name : {"handwritten", "oopsla", "corpus-tests"}) {
    const auto folder = quis::test::vectors(name);
    if (!folder) continue;
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
      const std::string path = entry.path().string();
      const bool is_text = path.ends_with(".cedar");
      if (!is_text && !path.ends_with("policies.json")) continue;
      INFO(path);
      const auto set = PolicySet::from_file(path);
      REQUIRE_MESSAGE(set.has_value(), quis::render(set.error()));
      check_round_trips(*set);
      ++files;
    }
    CHECK(files > 0);
  }
}
