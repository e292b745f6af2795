#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <quis/policy/policy_set.hpp>

namespace {

namespace bj = boost::json;
using quis::ErrorCode;
using quis::PolicySet;

/// A policy of JSON parts; what is not given asks nothing.
struct Parts {
  std::string_view principal = R"({"op": "All"})";
  std::string_view action = R"({"op": "All"})";
  std::string_view resource = R"({"op": "All"})";
  std::string_view conditions = "[]";
  std::string_view rest = {};  // further members, with a leading comma
};

std::string policy(const Parts& parts) {
  std::string text = R"({"effect": "permit", "principal": )";
  text += parts.principal;
  text += R"(, "action": )";
  text += parts.action;
  text += R"(, "resource": )";
  text += parts.resource;
  text += R"(, "conditions": )";
  text += parts.conditions;
  text += parts.rest;
  return text + "}";
}

std::string when(std::string_view body) { return R"([{"kind": "when", "body": )" + std::string(body) + "}]"; }

/// What a policy with this condition comes back as: the condition, or the errors in brackets.
std::string reread(std::string_view body) {
  const std::string conditions = when(body);
  const auto set = PolicySet::from_json(policy({.conditions = conditions}));
  if (!set) return "[" + std::string(quis::to_string(set.error().front().code)) + "]";
  const bj::value written = bj::parse(set->to_json());
  return bj::serialize(written.at("staticPolicies").at("policy0").at("conditions").at(0).at("body"));
}

quis::Diagnostic error_of(const std::string& json) {
  const auto set = PolicySet::from_json(json);
  REQUIRE_FALSE(set.has_value());
  return set.error().front();
}

/// The JSON of the only policy or template in this text.
bj::value json_of(std::string_view text) {
  const auto set = PolicySet::from_text(text);
  REQUIRE_MESSAGE(set.has_value(), text);
  const bj::value written = bj::parse(set->to_json());
  const char* part = set->templates().empty() ? "staticPolicies" : "templates";
  return written.at(part).at("policy0");
}

std::string json_of_condition(std::string_view expression) {
  const bj::value json = json_of("permit(principal, action, resource) when { " + std::string(expression) + " };");
  return bj::serialize(json.at("conditions").at(0).at("body"));
}

}  // namespace

TEST_CASE("a policy keeps its parts from JSON to JSON") {
  const std::string json = policy({
      .principal = R"({"op": "is", "entity_type": "N::User", "in": {"entity": {"type": "Team", "id": "a \"b\""}}})",
      .action = R"({"op": "in", "entities": [{"type": "Action", "id": "read"}, {"type": "N::Action", "id": "edit"}]})",
      .resource = R"({"op": "==", "entity": {"type": "Photo", "id": ""}})",
      .conditions = R"([{"kind": "when", "body": {"Var": "context"}}, {"kind": "unless", "body": {"Value": true}}])",
      .rest = R"(, "annotations": {"id": "x", "bare": null})",
  });
  const auto set = PolicySet::from_json(json);
  REQUIRE(set.has_value());
  CHECK(bj::parse(set->to_json()).at("staticPolicies").at("policy0") == bj::parse(json));
}

