#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

/// The code of a policy with this condition. Every program begins with the two ends that policies share.
std::string program_of(std::string_view condition) {
  const std::string text =
      world_of("permit(principal, action, resource) when { " + std::string(condition) + " };").program().to_text();
  constexpr std::string_view kEnds =
      "    0  satisfied\n"
      "    1  not satisfied\n";
  REQUIRE(text.starts_with(kEnds));
  return text.substr(kEnds.size());
}

}  // namespace

TEST_CASE("constants fold away, and what is always true leaves no code") {
  CHECK(program_of("1 + 2 * 3 == 7").empty());
  CHECK(program_of(R"(ip("10.0.0.1").isInRange(ip("10.0.0.0/8")))").empty());
  CHECK(program_of(R"({"a": [1, 2]}.a.contains(2) && "abc" like "a*")").empty());
  CHECK(program_of("if 1 < 2 then true else principal.missing").empty());
}

TEST_CASE("an operation that fails on constants stays, and fails when it is reached") {
  CHECK(program_of("1 + \"a\" == 2").find("r0 = r0 + r1") != std::string::npos);
  CHECK(program_of(R"(ip("nonsense").isIpv4())").find("ip of 1") != std::string::npos);
  CHECK(program_of("9223372036854775807 + 1 == 0").find("+") != std::string::npos);
}

TEST_CASE("an operand is dropped only where it would not be evaluated") {
  CHECK(program_of("true || principal.missing").empty());
  CHECK(program_of("principal.a || true").find(R"(principal["a"])") != std::string::npos);
  CHECK(program_of("true && principal.a") == "    2  satisfied if principal[\"a\"]\n");
}

TEST_CASE("variables and attributes are read in place") {
  CHECK(program_of("principal in resource.readers && resource.owner == principal") ==
        "    2  jump 1 unless principal in resource[\"readers\"]\n"
        "    3  satisfied if resource[\"owner\"] == principal\n");
  CHECK(program_of("principal in resource.owner.readers") ==
        "    2  r0 = resource[\"owner\"]\n"
        "    3  satisfied if principal in r0[\"readers\"]\n");
}

TEST_CASE("an operand that decides jumps straight to where the whole is decided") {
  CHECK(program_of("!(context.a && !context.b) || context.c") ==
        "    2  jump 5 unless context[\"a\"]\n"
        "    3  jump 5 if context[\"b\"]\n"
        "    4  satisfied if context[\"c\"]\n"
        "    5  satisfied\n");
}

TEST_CASE("a boolean is a value only where it is read as one") {
  CHECK(program_of("context.a == (context.b && context.c)") ==
        "    2  r0 = context[\"a\"]\n"
        "    3  jump 7 unless context[\"b\"]\n"
        "    4  jump 7 unless context[\"c\"]\n"
        "    5  r1 = true\n"
        "    6  jump 8\n"
        "    7  r1 = false\n"
        "    8  satisfied if r0 == r1\n");
}

TEST_CASE("a policy that makes values starts with new scratch, and its jumps know of it") {
  CHECK(program_of("context.a || [context.b].contains(1)") ==
        "    2  new scratch\n"
        "    3  jump 8 if context[\"a\"]\n"
        "    4  r0 = context[\"b\"]\n"
        "    5  r0 = set of 1 from r0\n"
        "    6  r1 = 1\n"
        "    7  satisfied if r0.contains(r1)\n"
        "    8  satisfied\n");
}

TEST_CASE("every instruction prints") {
  const std::string text = program_of(R"(
      (if context.a then -context.b < 3 else context has c) && !(context.d != [context.e, principal]) &&
      context.f like "a*b" && context.g.isEmpty() && context.h.containsAll([1]) && context.h.containsAny([1]) &&
      principal is User in resource.groups && context.i is User && context.j.k has l && {"m": context.n}.m &&
      principal.getTag("o") == principal.hasTag("p") && context.q in context.r && context.s.contains(1) &&
      context.t.lessThan(decimal("1.0")) || context.u * 2 >= 4)");
  for (const char* part :
       {"= -r",    " < ",         " has ",         "unless r0 == r1", "set of 2",      "like \"a*b\"",
        "isEmpty", "containsAll", "containsAny",   "unless r",        " is User",      "record of 1",
        "getTag",  "hasTag",      " in r",         ".contains(",      "lessThan of 2", " * ",
        " >= ",    "jump",        "satisfied if r"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("nested `is in` takes code linear in its size") {
  std::string condition = "principal";
  for (int i = 0; i < 60; ++i) condition = "(if " + condition + " is User in principal then principal else resource)";
  CHECK(world_of("permit(principal, action, resource) when { " + condition + " == principal };").program().code.size() <
        1000);
}

}  // namespace quis::test
