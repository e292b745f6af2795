#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "policy/expr_builder.hpp"
#include "reading.hpp"

namespace {

using quis::BuiltExpr;
using quis::ExprBuilder;
using quis::Op;
using quis::test::only_policy;
using quis::test::reprinted;
using quis::test::reprinted_policies;

}  // namespace

TEST_CASE("a policy is laid out as Cedar does it") {
  const std::string_view text = R"(@id("one")
@note("")
permit(
  principal == User::"ann",
  action in [Action::"view", Action::"edit"],
  resource is Photo in Album::"a"
) when {
  principal.age >= 18 && !(context has banned)
} unless {
  resource["is private"]
};
)";
  CHECK(reprinted_policies(text) == text);
  CHECK(reprinted_policies("permit(principal,action,resource);") ==
        "permit(\n  principal,\n  action,\n  resource\n);\n");
}

TEST_CASE("a template is printed with its slots") {
  CHECK(reprinted_policies("permit(principal in ?principal, action == Action::\"a\", resource is T in ?resource);") ==
        "permit(\n  principal in ?principal,\n  action == Action::\"a\",\n  resource is T in ?resource\n);\n");
}

TEST_CASE("one action in brackets stays in brackets") {
  CHECK(quis::to_text(only_policy(R"(permit(principal, action in [Action::"a"], resource);)"))
            .find(R"(in [Action::"a"])") != std::string::npos);
  CHECK(
      quis::to_text(only_policy(R"(permit(principal, action in Action::"a", resource);)")).find(R"(in Action::"a")") !=
      std::string::npos);
}

TEST_CASE("brackets are printed where the structure needs them") {
  CHECK(reprinted("((1))") == "1");
  CHECK(reprinted("(principal.a == 1) && (1 < 2 || true)") == "principal.a == 1 && (1 < 2 || true)");
  CHECK(reprinted("(principal == action) == (1 == 2)") == "(principal == action) == (1 == 2)");
  CHECK(reprinted("if (if true then true else true) then 1 else 2") == "if if true then true else true then 1 else 2");
  CHECK(reprinted("(principal has a) == true") == "(principal has a) == true");
  CHECK(reprinted("(1 + 2).a") == "(1 + 2).a");
  CHECK(reprinted("[(1 + 2)].contains((if true then 1 else 2))") == "[1 + 2].contains(if true then 1 else 2)");
  CHECK(reprinted("(principal is A in resource) == true") == "(principal is A in resource) == true");
}

TEST_CASE("negative literals and negations print apart") {
  CHECK(reprinted("-5") == "-5");
  CHECK(reprinted("-(5)") == "-(5)");
  CHECK(reprinted("-(-5)") == "--5");
  CHECK(reprinted("(-5).a") == "(-5).a");
  CHECK(reprinted("-5.a") == "-5.a");
  CHECK(reprinted("1 - -5") == "1 - -5");
  CHECK(reprinted("-(-(-(-(-5))))") == "----(-5)");
  CHECK(reprinted("-(1 + 2)") == "-(1 + 2)");
  CHECK(reprinted("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("strings and patterns print escaped") {
  CHECK(reprinted(R"("\t\0\x01\"\\\u{1F600}")") == R"("\t\0\u{1}\"\\😀")");
  CHECK(reprinted(R"("a" like "a*\*\\\"\n")") == R"("a" like "a*\*\\\"\n")");
  CHECK(reprinted(R"("a" like "\x2a\x2a")") == R"("a" like "**")");
}

TEST_CASE("every operator reads back as itself") {
  for (const char* text : {"principal",
                           "action",
                           "resource",
                           "context",
                           "true",
                           "false",
                           R"("a")",
                           R"(A::B::"c")",
                           "1 == 2",
                           "1 != 2",
                           "1 < 2",
                           "1 <= 2",
                           "1 > 2",
                           "1 >= 2",
                           "1 + 2",
                           "1 - 2",
                           "1 * 2",
                           "principal in [action]",
                           "[1].containsAll([2])",
                           "[1].containsAny([2])",
                           R"(principal.getTag("a"))",
                           R"(principal.hasTag("a"))",
                           "[].isEmpty()",
                           "{}",
                           "[]",
                           R"({a: 1, "": 2})",
                           R"(decimal("1.0").lessThan(decimal("2.0")))",
                           R"(ip("::1").isInRange(ip("::/8")))",
                           R"(datetime("2024-01-01").offset(duration("1d")).toDate())"}) {
    CHECK(reprinted(text) == text);
  }
}

TEST_CASE("every policy of the conformance corpus prints to what reads the same") {
  const auto corpus = quis::test::vectors("corpus-tests");
  if (!corpus) return;
  std::size_t policies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    if (entry.path().extension() != ".cedar") continue;
    CAPTURE(entry.path().string());
    const std::string printed = reprinted_policies(quis::test::read_file(entry.path()));
    CHECK_FALSE(printed.starts_with("error"));
    CHECK(reprinted_policies(printed) == printed);
    ++policies;
  }
  CHECK(policies > 1000);
}

TEST_CASE("the builder merges a chain on the left only") {
  quis::ValueArena arena;
  ExprBuilder build(arena);
  const BuiltExpr a = build.boolean(true);
  const BuiltExpr pair[] = {a, a};
  const BuiltExpr left[] = {build.chain(Op::and_, pair), a};
  const BuiltExpr right[] = {a, build.chain(Op::and_, pair)};
  CHECK(quis::to_text(*build.chain(Op::and_, left).expr) == "true && true && true");
  CHECK(quis::to_text(*build.chain(Op::and_, right).expr) == "true && (true && true)");
}

TEST_CASE("the builder refuses what is too high and says so once") {
  quis::ValueArena arena;
  ExprBuilder build(arena);
  BuiltExpr tower = build.integer(1);
  for (int i = 0; i < 3000; ++i) tower = build.unary(Op::negate, tower);
  CHECK_FALSE(tower);
  CHECK_FALSE(build.refusal().empty());
}