TEST_CASE("every operator survives from JSON to JSON") {
  const std::string x = R"({"Var":"principal"})";
  for (const std::string_view name : {"==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "in", "contains",
                                      "containsAll", "containsAny", "getTag", "hasTag"}) {
    const std::string json = "{\"" + std::string(name) + "\":{\"left\":" + x + ",\"right\":" + x + "}}";
    CHECK(reread(json) == json);
  }
  for (const std::string_view name : {"!", "neg", "isEmpty"}) {
    const std::string json = "{\"" + std::string(name) + "\":{\"arg\":" + x + "}}";
    CHECK(reread(json) == json);
  }
  for (const std::string json : {
           R"({".":{"left":{"Var":"context"},"attr":"a b"}})",
           R"({"has":{"left":{"Var":"context"},"attr":"a"}})",
           R"({"has":{"left":{"Var":"context"},"attr":["a","b c","d"]}})",
           R"({"is":{"left":{"Var":"resource"},"entity_type":"A::B"}})",
           R"({"is":{"left":{"Var":"resource"},"entity_type":"A","in":{"Var":"action"}}})",
           R"({"if-then-else":{"if":{"Value":true},"then":{"Value":1},"else":{"Value":"s"}}})",
           R"({"Set":[{"Value":-1},{"Set":[]}]})",
           R"({"Record":{"a":{"Value":1},"b c":{"Record":{}}}})",
           R"({"Value":{"__entity":{"type":"A","id":"b"}}})",
           R"({"isInRange":[{"ip":[{"Value":"::1"}]},{"ip":[{"Var":"context"}]}]})",
           R"({"Value":-9223372036854775808})",
       }) {
    CHECK(reread(json) == json);
  }
}

TEST_CASE("a left-nested chain stays nested to the left and a right-nested one to the right") {
  const std::string left = R"({"&&":{"left":{"&&":{"left":{"Value":1},"right":{"Value":2}}},"right":{"Value":3}}})";
  const std::string right = R"({"&&":{"left":{"Value":1},"right":{"&&":{"left":{"Value":2},"right":{"Value":3}}}}})";
  CHECK(reread(left) == left);
  CHECK(reread(right) == right);
  CHECK(reread(R"({"||":{"left":)" + left + R"(,"right":)" + right + "}}") ==
        R"({"||":{"left":)" + left + R"(,"right":)" + right + "}}");
}

TEST_CASE("a `has` with a path in a chain is written as one test again") {
  const std::string path = R"({"has":{"left":{"Var":"context"},"attr":["a","b"]}})";
  const std::string first = R"({"&&":{"left":)" + path + R"(,"right":{"Value":true}}})";
  const std::string last = R"({"&&":{"left":{"Value":true},"right":)" + path + "}}";
  CHECK(reread(first) == first);
  CHECK(reread(last) == last);
  CHECK(reread(R"({"has":{"left":{"Var":"context"},"attr":["a"]}})") ==
        R"({"has":{"left":{"Var":"context"},"attr":"a"}})");

  const std::string by_hand = R"({"&&":{"left":{"has":{"left":{"Var":"context"},"attr":"a"}},)"
                              R"("right":{"has":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}}}})";
  CHECK(reread(by_hand) == by_hand);
}

TEST_CASE("a literal that holds a set or a record is written as an expression") {
  CHECK(reread(R"({"Value": [1, "a", [true]]})") == R"({"Set":[{"Value":1},{"Value":"a"},{"Set":[{"Value":true}]}]})");
  CHECK(reread(R"({"Value": {"a": {"b": 1}}})") == R"({"Record":{"a":{"Record":{"b":{"Value":1}}}}})");
}

TEST_CASE("an escape counts only as the sole key of an object of the right shape") {
  CHECK(reread(R"({"Value": {"__entity": {"type": "A", "id": "b", "more": 1}}})") ==
        R"({"Value":{"__entity":{"type":"A","id":"b"}}})");
  CHECK(reread(R"({"Value": {"__entity": {"type": "A", "id": 1}}})") ==
        R"({"Record":{"__entity":{"Record":{"type":{"Value":"A"},"id":{"Value":1}}}}})");
  CHECK(reread(R"({"Value": {"__entity": "A", "x": 1}})") ==
        R"({"Record":{"__entity":{"Value":"A"},"x":{"Value":1}}})");
  CHECK(reread(R"({"Value": {"__extn": {"fn": "ip", "arg": "1", "args": ["2"]}}})") == R"({"ip":[{"Value":"1"}]})");
  CHECK(reread(R"({"Value": {"__extn": {"fn": "ip", "args": ["1", "2"]}}})") ==
        R"({"ip":[{"Value":"1"},{"Value":"2"}]})");
  CHECK(reread(R"({"Value": {"__extn": {"fn": "isIpv4", "arg": {"__extn": {"fn": "ip", "arg": "x"}}}}})") ==
        R"({"isIpv4":[{"ip":[{"Value":"x"}]}]})");
  CHECK(reread(R"({"Value": {"__extn": {"fn": "ip", "args": "1"}}})") ==
        R"({"Record":{"__extn":{"Record":{"fn":{"Value":"ip"},"args":{"Value":"1"}}}}})");
  CHECK(reread(R"({"Value": {"__expr": 1}})") == R"({"Record":{"__expr":{"Value":1}}})");
}

