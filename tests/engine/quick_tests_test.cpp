// What is fused or answered in a quick way finds what the reference interpreter finds: the same values, and the same
// errors word for word.

#include <string>
#include <vector>

#include <quis/base/evaluation_error.hpp>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

/// Conditions about `context.a`, which may be anything, and `context.b`, a value of each kind.
constexpr std::string_view kConditions[] = {
    "context.a < 3",
    "context.a <= 3",
    "context.a > 3",
    "context.a >= 3",
    "3 < context.a",
    "3 >= context.a",
    "context.a < context.b",
    "context.a >= context.b",
    R"(context.a < "text")",
    R"("text" < context.a)",
    R"(context.a <= datetime("2026-01-02"))",
    R"(context.a > duration("1h"))",
    R"(context.a < datetime("2026-01-02").offset(duration("1d")))",
    R"(context.a == "text")",
    R"("text" == context.a)",
    R"(context.a != "text")",
    "context.a == 3",
    "context.a == true",
    R"(context.a == User::"u")",
    R"(context.a == [1, "text"])",
    R"(context.a == {"x": 1, "y": {"z": [2]}})",
    R"({"y": context.b, "x": context.a} == {"x": context.a, "y": context.b})",
    R"({"x": context.a} == {"y": context.a})",
    R"([{"x": 1, "y": 2}, {"x": 1}].contains({"x": context.a}))",
    R"([{"b": 1, "a": 3}].contains({"a": context.a, "b": 1}))",
    R"(context has a && context.a == "text")",
    "context has a && context.a < 3",
    "!(context has a) || context.a < 3",
    "context has missing && context.missing < 3",
    R"(context has missing && context.missing == "x")",
    "context.missing < 3",
    R"(context.missing == "x")",
    R"(context.a == "text" || context.missing < 3)",
    R"(context.missing < 3 || context.a == "text")",
    "context.a + 1 == 4",
    "context.a * 4611686018427387904 == 0",
    "context.a - context.b == 0",
    R"(context.a like "te*")",
    R"(context.a like "*x*t")",
    "context.a.isEmpty()",
    "context.a.contains(1)",
    R"(context.a.contains("text"))",
    "context.a.contains(context.b)",
    "context.a.containsAll([1])",
    "context.a.containsAny([1, 9])",
    "[1, 2].containsAll(context.a)",
    "context.a has x",
    "context.a is User",
    R"(context.a in User::"u")",
    R"(context.a.lessThan(decimal("1.5")))",
    R"(context.a.lessThanOrEqual(decimal("1.5")))",
    R"(context.a.greaterThan(decimal("1.5")))",
    R"(context.a.greaterThanOrEqual(decimal("1.5")))",
    R"(decimal("1.5").lessThan(context.a))",
    "context.a.lessThan(context.b)",
    R"(context.a.isInRange(ip("10.0.0.0/8")))",
    R"(ip("10.1.2.3").isInRange(context.a))",
    "context.a.isInRange(context.b)",
    "context.a.isInRange()",
    "context.a.isLoopback(context.b)",
    "context.a.isIpv4()",
    "context.a.isIpv6()",
    "context.a.isLoopback()",
    "context.a.isMulticast()",
    R"(context.a.toDate() == datetime("2026-01-02"))",
    R"(context.a.offset(duration("1h")) > datetime("2026-01-02"))",
    R"(principal.hasTag("x"))",
    R"(principal.hasTag("missing"))",
    R"(principal.getTag("x") == "y")",
    R"(principal.getTag("missing") == "y")",
    R"(resource.hasTag("x"))",
    R"(resource.getTag("x") == "y")",
    R"(context.a.hasTag("x"))",
    R"(context.a.getTag("x") == "y")",
    "principal.hasTag(context.a)",
    "principal.getTag(context.a) == context.b",
    "context.a in context.b",
    R"(context.a in [User::"u", Group::"g"])",
    R"(context.a in Group::"g")",
    R"([User::"u", 1].contains(context.a))",
    "context.a.contains(principal)",
    "if context.a < 3 then context.missing else true",
    "[context.a < 3].contains(true)",
    "[context.a.isIpv4()].contains(true)",
};

