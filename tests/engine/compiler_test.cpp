#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

/// The code of a policy with this condition. Every program begins with that of policies without one, and ends with that
/// of plans.
std::string program_of(std::string_view condition) {
  const World world = world_of("permit(principal, action, resource) when { " + std::string(condition) + " };");
  const Program& program = world.program();
  const std::string text = program.to_text();
  constexpr std::string_view kBegin =
      "    0  satisfied:0\n"
      "    1  end\n";
  REQUIRE(text.starts_with(kBegin));
  std::size_t lines = program.code_of({0, 2}).size();  // of the policy, if there is any code
  if (text.find("    2  satisfied:0\n    3  end\n") == kBegin.size()) lines = 0;
  std::size_t end = kBegin.size();
  for (; lines != 0; --lines) end = text.find('\n', end) + 1;
  return text.substr(kBegin.size(), end - kBegin.size());
}

/// The code of the plan for these policies, which name no action.
std::string plan_of(std::string_view policies) {
  const World world = world_of(policies);
  const auto* const table = world.program().index.find({}, world.entities()).any_action;
  REQUIRE(table->plan.exists());
  std::string text = world.program().to_text();
  for (std::uint32_t line = 0; line < table->plan.code; ++line) text.erase(0, text.find('\n') + 1);
  return text;
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
  CHECK(program_of("true && principal.a") ==
        "    2  satisfied:0 if principal[\"a\"]\n"
        "    3  end\n");
}

TEST_CASE("variables and attributes are read in place") {
  CHECK(program_of("principal in resource.readers && resource.owner == principal") ==
        "    2  jump 4 unless principal in resource[\"readers\"]\n"
        "    3  satisfied:0 if resource[\"owner\"] == principal\n"
        "    4  end\n");
  CHECK(program_of("principal in resource.owner.readers") ==
        "    2  r0 = resource[\"owner\"]\n"
        "    3  satisfied:0 if principal in r0[\"readers\"]\n"
        "    4  end\n");
}

TEST_CASE("asking whether an attribute is there, and reading it, is one instruction") {
  CHECK(program_of("resource has owner && resource.owner == principal") ==
        "    2  satisfied:0 if resource[\"owner\"]? == principal\n"
        "    3  end\n");
  CHECK(program_of("context has level && 2 < context.level && context has mfa && context.mfa") ==
        "    2  r1 = context[\"level\"]?, or jump 6\n"
        "    3  r0 = 2\n"
        "    4  jump 6 unless r0 < r1\n"
        "    5  satisfied:0 if context[\"mfa\"]?\n"
        "    6  end\n");
  CHECK(program_of("context has level && context.level > 2") ==
        "    2  satisfied:0 if context[\"level\"]? > 2\n"
        "    3  end\n");
  CHECK(program_of("context has team && context.team == \"a\"") ==
        "    2  satisfied:0 if context[\"team\"]? == \"a\"\n"
        "    3  end\n");
}

TEST_CASE("asking whether a tag is there, and reading it, is one instruction") {
  CHECK(program_of(R"(resource.hasTag("stage") && resource.getTag("stage") == "production")") ==
        "    2  r0 = resource.getTag(\"stage\")?, or jump 4\n"
        "    3  satisfied:0 if r0 == \"production\"\n"
        "    4  end\n");
}

TEST_CASE("what is read later than asked for is read where it is asked for") {
  CHECK(program_of("resource has team && principal has team && resource.team == principal.team") ==
        "    2  r0 = resource[\"team\"]?, or jump 5\n"
        "    3  r1 = principal[\"team\"]?, or jump 5\n"
        "    4  satisfied:0 if r0 == r1\n"
        "    5  end\n");
  CHECK(program_of("resource has team && principal has team && principal.team == resource.team") ==
        "    2  r1 = resource[\"team\"]?, or jump 5\n"
        "    3  r0 = principal[\"team\"]?, or jump 5\n"
        "    4  satisfied:0 if r0 == r1\n"
        "    5  end\n");
  CHECK(program_of("resource has team && principal.team == resource.team") ==
        "    2  r1 = resource[\"team\"]?, or jump 5\n"
        "    3  r0 = principal[\"team\"]\n"
        "    4  satisfied:0 if r0 == r1\n"
        "    5  end\n");
}

TEST_CASE("nothing is read before what its slot is for, or what may fail in another way, is done") {
  // The sum needs r0 and r1 first; the call may fail, and then the missing attribute is not what failed.
  CHECK(program_of("resource has size && context.a + 1 == resource.size").find("?") == std::string::npos);
  CHECK(program_of("resource has team && context.a.b == resource.team").find("?") == std::string::npos);
  CHECK(program_of("resource has team && context.open && principal.team == resource.team").find("?") ==
        std::string::npos);
}