TEST_CASE("the number of arguments of an extension function is not checked") {
  for (const std::string json : {R"({"ip":[]})", R"({"ip":[{"Value":"1"},{"Value":"2"}]})", R"({"isIpv4":[]})",
                                 R"({"isInRange":[{"Value":1},{"Value":2},{"Value":3}]})"}) {
    CHECK(reread(json) == json);
  }
}

TEST_CASE("a pattern is written one character at a time") {
  CHECK(
      reread(
          R"({"like":{"left":{"Value":"x"},"pattern":["Wildcard",{"Literal":"a*é"},{"Wildcard":null},"Wildcard"]}})") ==
      R"({"like":{"left":{"Value":"x"},"pattern":["Wildcard",{"Literal":"a"},{"Literal":"*"},{"Literal":"é"},)"
      R"("Wildcard","Wildcard"]}})");
  CHECK(reread(R"({"like":{"left":{"Value":"x"},"pattern":[]}})") == R"({"like":{"left":{"Value":"x"},"pattern":[]}})");
}

TEST_CASE("an expression that Cedar refuses is refused") {
  struct Case {
    std::string_view body;
    std::string_view code;
  };
  for (const Case& each : {
           Case{R"({})", "[invalid-json]"},
           Case{R"("principal")", "[invalid-json]"},
           Case{R"(null)", "[invalid-json]"},
           Case{R"([{"Var": "principal"}])", "[invalid-json]"},
           Case{R"({"Var": "principal", "Value": 1})", "[invalid-json]"},
           Case{R"({"foo": 1})", "[invalid-json]"},
           Case{R"({"/": {"left": {"Value": 1}, "right": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({"unknown": [{"Value": "x"}]})", "[invalid-json]"},
           Case{R"({"Var": "Principal"})", "[invalid-json]"},
           Case{R"({"Slot": "?principal"})", "[invalid-slot]"},
           Case{R"({"!": {"arg": {"Value": 1}, "x": 1}})", "[invalid-json]"},
           Case{R"({"!": {"Value": 1}})", "[invalid-json]"},
           Case{R"({"-": {"arg": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({"==": {"left": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({"==": [{"Value": 1}, {"Value": 1}]})", "[invalid-json]"},
           Case{R"({"==": {"left": {"Value": 1}, "right": null}})", "[invalid-json]"},
           Case{R"({"==": {"left": {"Value": 1}, "left": {"Value": 2}, "right": {"Value": 2}}})", "[duplicate-key]"},
           Case{R"({"isEmpty": {"left": {"Value": 1}, "right": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({".": {"left": {"Value": 1}, "attr": ["a"]}})", "[invalid-json]"},
           Case{R"({"has": {"left": {"Value": 1}, "attr": []}})", "[invalid-json]"},
           Case{R"({"has": {"left": {"Value": 1}, "attr": [1]}})", "[invalid-json]"},
           Case{R"({"like": {"left": {"Value": 1}, "pattern": "a*"}})", "[invalid-json]"},
           Case{R"({"like": {"left": {"Value": 1}, "pattern": ["wildcard"]}})", "[invalid-json]"},
           Case{R"({"like": {"left": {"Value": 1}, "pattern": [{"Wildcard": {}}]}})", "[invalid-json]"},
           Case{R"({"like": {"left": {"Value": 1}, "pattern": [{"Literal": "a", "x": 1}]}})", "[invalid-json]"},
           Case{R"({"is": {"left": {"Value": 1}, "entity_type": "A :: B"}})", "[invalid-entity-uid]"},
           Case{R"({"is": {"left": {"Value": 1}, "entity_type": "if"}})", "[invalid-entity-uid]"},
           Case{R"({"is": {"left": {"Value": 1}, "entity_type": "A", "x": 1}})", "[invalid-json]"},
           Case{R"({"if-then-else": {"if": {"Value": 1}, "then": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({"Set": {}})", "[invalid-json]"},
           Case{R"({"Record": []})", "[invalid-json]"},
           Case{R"({"Record": {"a": {"Value": 1}, "a": {"Value": 1}}})", "[duplicate-key]"},
           Case{R"({"ip": {"arg": {"Value": 1}}})", "[invalid-json]"},
           Case{R"({"Value": null})", "[invalid-value]"},
           Case{R"({"Value": [null]})", "[invalid-value]"},
           Case{R"({"Value": 1.0})", "[invalid-value]"},
           Case{R"({"Value": 1e2})", "[invalid-value]"},
           Case{R"({"Value": 9223372036854775808})", "[invalid-value]"},
           Case{R"({"Value": {"__extn": {"fn": "ip", "arg": "1", "ignored": [1.5]}}})", "[invalid-value]"},
           Case{R"({"Value": {"__expr": "1"}})", "[invalid-value]"},
           Case{R"({"Value": {"__entity": {"type": "A :: B", "id": "b"}}})", "[invalid-entity-uid]"},
           Case{R"({"Value": {"__extn": {"fn": "nosuch", "arg": "x"}}})", "[unknown-function]"},
       }) {
    INFO(each.body);
    CHECK(reread(each.body) == each.code);
  }
}

