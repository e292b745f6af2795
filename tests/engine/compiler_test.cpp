#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

std::string program_of(std::string_view condition) {
  return world_of("permit(principal, action, resource) when { " + std::string(condition) + " };").program().to_text();
}

}  // namespace

TEST_CASE("constants fold away, and what is always true leaves no code") {
  CHECK(program_of("1 + 2 * 3 == 7") == "    0  satisfied\n");
  CHECK(program_of(R"(ip("10.0.0.1").isInRange(ip("10.0.0.0/8")))") == "    0  satisfied\n");
  CHECK(program_of(R"({"a": [1, 2]}.a.contains(2) && "abc" like "a*")") == "    0  satisfied\n");
  CHECK(program_of("if 1 < 2 then true else principal.missing") == "    0  satisfied\n");
}

TEST_CASE("an operation that fails on constants stays, and fails when it is reached") {
  CHECK(program_of("1 + \"a\" == 2").find("r0 = r0 + r1") != std::string::npos);
  CHECK(program_of(R"(ip("nonsense").isIpv4())").find("ip of 1") != std::string::npos);
  CHECK(program_of("9223372036854775807 + 1 == 0").find("+") != std::string::npos);
}

TEST_CASE("an operand is dropped only where it would not be evaluated") {
  CHECK(program_of("true || principal.missing") == "    0  satisfied\n");
  CHECK(program_of("principal.a || true").find(R"(principal["a"])") != std::string::npos);
  CHECK(program_of("true && principal.a").find("jump") == std::string::npos);
}

TEST_CASE("variables and attributes are read in place") {
  CHECK(program_of("principal in resource.readers && resource.owner == principal") ==
        "    0  r0 = principal in resource[\"readers\"]\n"
        "    1  jump 5 if not r0\n"
        "    2  r0 = resource[\"owner\"]\n"
        "    3  r0 = r0 == principal\n"
        "    4  check r0 is a bool\n"
        "    5  satisfied if r0\n");
}

TEST_CASE("every instruction prints") {
  const std::string text = program_of(R"(
      (if context.a then -context.b < 3 else context has c) && !(context.d != [context.e, principal]) &&
      context.f like "a*b" && context.g.isEmpty() && context.h.containsAll([1]) && context.h.containsAny([1]) &&
      principal is User in resource.groups && context.i is User && context.j.k has l && {"m": context.n}.m &&
      principal.getTag("o") == principal.hasTag("p") && context.q in context.r && context.s.contains(1) &&
      context.t.lessThan(decimal("1.0")) || context.u * 2 >= 4)");
  for (const char* part :
       {"= -r",        " < ",         " has ",         " != ",     "set of 2",    "like \"a*b\"", "isEmpty",
        "containsAll", "containsAny", "unless r",      " is User", "record of 1", "getTag",       "hasTag",
        " in r",       ".contains(",  "lessThan of 2", " * ",      " >= ",        "jump",         "= !r"}) {
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
