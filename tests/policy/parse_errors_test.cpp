#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <quis/base/limits.hpp>

#include "reading.hpp"

using quis::test::rendered;

namespace {

std::string help_of(std::string_view text) {
  const auto policies = quis::parse_policies(text, "p.cedar");
  REQUIRE_FALSE(policies.has_value());
  return policies.error().front().help;
}

std::string help_in_condition(std::string_view expression) {
  return help_of("permit(principal, action, resource) when { " + std::string(expression) + " };");
}

}  // namespace

TEST_CASE("every mistake of a text is reported at once, where it is and with what to do") {
  CHECK(rendered(R"(permit(principle, action, resource) when { principal.age = 3 };
permit(principal, action == User::"a", resource)
forbid(principal, action, resource) when { principal.tags.contain(1) && 1 + };
@a @a permit(principal, action, resource);
)") == R"(p.cedar:1:8: error[invalid-scope]: expected `principal`, found `principle`
    1 | permit(principle, action, resource) when { principal.age = 3 };
      |        ^^^^^^^^^
      = help: did you mean `principal`?
p.cedar:1:58: error[unexpected-token]: `=` is not an operator
    1 | permit(principle, action, resource) when { principal.age = 3 };
      |                                                          ^
      = help: use `==` to compare
p.cedar:2:29: error[invalid-scope]: `User::"a"` is not an action
    2 | permit(principal, action == User::"a", resource)
      |                             ^^^^^^^^^
      = help: the type of actions is `Action`
p.cedar:2:49: error[unexpected-token]: the policy is not ended
    2 | permit(principal, action == User::"a", resource)
      |                                                 ^
      = help: add `;` here
p.cedar:3:59: error[unknown-function]: there is no method `contain`
    3 | forbid(principal, action, resource) when { principal.tags.contain(1) && 1 + };
      |                                                           ^^^^^^^
      = help: did you mean `contains`?
p.cedar:3:77: error[unexpected-token]: expected an expression, found `}`
    3 | forbid(principal, action, resource) when { principal.tags.contain(1) && 1 + };
      |                                                                             ^
p.cedar:4:4: error[duplicate-annotation]: the policy has an annotation `@a` already
    4 | @a @a permit(principal, action, resource);
      |    ^^
      = help: remove one of the two
)");
}

TEST_CASE("common slips are told what to write instead") {
  CHECK(help_in_condition("1 == 1 and true") == "use `&&`");
  CHECK(help_in_condition("1 == 1 or true") == "use `||`");
  CHECK(help_in_condition("not true") == "use `!`");
  CHECK(help_in_condition("1 == 1 & true") == "use `&&`");
  CHECK(help_in_condition("principal.name == 'ann'") == "replace `'` by `\"`");
  CHECK(help_in_condition("1 / 2 == 0") == "of arithmetic Cedar has `+`, `-` and `*`");
  CHECK(help_in_condition("principal.a == null") ==
        "Cedar has no such value; ask with `has` whether an attribute is there");
  CHECK(help_in_condition("True") == "did you mean `true`?");
  CHECK(help_in_condition("prinicpal.a") == "did you mean `principal`?");
  CHECK(help_in_condition("principal.if") == "write `[\"if\"]`");
  CHECK(help_in_condition("1 < 2 < 3") == "comparisons do not chain: put one in brackets");
  CHECK(help_in_condition("1 + if true then 1 else 2") == "put the `if` in brackets");
  CHECK(help_in_condition("isIpv4(principal.ip)") == "write `x.isIpv4(…)`");
  CHECK(help_in_condition("principal.ip(\"1\")") == "write `ip(…)`");
  CHECK(help_in_condition("!-1 == 1") == "`!` and `-` do not mix without brackets: write `!(-x)` or `-(!x)`");
  CHECK(help_in_condition("principal.a[0]") == "sets have no order; ask with `.contains(…)`");
  CHECK(help_of("allow(principal, action, resource);") == "use `permit`");
  CHECK(help_of("Forbid(principal, action, resource);") == "did you mean `forbid`?");
  CHECK(help_of("permit(principal: User, action, resource);") == "write `principal is Type`");
  CHECK(help_of("permit(principal in [User::\"a\"], action, resource);") == "only `action in` takes a list");
  CHECK(help_of("permit(principal == \"ann\", action, resource);") == "write its type before it: `Type::\"ann\"`");
  CHECK(help_of("permit(principal, action, resource) whn { true };") == "did you mean `when`?");
}

TEST_CASE("a mistake does not hide those of later policies") {
  const auto policies =
      quis::parse_policies("permit(;\npermit(principal, action, resource);\n)\nforbid(x);\npermit(", "p");
  REQUIRE_FALSE(policies.has_value());
  REQUIRE(policies.error().size() >= 3);
  CHECK(policies.error()[0].span.line == 1);
  CHECK(policies.error()[1].span.line == 3);
  CHECK(policies.error().back().span.line == 5);
}

TEST_CASE("no more errors are reported than the limit") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "x;\n";
  const auto policies = quis::parse_policies(text, "p");
  REQUIRE_FALSE(policies.has_value());
  CHECK(policies.error().size() == quis::limits::kMaxReportedErrors);
}

TEST_CASE("hostile texts are refused quickly") {
  const auto many = [](std::string_view piece, std::size_t count) {
    std::string text = "permit(principal, action, resource) when { ";
    for (std::size_t i = 0; i < count; ++i) text += piece;
    return text;
  };
  for (const char* piece : {"(", "[", "{a:", "!", "-", "if true then ", "\"", "'", "principal has a.", "@", "?",
                            "\xc2\xa0", "&", "a::", "1+", "//", "x("}) {
    CAPTURE(piece);
    CHECK_FALSE(quis::parse_policies(many(piece, 300'000), "p").has_value());
  }
}

TEST_CASE("words of other languages are told what Cedar has in their place") {
  const auto in_condition = [](const char* expression) { return help_in_condition(expression); };
  CHECK(help_of("permit(principal, action, resource) where { true };") == "use `when`");
  CHECK(help_of("# all\npermit(principal, action, resource);") == "comments start with `//`");
  CHECK(in_condition("principal.age > 1.5") == "write a decimal as `decimal(\"1.5\")`");
  CHECK(in_condition("principal.name.startsWith(\"a\")") == "write `… like \"start*\"`");
  CHECK(in_condition("principal.name.endsWith(\"a\")") == "write `… like \"*end\"`");
  CHECK(in_condition("principal.name.matches(\"a\")") == "write `… like \"*part*\"`: `*` stands for any text");
  CHECK(in_condition("principal.groups.includes(\"a\")") == "write `contains`, or `… like \"*part*\"` for strings");
  CHECK(in_condition("principal.groups.size() > 1").starts_with("Cedar does not count"));
  CHECK(in_condition("now() > context.until") == "pass the time in the context");
  CHECK(in_condition("true and false") == "use `&&`");
}