TEST_CASE("asking for one attribute guards no other, and a reading that is reached otherwise stays unguarded") {
  const auto asks = [](std::string_view condition) {
    const std::string text = program_of(condition);
    return text.find(" has ") != std::string::npos && text.find("]?") == std::string::npos;
  };
  CHECK(asks("resource has owner && resource.keeper == principal"));
  CHECK(asks("principal has owner && resource.owner == principal"));
  CHECK(asks("resource has owner && !(resource.owner == principal)"));
  CHECK(asks("!(resource has owner) && resource.owner == principal"));
  CHECK(asks("(context.any || resource has owner) && resource.owner == principal"));
}

TEST_CASE("an operand that decides jumps straight to where the whole is decided") {
  CHECK(program_of("!(context.a && !context.b) || context.c + 1 == 2") ==
        "    2  jump 8 unless context[\"a\"]\n"
        "    3  jump 8 if context[\"b\"]\n"
        "    4  r0 = context[\"c\"]\n"
        "    5  r1 = 1\n"
        "    6  r0 = r0 + r1\n"
        "    7  jump 9 unless r0 == 2\n"
        "    8  satisfied:0\n"
        "    9  end\n");
}

TEST_CASE("quick alternatives at the end of a policy are all tried") {
  CHECK(program_of("context.a && (principal in resource.readers || resource.owner == principal)") ==
        "    2  jump 5 unless context[\"a\"]\n"
        "    3  satisfied:0 if principal in resource[\"readers\"]\n"
        "    4  satisfied:0 if resource[\"owner\"] == principal\n"
        "    5  end\n");
}

TEST_CASE("a boolean is a value only where it is read as one") {
  CHECK(program_of("context.a == (context.b && context.c)") ==
        "    2  r0 = context[\"a\"]\n"
        "    3  jump 7 unless context[\"b\"]\n"
        "    4  jump 7 unless context[\"c\"]\n"
        "    5  r1 = true\n"
        "    6  jump 8\n"
        "    7  r1 = false\n"
        "    8  satisfied:0 if r0 == r1\n"
        "    9  end\n");
}

TEST_CASE("a policy that makes sets starts with new scratch, and its jumps know of it") {
  CHECK(program_of("context.a || [context.b].contains(1)") ==
        "    2  new scratch\n"
        "    3  jump 8 if context[\"a\"]\n"
        "    4  r0 = context[\"b\"]\n"
        "    5  r0 = set of 1 from r0\n"
        "    6  r1 = 1\n"
        "    7  jump 9 unless r0.contains(r1)\n"
        "    8  satisfied:0\n"
        "    9  end\n");
}

TEST_CASE("a plan is the code of its policies, and what several begin by reading is read once") {
  CHECK(plan_of(R"(
      permit(principal, action, resource) when { principal in resource.owner.readers };
      forbid(principal, action, resource);
      permit(principal, action, resource) when { principal in resource.owner.writers };
      permit(principal, action, resource) when { context.a + 1 == 2 };
      permit(principal, action, resource) when { principal in resource.owner.admins };)") ==
        "   16  r0 = resource[\"owner\"]\n"
        "   17  satisfied:0 if principal in r0[\"readers\"]\n"
        "   18  satisfied:1\n"
        "   19  satisfied:2 if principal in r0[\"writers\"]\n"
        "   20  r0 = context[\"a\"]\n"
        "   21  r1 = 1\n"
        "   22  r0 = r0 + r1\n"
        "   23  satisfied:3 if r0 == 2\n"
        "   24  r0 = resource[\"owner\"]\n"
        "   25  satisfied:4 if principal in r0[\"admins\"]\n"
        "   26  end\n");
}

TEST_CASE("what is compared with a constant is one instruction, and two where it is no attribute of a variable") {
  CHECK(program_of("principal.level >= 3") ==
        "    2  satisfied:0 if principal[\"level\"] >= 3\n"
        "    3  end\n");
  CHECK(program_of("\"sales\" == resource.team") ==
        "    2  satisfied:0 if resource[\"team\"] == \"sales\"\n"
        "    3  end\n");
  CHECK(program_of("resource.owner.level < 3") ==
        "    2  r0 = resource[\"owner\"]\n"
        "    3  r0 = r0[\"level\"]\n"
        "    4  satisfied:0 if r0 < 3\n"
        "    5  end\n");
  CHECK(program_of(R"(context.ip.isInRange(ip("10.0.0.0/8")))") ==
        "    2  r0 = context[\"ip\"]\n"
        "    3  satisfied:0 if r0.isInRange(ip(\"10.0.0.0/8\"))\n"
        "    4  end\n");
  CHECK(program_of("context.ip.isLoopback()") ==
        "    2  r0 = context[\"ip\"]\n"
        "    3  satisfied:0 if r0.isLoopback()\n"
        "    4  end\n");
}