TEST_CASE("an absent `in` may be written as null") {
  CHECK(reread(R"({"is": {"left": {"Var": "action"}, "entity_type": "A", "in": null}})") ==
        R"({"is":{"left":{"Var":"action"},"entity_type":"A"}})");
}

TEST_CASE("a scope that Cedar accepts is accepted") {
  const auto principal = [](std::string_view json) {
    const auto set = PolicySet::from_json(policy({.principal = json}));
    REQUIRE_MESSAGE(set.has_value(), json);
    const char* part = set->templates().empty() ? "staticPolicies" : "templates";
    return bj::serialize(bj::parse(set->to_json()).at(part).at("policy0").at("principal"));
  };
  const std::string equal = R"({"op":"==","entity":{"type":"A","id":"b"}})";
  CHECK(principal(R"({"op": "all"})") == R"({"op":"All"})");
  CHECK(principal(R"({"op": "==", "entity": {"__entity": {"type": "A", "id": "b"}}})") == equal);
  CHECK(principal(R"({"op": "==", "entity": {"type": "A", "id": "b"}, "slot": "?principal"})") == equal);
  CHECK(principal(R"({"op": "is", "entity_type": "A", "in": null})") == R"({"op":"is","entity_type":"A"})");
  CHECK(principal(R"({"op":"in","slot":"?principal"})") == R"({"op":"in","slot":"?principal"})");
  CHECK(principal(R"({"op":"is","entity_type":"A","in":{"slot":"?principal"}})") ==
        R"({"op":"is","entity_type":"A","in":{"slot":"?principal"}})");
}

