#include <doctest/doctest.h>

#include <string>

#include <boost/json.hpp>

#include <quis/base/vocabulary.hpp>
#include <quis/model/type.hpp>

#include "model/json_problems.hpp"
#include "model/value_json.hpp"
#include "model/value_json_writer.hpp"

using namespace quis;

namespace {

std::string read(const std::string& json, const TypePtr& type = nullptr) {
  ValueArena arena;
  JsonProblems problems(json, "test");
  const auto document = json::parse(json, "test");
  REQUIRE(document);
  const json::Path root;
  const auto value = ValueReader(Names(), arena, problems).value(*document, root, type.get());
  CHECK(value.has_value() == problems.empty());
  return value ? to_text(*value) : "error at " + problems.take().at(0).path;
}

}  // namespace

TEST_CASE("without a type JSON means what it says") {
  CHECK(read("true") == "true");
  CHECK(read("-9223372036854775808") == "-9223372036854775808");
  CHECK(read(R"("10.0.0.1")") == R"("10.0.0.1")");
  CHECK(read("[]") == "[]");
  CHECK(read(R"({"type": "User", "id": "a"})") == R"({"id": "a", "type": "User"})");
  CHECK(read(R"({"fn": "ip", "arg": "1.1.1.1"})").find("ip(") == std::string::npos);
}

TEST_CASE("what Cedar has no value for is refused at its place") {
  CHECK(read("null") == "error at ");
  CHECK(read("9223372036854775808") == "error at ");
  CHECK(read(R"({"a": [1, 1.0]})") == "error at /a/1");
  CHECK(read("[-0]") == "error at /0");
  CHECK(read(R"([{"a/b": null}])") == "error at /0/a~1b");
}

TEST_CASE("an escape is one only when it is the sole key and has the whole shape") {
  CHECK(read(R"({"__entity": {"type": "A::B", "id": "x", "more": 1}})") == R"(A::B::"x")");
  CHECK(read(R"({"__extn": {"fn": "decimal", "arg": "1.50"}})") == R"(decimal("1.5"))");
  CHECK(read(R"({"__extn": {"fn": "decimal", "args": ["1.50"]}})") == R"(decimal("1.5"))");
  for (const char* record :
       {R"({"__entity": {"type": "A", "id": "x"}, "b": 1})", R"({"__entity": {"type": "A"}})", R"({"__entity": "A"})",
        R"({"__extn": {"fn": "decimal"}})", R"({"__extn": {"fn": 1, "arg": "1.5"}})", R"({"__expr": 1})",
        R"({"__expr": "1", "a": 1})", R"({"__extn": {"fn": "decimal", "args": "1.5"}})"}) {
    CAPTURE(record);
    CHECK(read(record).starts_with("{"));
  }
  CHECK(read(R"({"__expr": "1"})") == "error at ");
  CHECK(read(R"({"__entity": {"type": "A B", "id": "x"}})") == "error at ");
  CHECK(read(R"({"__entity": {"type": "A :: B", "id": "x"}})") == "error at ");
  CHECK(read(R"({"__entity": {"type": "in", "id": "x"}})") == "error at ");
  CHECK(read(R"({"__entity": {"type": "__cedar::A", "id": "x"}})") == "error at ");
  CHECK(read(R"({"__entity": {"type": "", "id": "x"}})") == "error at ");
  CHECK(read(R"({"__extn": {"fn": "unknown", "arg": "x"}})") == "error at /__extn");
}

TEST_CASE("any extension function may be called, on values read alike") {
  CHECK(read(R"({"__extn": {"fn": "isIpv4", "arg": {"__extn": {"fn": "ip", "arg": "1.1.1.1"}}}})") == "true");
  CHECK(read(R"({"__extn": {"fn": "toSeconds", "arg": {"__extn": {"fn": "duration", "arg": "1m"}}}})") == "60");
  CHECK(read(R"({"__extn": {"fn": "isIpv4", "arg": "1.1.1.1"}})") == "error at /__extn");
  CHECK(read(R"({"__extn": {"fn": "ip", "args": []}})") == "error at /__extn");
  CHECK(read(R"({"__extn": {"fn": "ip", "args": ["1.1.1.1", 1.5]}})") == "error at /__extn");
}

TEST_CASE("with a type the escapes may be left out") {
  const TypePtr user = Type::entity(intern_type("User"));
  CHECK(read(R"({"type": "User", "id": "a"})", user) == R"(User::"a")");
  CHECK(read(R"({"__entity": {"type": "User", "id": "a"}, "x": 1.5})", user) == R"(User::"a")");
  CHECK(read(R"({"type": "Group", "id": "a"})", user) == "error at ");
  CHECK(read(R"("User::\"a\"")", user) == "error at ");

  const TypePtr ip = Type::of(Value::Kind::ip);
  CHECK(read(R"("1.1.1.1")", ip) == R"(ip("1.1.1.1"))");
  CHECK(read(R"({"fn": "ip", "arg": "1.1.1.1"})", ip) == R"(ip("1.1.1.1"))");
  CHECK(read(R"({"__extn": {"fn": "ip", "arg": "1.1.1.1"}, "x": 1})", ip) == R"(ip("1.1.1.1"))");
  CHECK(read(R"({"fn": "decimal", "arg": "1.1"})", ip) == "error at ");
  CHECK(read("1", ip) == "error at ");

  const TypePtr instant = Type::of(Value::Kind::datetime);
  CHECK(read(R"({"fn": "offset", "args": ["2024-01-01", "1d"]})", instant) == read(R"("2024-01-02")", instant));
}

TEST_CASE("a record type is read key by key, without escapes") {
  const TypePtr type = Type::record({{intern_symbol("__entity"), Type::of(Value::Kind::integer), true},
                                     {intern_symbol("b"), Type::set_of(Type::of(Value::Kind::decimal)), false}});
  CHECK(read(R"({"__entity": 1})", type) == R"({"__entity": 1})");
  CHECK(read(R"({"__entity": 1, "b": ["1.0", "1.00"]})", type) == R"({"__entity": 1, "b": [decimal("1.0")]})");
  CHECK(read(R"({"__entity": {"type": "A", "id": "x"}})", type) == "error at /__entity");
  CHECK(read(R"({"b": []})", type) == "error at ");
  CHECK(read(R"({"__entity": 1, "c": 1})", type) == "error at /c");
  CHECK(read("[]", type) == "error at ");
}

TEST_CASE("a value is written with explicit escapes, in an order that is its own") {
  const auto rewritten = [](const std::string& json) {
    ValueArena arena;
    JsonProblems problems(json, "test");
    const auto document = json::parse(json, "test");
    const json::Path root;
    std::string out;
    append_json(out, ValueReader(Names(), arena, problems).value(*document, root, nullptr).value());
    return out;
  };
  CHECK(rewritten(R"({"b": [3, "a", 1, 1], "a": "\u0001\"\\é\ud83d\ude00"})") ==
        R"({"a":"\u0001\"\\é😀","b":["a",1,3]})");
  for (const char* stable :
       {R"({"__entity":{"type":"A::B","id":"\""}})", R"({"__extn":{"fn":"decimal","arg":"-922337203685477.5808"}})",
        R"({"__extn":{"fn":"duration","arg":"-1d2h"}})",
        R"({"__extn":{"fn":"datetime","arg":"2024-02-29T00:00:00.001Z"}})",
        R"({"__extn":{"fn":"ip","arg":"10.0.0.0/8"}})"}) {
    const std::string once = rewritten(stable);
    CHECK(rewritten(once) == once);
  }
}