TEST_CASE("a call with too few or too many arguments is left to fail") {
  CHECK(program_of("context.ip.isInRange()").find("isInRange of 1") != std::string::npos);
  CHECK(program_of("context.ip.isLoopback(context.ip)").find("isLoopback of 2") != std::string::npos);
}

TEST_CASE("policies for one type stand together behind one look at it, and leave the other types out") {
  CHECK(plan_of(R"(
      permit(principal is User, action, resource is Photo) when { resource.owner == principal };
      permit(principal is Robot, action, resource is Photo) when { principal.enabled };
      forbid(principal, action, resource) when { context.closed };
      permit(principal is User, action, resource is Photo) when { resource.public };
      permit(principal is Robot, action, resource);
      forbid(principal in Team::"t", action, resource);)") ==
        "   10  satisfied:2 if context[\"closed\"]\n"
        "   11  satisfied:5 if principal in Team::\"t\"\n"
        "   12  jump 17 unless principal is User\n"
        "   13  jump 16 unless resource is Photo\n"
        "   14  satisfied:0 if resource[\"owner\"] == principal\n"
        "   15  satisfied:3 if resource[\"public\"]\n"
        "   16  jump 21\n"
        "   17  jump 21 unless principal is Robot\n"
        "   18  satisfied:4\n"
        "   19  jump 21 unless resource is Photo\n"
        "   20  satisfied:1 if principal[\"enabled\"]\n"
        "   21  end\n");
}

TEST_CASE("what a group of policies reads is there for the rest of the group and for nobody else") {
  const std::string plan = plan_of(R"(
      permit(principal is User, action, resource) when { principal in resource.owner.readers };
      permit(principal is User, action, resource) when { principal in resource.owner.writers };
      permit(principal is Robot, action, resource) when { principal in resource.owner.robots };)");
  CHECK(plan.find("= resource") != plan.rfind("= resource"));
  CHECK(plan.find("= resource") < plan.find("readers"));
  CHECK(plan.find("= resource", plan.find("readers")) > plan.find("writers"));
}

TEST_CASE("what a policy reads behind a test is not there for the next") {
  const std::string plan = plan_of(R"(
      permit(principal, action, resource) when { context.a && principal in resource.owner.readers };
      permit(principal, action, resource) when { principal in resource.owner.writers };)");
  CHECK(plan.find("= resource") != plan.rfind("= resource"));
}

TEST_CASE("attributes of the context are looked for where they are if it has what policies read") {
  const World world = world_of(R"(
      permit(principal, action, resource) when { context.zone == "a" && context.hour < 9 };
      permit(principal, action, resource) when { context has zone && principal.zone == 1 };)");
  const auto place_of = [&](std::string_view name, Variable variable) {
    for (const Instruction& i : world.program().code) {
      const bool reads = tests_attribute(i.opcode) || i.opcode == Opcode::variable_has;
      if (reads && i.other == variable && i.operand == intern_symbol(name).value) return int{i.place};
    }
    return -1;
  };
  const bool zone_first = intern_symbol("zone") < intern_symbol("hour");
  CHECK(place_of("zone", Variable::context) == (zone_first ? 0 : 1));
  CHECK(place_of("hour", Variable::context) == (zone_first ? 1 : 0));
  CHECK(place_of("zone", Variable::principal) == 0);
}

TEST_CASE("every instruction prints") {
  const std::string text = program_of(R"(
      (if context.a then -context.b < 3 else context has c) && !(context.d != [context.e, principal]) &&
      context.f like "a*b" && context.g.isEmpty() && context.h.containsAll([1]) && context.h.containsAny([1]) &&
      principal is User in resource.groups && context.i is User && context.j.k has l && {"m": context.n}.m &&
      principal.getTag("o") == principal.hasTag("p") && context.q in context.r && context.s.contains(1) &&
      context.t.lessThan(decimal("1.0")) || context.u * 2 >= 4 || context.v.toDate() == context.w.offset(context.x) ||
      context.y < 7 || context.z == "z" || context.ip.isInRange(context.net) || 3 < context.y)");
  for (const char* part :
       {"= -r",        " < ",         " has ",       "unless r0 == r1",  "set of 2",           "like \"a*b\"",
        "isEmpty",     "containsAll", "containsAny", "unless r",         " is User",           "record of 1",
        "getTag",      "hasTag",      " in r",       ".contains(",       ".lessThan(decimal(", " * ",
        "offset of 2", "toDate of 1", "[\"y\"] < 7", "[\"z\"] == \"z\"", ".isInRange(r",       " >= 4",
        "jump",        "jump 9"}) {
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