TEST_CASE("a scope that Cedar refuses is refused") {
  CHECK(error_of(policy({.principal = R"({"op": "ALL"})"})).code == ErrorCode::invalid_scope);
  CHECK(error_of(policy({.principal = R"(["All"])"})).code == ErrorCode::invalid_json);
  CHECK(error_of(policy({.principal = R"({"op": "=="})"})).code == ErrorCode::invalid_scope);
  CHECK(error_of(policy({.principal = R"({"op": "==", "slot": "?resource"})"})).code == ErrorCode::invalid_slot);
  CHECK(error_of(policy({.principal = R"({"op": "==", "entity": "A::\"b\""})"})).code == ErrorCode::invalid_entity_uid);
  CHECK(error_of(policy({.principal = R"({"op": "==", "entity": 1, "slot": "?principal"})"})).code ==
        ErrorCode::invalid_entity_uid);
  CHECK(error_of(policy({.principal = R"({"op": "==", "entity": {"__expr": "A::\"b\""}})"})).code ==
        ErrorCode::invalid_entity_uid);
  CHECK(error_of(policy({.principal = R"({"op": "is", "entity_type": "A", "x": 1})"})).code == ErrorCode::invalid_json);
  CHECK(error_of(policy({.principal = R"({"op": "is", "entity_type": "__cedar::A"})"})).code ==
        ErrorCode::invalid_entity_uid);
  CHECK(error_of(policy({.action = R"({"op": "is", "entity_type": "Action"})"})).code == ErrorCode::invalid_scope);
  CHECK(error_of(policy({.action = R"({"op": "==", "slot": "?principal"})"})).code == ErrorCode::invalid_slot);
  CHECK(error_of(policy({.action = R"({"op": "==", "entities": []})"})).code == ErrorCode::invalid_scope);
  CHECK(error_of(policy({.action = R"({"op": "in", "entities": [{"type": "A", "id": "b"}]})"})).code ==
        ErrorCode::invalid_scope);
}

TEST_CASE("the members of a policy are checked") {
  CHECK(error_of(policy({.rest = R"(, "foo": 1)"})).code == ErrorCode::invalid_json);
  CHECK(error_of(R"({"effect": "permit"})").message == "the key `principal` is missing");
  CHECK(error_of(policy({.conditions = "null"})).code == ErrorCode::invalid_json);
  CHECK(error_of(policy({.conditions = R"([{"kind": "When", "body": {"Value": true}}])"})).code ==
        ErrorCode::invalid_json);
  CHECK(error_of(policy({.conditions = R"([{"kind": "when", "body": {"Value": true}, "x": 1}])"})).code ==
        ErrorCode::invalid_json);
  CHECK(error_of(policy({.rest = R"(, "annotations": {"a b": "x"})"})).code == ErrorCode::invalid_json);
  CHECK(error_of(policy({.rest = R"(, "annotations": {"a": 1})"})).code == ErrorCode::invalid_json);
  CHECK(error_of(policy({.rest = R"(, "annotations": null)"})).code == ErrorCode::invalid_json);
  CHECK(PolicySet::from_json(policy({.rest = R"(, "annotations": {"if": "x", "__cedar": null})"})).has_value());
}

TEST_CASE("an error names its place in the document") {
  const std::string json = policy({.conditions = R"([{"kind": "when", "body":
{"==": {"left": {"Value": 1}, "right": {"Value": 1.5}}}}])"});
  const quis::Diagnostic error = error_of(json);
  CHECK(error.path == "/conditions/0/body/==/right/Value");
  CHECK(error.span.line == 2);
  CHECK(json.substr(error.span.offset, error.span.length) == "1.5");
}

TEST_CASE("every bad policy of a set is reported") {
  const std::string bad = policy({.principal = R"({"op": "x"})"});
  const auto set = PolicySet::from_json(R"({"staticPolicies": {"a": )" + bad + R"(, "b": )" + policy({}) +
                                        R"(, "c/d": )" + bad + R"(}, "templates": {}, "templateLinks": []})");
  REQUIRE_FALSE(set.has_value());
  REQUIRE(set.error().size() == 2);
  CHECK(set.error()[0].path == "/staticPolicies/a/principal/op");
  CHECK(set.error()[1].path == "/staticPolicies/c~1d/principal/op");
}

TEST_CASE("a policy nested beyond the limit of JSON is refused") {
  std::string body = R"({"Value": true})";
  for (int i = 0; i < 100; ++i) body = R"({"!": {"arg": )" + body + "}}";
  CHECK(reread(body) == "[limit-exceeded]");
}

TEST_CASE("a long `has` path is refused rather than built") {
  std::string steps = R"("a")";
  for (int i = 0; i < 5000; ++i) steps += R"(, "a")";
  CHECK(reread(R"({"has": {"left": {"Var": "context"}, "attr": [)" + steps + "]}}") == "[limit-exceeded]");
}

TEST_CASE("policy text becomes the JSON that Cedar makes of it") {
  CHECK(json_of_condition("1 != 2") == R"({"!=":{"left":{"Value":1},"right":{"Value":2}}})");
  CHECK(json_of_condition("1 >= -2") == R"({">=":{"left":{"Value":1},"right":{"Value":-2}}})");
  CHECK(json_of_condition("-(3) == --3") ==
        R"({"==":{"left":{"neg":{"arg":{"Value":3}}},"right":{"neg":{"arg":{"Value":-3}}}}})");
  CHECK(json_of_condition("(-3).x") == R"({".":{"left":{"Value":-3},"attr":"x"}})");
  CHECK(json_of_condition("-3.x") == R"({"neg":{"arg":{".":{"left":{"Value":3},"attr":"x"}}}})");
  CHECK(json_of_condition("context has a.b") == R"({"has":{"left":{"Var":"context"},"attr":["a","b"]}})");
  CHECK(json_of_condition("context has a && context.a has b") ==
        R"({"&&":{"left":{"has":{"left":{"Var":"context"},"attr":"a"}},)"
        R"("right":{"has":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}}}})");
  CHECK(json_of_condition("true && (true && false)") ==
        R"({"&&":{"left":{"Value":true},"right":{"&&":{"left":{"Value":true},"right":{"Value":false}}}}})");
  CHECK(json_of_condition(R"("a" like "b\**")") ==
        R"({"like":{"left":{"Value":"a"},"pattern":[{"Literal":"b"},{"Literal":"*"},"Wildcard"]}})");
  CHECK(
      json_of_condition(R"(principal is A::B in C::"d")") ==
      R"({"is":{"left":{"Var":"principal"},"entity_type":"A::B","in":{"Value":{"__entity":{"type":"C","id":"d"}}}}})");
  CHECK(json_of_condition(R"(ip("::1").isIpv6())") == R"({"isIpv6":[{"ip":[{"Value":"::1"}]}]})");

  const bj::value json = json_of(R"(@id("x") @bare
      permit(principal is U in ?principal, action in [Action::"a"], resource in F::"f") unless { true };)");
  CHECK(json == bj::parse(R"({
    "effect": "permit",
    "principal": {"op": "is", "entity_type": "U", "in": {"slot": "?principal"}},
    "action": {"op": "in", "entity": {"type": "Action", "id": "a"}},
    "resource": {"op": "in", "entity": {"type": "F", "id": "f"}},
    "conditions": [{"kind": "unless", "body": {"Value": true}}],
    "annotations": {"id": "x", "bare": null}})"));
}

TEST_CASE("the text of a very long chain becomes JSON of proportionate size") {
  std::string text = "permit(principal, action, resource) when { true";
  for (int i = 0; i < 20000; ++i) text += " && true";
  const auto set = PolicySet::from_text(text + " };");
  REQUIRE(set.has_value());
  const std::string json = set->to_json();
  CHECK(json.size() < 100 * text.size());
  // Beyond the depth that a JSON reader accepts, ours included.
  CHECK(PolicySet::from_json(json).error().front().code == ErrorCode::limit_exceeded);
}
