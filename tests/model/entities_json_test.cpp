#include <doctest/doctest.h>

#include <string>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "traps.hpp"

using namespace quis;

namespace {

Diagnostic refused(std::string_view json) {
  const auto read = Entities::from_json(json, nullptr, "hr.json");
  REQUIRE_FALSE(read);
  return read.error().at(0);
}

}  // namespace

TEST_CASE("entities without a schema are read as Cedar reads them") {
  const std::size_t count = test::for_each_trap("entities.jsonl", [](const boost::json::object& trap) {
    if (!test::has_schema(trap)) test::check_entities(trap, Entities::from_json(test::text_at(trap, "json")));
  });
  CHECK(count > 400);
}

TEST_CASE("an error names the entity, the place and the remedy") {
  const Diagnostic error = refused(R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {"pay/h": 1.5}, "parents": []}
])");
  CHECK(error.code == ErrorCode::invalid_value);
  CHECK(error.message == R"(`User::"bob"`: a number that is no 64-bit integer, the only kind that Cedar has)");
  CHECK(error.source == "hr.json");
  CHECK(error.path == "/1/attrs/pay~1h");
  CHECK(error.span.line == 3);
  CHECK(error.span.column == 61);
  CHECK_FALSE(error.help.empty());
}

TEST_CASE("all errors of a document are reported, not only the first") {
  const auto read = Entities::from_json(R"([
    {"uid": {"type": "if", "id": "a"}, "attrs": {}, "parents": []},
    {"uid": {"type": "User", "id": "bob"}, "attrs": {"a": null, "b": 1e3, "c": 1}, "parents": [1]},
    {"uid": {"type": "User", "id": "eve"}, "attrs": {"ip": {"__extn": {"fn": "pi", "arg": "1"}}}, "parents": []}])");
  REQUIRE_FALSE(read);
  std::vector<std::string> places;
  for (const Diagnostic& error : read.error()) places.push_back(error.path);
  CHECK(places == std::vector<std::string>{"/0/uid", "/1/attrs/a", "/1/attrs/b", "/1/parents/0", "/2/attrs/ip/__extn"});
}

TEST_CASE("an entity that stands twice is refused unless it is the same") {
  const std::string alice = R"({"uid": {"type": "User", "id": "alice"}, "attrs": {"a": [1, 2]}, "parents": []})";
  const std::string same =
      R"({"parents": [], "attrs": {"a": [2, 1, 2]}, "uid": {"__entity": {"type": "User", "id": "alice"}}})";
  const std::string other = R"({"uid": {"type": "User", "id": "alice"}, "attrs": {"a": [1]}, "parents": []})";
  CHECK(Entities::from_json("[" + alice + "," + same + "]")->size() == 1);
  const Diagnostic error = refused("[" + alice + "," + other + "]");
  CHECK(error.code == ErrorCode::duplicate_entity);
  CHECK(error.path == "/1");
}

TEST_CASE("a cycle names the document") {
  const Diagnostic error = refused(R"([
    {"uid": {"type": "User", "id": "a"}, "attrs": {}, "parents": [{"type": "User", "id": "b"}]},
    {"uid": {"type": "User", "id": "b"}, "attrs": {}, "parents": [{"type": "User", "id": "a"}]}])");
  CHECK(error.code == ErrorCode::cycle);
  CHECK(error.source == "hr.json");
}

TEST_CASE("a text that is not JSON refuses the whole, and what was wrong before is told too") {
  const auto read = Entities::from_json(R"([{"uid": 1, "attrs": {}, "parents": []}, {)");
  REQUIRE_FALSE(read);
  CHECK(read.error().size() == 2);
  CHECK(read.error()[0].path == "/0/uid");
  CHECK(read.error()[1].code == ErrorCode::invalid_json);
}

TEST_CASE("a missing file is an error of its own") {
  const auto read = Entities::from_json_file("/nowhere/entities.json");
  REQUIRE_FALSE(read);
  CHECK(read.error().at(0).code == ErrorCode::io);
}

TEST_CASE("to_json gives the same bytes for equal stores, and text that reads back") {
  const std::string first = R"([
    {"uid": {"type": "User", "id": "b\"\n"}, "attrs": {"z": [3, 1, "x", true], "a": {"k": 1, "b": []}},
     "parents": [{"type": "Group", "id": "2"}, {"type": "Group", "id": "1"}], "tags": {"t": "é"}},
    {"uid": {"type": "Group", "id": "1"}, "attrs": {"ip": {"__extn": {"fn": "ip", "arg": "::1/64"}},
     "d": {"__extn": {"fn": "decimal", "arg": "-0.5"}}, "e": {"__entity": {"type": "User", "id": "x"}},
     "far": {"__extn": {"fn": "offset", "args": [{"__extn": {"fn": "datetime", "arg": "9999-12-31"}},
     {"__extn": {"fn": "duration", "arg": "100000d"}}]}}}, "parents": []}])";
  const auto entities = Entities::from_json(first);
  REQUIRE(entities);
  const std::string text = entities->to_json();
  CHECK(
      text.starts_with("[\n"
                       R"({"uid":{"type":"Group","id":"1"},"attrs":{"d":)"));
  CHECK(text.find(R"("parents":[{"type":"Group","id":"1"},{"type":"Group","id":"2"}],"tags":{"t":"é"}})") !=
        std::string::npos);
  CHECK(text.find(R"("z":["x",1,3,true])") != std::string::npos);
  const auto again = Entities::from_json(text);
  REQUIRE_MESSAGE(again, render(again.error()));
  CHECK(again->to_json() == text);
}