constexpr std::string_view kValues[] = {
    "true",
    "3",
    "4",
    "-9223372036854775808",
    R"("text")",
    R"("")",
    R"({"__entity": {"type": "User", "id": "u"}})",
    R"({"__entity": {"type": "User", "id": "nobody"}})",
    "[]",
    R"("x")",
    R"([{"__entity": {"type": "User", "id": "u"}}])",
    R"([1, "text"])",
    R"({"x": 1, "y": {"z": [2]}})",
    "{}",
    R"({"__extn": {"fn": "decimal", "arg": "1.5"}})",
    R"({"__extn": {"fn": "ip", "arg": "10.1.2.3"}})",
    R"({"__extn": {"fn": "ip", "arg": "::1"}})",
    R"({"__extn": {"fn": "ip", "arg": "127.0.0.0/4"}})",
    R"({"__extn": {"fn": "datetime", "arg": "2026-01-02"}})",
    R"({"__extn": {"fn": "duration", "arg": "1h"}})",
};

struct Told {
  bool permitted = false;
  std::vector<std::string> errors;

  friend bool operator==(const Told&, const Told&) = default;
};

Told told(const Engine& engine, const Request& request) {
  Response response;
  engine.authorize(request, response);
  Told told{response.permitted, {}};
  for (const PolicyError& failed : response.errors) told.errors.push_back(to_text(failed.error));
  return told;
}

}  // namespace

TEST_CASE("quick tests find what the reference interpreter finds, errors included, of values of every kind") {
  std::size_t permitted = 0;
  std::size_t failed = 0;
  for (const std::string_view condition : kConditions) {
    const World world = world_of("permit(principal, action, resource) when { " + std::string(condition) + " };",
                                 R"([{"uid": {"type": "User", "id": "u"}, "attrs": {"x": 1}, "tags": {"x": "y"},
                                      "parents": [{"type": "Group", "id": "g"}]}])");
    const Engine compiled(world);
    const Engine reference(world, Evaluator::reference);
    for (const std::string_view a : kValues) {
      for (const std::string_view b : kValues) {
        if (&b != &kValues[0] && condition.find("context.b") == std::string_view::npos) continue;
        const std::string context = R"({"a": )" + std::string(a) + R"(, "b": )" + std::string(b) + "}";
        CAPTURE(condition);
        CAPTURE(context);
        const Question question{.principal = R"(User::"u")"};
        const auto request =
            require(OwnedRequest::from_text(question.principal, question.action, question.resource, context));
        const Told expected = told(reference, request.view());
        CHECK(told(compiled, request.view()) == expected);
        permitted += expected.permitted ? 1U : 0U;
        failed += expected.errors.size();
      }
    }
  }
  CHECK(permitted > 300);  // each way out is met often
  CHECK(failed > 300);
}

TEST_CASE("networks end at any bit") {
  const auto is_inside = [](const std::string& address, const std::string& network) {
    return decide("permit(principal, action, resource) when { context.a.isInRange(ip(\"" + network + "\")) };", "[]",
                  {.context = R"({"a": {"__extn": {"fn": "ip", "arg": ")" + address + R"("}}})"})
        .permitted;
  };
  CHECK(is_inside("10.127.255.255", "10.0.0.0/9"));
  CHECK_FALSE(is_inside("10.128.0.0", "10.0.0.0/9"));
  CHECK(is_inside("200.1.2.3", "0.0.0.0/0"));
  CHECK_FALSE(is_inside("10.0.0.1", "10.0.0.0/32"));
  CHECK(is_inside("ffff::", "::/0"));
  CHECK(is_inside("1:2:3:4:ffff::", "1:2:3:4::/64"));
  CHECK_FALSE(is_inside("1:2:3:5::", "1:2:3:4::/64"));
  CHECK(is_inside("1:2:3:5::", "1:2:3:4::/63"));
  CHECK(is_inside("1:2:3:4:7fff::", "1:2:3:4::/65"));
  CHECK_FALSE(is_inside("1:2:3:4:8000::", "1:2:3:4::/65"));
  CHECK(is_inside("1::1", "1::/127"));
  CHECK_FALSE(is_inside("1::1", "1::/128"));
  CHECK_FALSE(is_inside("1::1", "10.0.0.0/8"));
}

}  // namespace quis::test
