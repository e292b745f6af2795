#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <quis/base/limits.hpp>

#include "reading.hpp"

namespace {

using quis::Expression;
using quis::Op;
using quis::parse_expression;
using quis::test::reprinted;

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

Expression read(std::string_view text) {
  auto expression = parse_expression(text);
  REQUIRE_MESSAGE(expression.has_value(), text);
  return *expression;
}

bool refused(std::string_view text) { return !parse_expression(text).has_value(); }

}  // namespace

TEST_CASE("operators bind as in Cedar's grammar") {
  CHECK(reprinted("1 + 2 * 3") == "1 + 2 * 3");
  CHECK(reprinted("(1 + 2) * 3") == "(1 + 2) * 3");
  CHECK(reprinted("1 - (2 - 3)") == "1 - (2 - 3)");
  CHECK(reprinted("(1 - 2) - 3") == "1 - 2 - 3");
  CHECK(reprinted("true || (false && true)") == "true || false && true");
  CHECK(reprinted("(true || false) && true") == "(true || false) && true");
  CHECK(reprinted("!(principal.a == 1)") == "!(principal.a == 1)");
  CHECK(reprinted("(!principal.a) == true") == "!principal.a == true");
}

TEST_CASE("a chain of && or || is one node, and brackets on its right keep their own") {
  CHECK(read("true && false && true").root->operands.size() == 3);
  CHECK(read("(true && false) && true").root->operands.size() == 3);
  CHECK(read("true && (false && true)").root->operands.size() == 2);
  CHECK(read("true || false || true || false").root->operands.size() == 4);
  CHECK(reprinted("true && (false && true)") == "true && (false && true)");
  CHECK(read("true" + repeated(" && true", 100'000)).root->operands.size() == 100'001);
}

TEST_CASE("relations do not chain") {
  for (const char* text :
       {"1 < 2 < 3", "1 == 2 == 3", "principal in action in resource", "principal is A is B", "principal has a has b",
        "principal has a in resource", "principal is A in action in resource", R"("a" like "b" == true)"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("an if is an operand in brackets only, and its else swallows the rest") {
  CHECK(reprinted("(if true then 1 else 2) + 1") == "(if true then 1 else 2) + 1");
  CHECK(reprinted("if true then 1 else 2 + 1") == "if true then 1 else 2 + 1");
  CHECK(read("if true then 1 else 2 + 1").root->op == Op::if_);
  CHECK(refused("1 + if true then 1 else 2"));
  CHECK(refused("!if true then true else false"));
  CHECK(refused("if true then 1"));
  CHECK(reprinted("[if true then 1 else 2]") == "[if true then 1 else 2]");
}

TEST_CASE("digits after a minus make a literal, so that the least integer can be written") {
  CHECK(read("-9223372036854775808").root->op == Op::literal);
  CHECK(refused("-9223372036854775809"));
  CHECK(refused("9223372036854775808"));
  CHECK(refused("-(9223372036854775808)"));
  CHECK(refused("0 - 9223372036854775808"));
  CHECK(refused("-9223372036854775808.a"));
  CHECK(refused("99999999999999999999999999"));
  CHECK(read("00000000000000000000000000000007").root->value.as_integer() == 7);
  CHECK(read("--5").root->op == Op::negate);
  CHECK(read("-(5)").root->op == Op::negate);
  CHECK(read("-5.a").root->op == Op::negate);
  CHECK(read("(-5).a").root->op == Op::get_attribute);
}

TEST_CASE("at most four signs stand in a row, and they do not mix") {
  CHECK(reprinted("!!!!true") == "!!!!true");
  CHECK(refused("!!!!!true"));
  CHECK(reprinted("----5") == "----5");
  CHECK(refused("-----5"));
  CHECK(refused("!-5"));
  CHECK(refused("-!true"));
  CHECK(reprinted("!(-5)") == "!(-5)");
  CHECK(reprinted("!(!!!!true)") == "!!!!(!true)");
}

TEST_CASE("has takes a name, a path of names, or a string") {
  CHECK(reprinted("principal has a") == "principal has a");
  CHECK(reprinted("principal has a.b.c") == "principal has a && principal.a has b && principal.a.b has c");
  CHECK(reprinted(R"(principal has "a b")") == R"(principal has "a b")");
  CHECK(reprinted(R"(principal has "a")") == "principal has a");
  CHECK(reprinted("principal has principal") == "principal has principal");
  for (const char* text :
       {"principal has if", "principal has a.if", "principal has __cedar", "principal has A::b",
        R"(principal has "a".b)", R"(principal has a["b"])", "principal has (a)", "principal has 1"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("attributes have plain names after a dot and any names in brackets") {
  CHECK(reprinted("principal.a.b") == "principal.a.b");
  CHECK(reprinted(R"(principal["a"])") == "principal.a");
  CHECK(reprinted(R"(principal["a b"])") == R"(principal["a b"])");
  CHECK(reprinted(R"(principal["if"])") == R"(principal["if"])");
  CHECK(reprinted("principal.permit.when") == "principal.permit.when");
  CHECK(reprinted("principal.if") == "error: reserved-word");
  CHECK(reprinted("principal.__cedar") == "error: reserved-word");
  CHECK(refused("principal[a]"));
  CHECK(refused("principal[1]"));
  CHECK(refused(R"(principal[("a")])"));
}

TEST_CASE("the number of arguments is checked for Cedar's methods and not for extensions") {
  CHECK(reprinted("[1].contains(1)") == "[1].contains(1)");
  CHECK(reprinted("[1].contains(1,)") == "[1].contains(1)");
  CHECK(reprinted("[1].contains()") == "error: wrong-arity");
  CHECK(reprinted("[1].contains(1, 2)") == "error: wrong-arity");
  CHECK(reprinted("[].isEmpty()") == "[].isEmpty()");
  CHECK(reprinted("[].isEmpty(1)") == "error: wrong-arity");
  CHECK(reprinted(R"(ip("a", "b").isIpv4(1, 2))") == R"(ip("a", "b").isIpv4(1, 2))");
  CHECK(reprinted("ip()") == "ip()");
}

TEST_CASE("functions are called as functions and methods as methods") {
  CHECK(reprinted(R"(isIpv4(ip("1.1.1.1")))") == "error: unknown-function");
  CHECK(reprinted(R"(principal.ip("1.1.1.1"))") == "error: unknown-function");
  CHECK(reprinted("contains(1)") == "error: unknown-function");
  CHECK(reprinted("principal.fly()") == "error: unknown-function");
  CHECK(reprinted("fly()") == "error: unknown-function");
  CHECK(reprinted(R"(NS::ip("1.1.1.1"))") == "error: unknown-function");
  CHECK(refused(R"((ip)("1.1.1.1"))"));
  CHECK(refused("principal()"));
  CHECK(refused(R"(principal["contains"](1))"));
  CHECK(reprinted(R"("1.1.1.1".isIpv4())") == R"("1.1.1.1".isIpv4())");
}

TEST_CASE("entities are written with their type, and a type alone is no value") {
  CHECK(reprinted(R"(A :: B :: "x")") == R"(A::B::"x")");
  CHECK(reprinted(R"(principal::"x")") == R"(principal::"x")");
  for (const char* text : {"A::B", "A", R"(if::"x")", R"(A::in::"x")", R"(__cedar::"x")", "A::{a: 1}", R"("x"::A)"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("is takes a type") {
  CHECK(reprinted("principal is A::B") == "principal is A::B");
  CHECK(reprinted("principal is A in resource && true") == "principal is A in resource && true");
  CHECK(reprinted("principal is principal") == "principal is principal");
  CHECK(refused(R"(principal is "A")"));
  CHECK(refused(R"(principal is A::"x")"));
  CHECK(refused("principal is (A)"));
  CHECK(refused("principal is A.b"));
}

TEST_CASE("the keys of a record are names or strings, each once") {
  CHECK(reprinted(R"({b: 1, "a b": 2, "if": 3,})") == R"({b: 1, "a b": 2, "if": 3})");
  CHECK(reprinted(R"({a: 1, "a": 2})") == "error: duplicate-key");
  CHECK(reprinted(R"({a: 1, "\x61": 2})") == "error: duplicate-key");
  for (const char* text : {"{if: 1}", "{__cedar: 1}", "{1: 1}", R"({("a"): 1})", "{A::b: 1}", "{,}", "{a = 1}"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("slots may not stand in expressions") {
  CHECK(reprinted("principal == ?principal") == "error: invalid-slot");
}

TEST_CASE("nesting beyond the limit is refused, and up to it works") {
  const std::size_t most = quis::limits::kMaxNesting;
  for (const auto& [open, close] : {std::pair{"(", ")"}, std::pair{"[", "]"}, std::pair{"{a: ", "}"},
                                    std::pair{"ip(", ")"}, std::pair{"if true then ", " else 1"}}) {
    CAPTURE(open);
    CHECK_FALSE(refused(repeated(open, most) + "1" + repeated(close, most)));
    CHECK(reprinted(repeated(open, most + 1) + "1" + repeated(close, most + 1)) == "error: limit-exceeded");
    CHECK(reprinted(repeated(open, 100'000)) == "error: limit-exceeded");
  }
  CHECK(refused(repeated("!", 1'000'000)));
}

TEST_CASE("trees beyond the limit of height are refused") {
  CHECK_FALSE(refused("1" + repeated(" + 1", 2000)));
  CHECK(reprinted("1" + repeated(" + 1", 3000)) == "error: limit-exceeded");
  CHECK(reprinted("principal" + repeated(".a", 3000)) == "error: limit-exceeded");
}

TEST_CASE("paths of has cannot multiply work") {
  CHECK(reprinted(repeated("{a: {a: ", 40) + "1" + repeated("}} has a.a", 40)) == "error: limit-exceeded");
  CHECK_FALSE(refused("principal has " + repeated("a.", 100) + "a"));
}

TEST_CASE("an expression knows where it stands") {
  const Expression sum = read("1 +\n principal.age");
  CHECK(sum.root->span == quis::SourceSpan{0, 18, 1, 1});
  CHECK(sum.root->operands[1]->span == quis::SourceSpan{5, 13, 2, 2});
}

TEST_CASE("an entity uid is read alone, without growing the vocabulary for requests") {
  quis::LocalNames local;
  const quis::Names names(local);
  const auto uid = quis::parse_entity_uid(R"(Reading::Nobody :: "a\"b")", names);
  REQUIRE(uid.has_value());
  CHECK(uid->local());
  CHECK(local.id_text(*uid) == "a\"b");
  CHECK_FALSE(quis::find_type("Reading::Nobody").valid());
  for (const char* text :
       {"", "A", "A::", R"("a")", R"(A::"a".b)", R"(A::"a" B)", R"(if::"a")", R"(A::"\q")", R"((A::"a"))"}) {
    CAPTURE(text);
    CHECK_FALSE(quis::parse_entity_uid(text, names).has_value());
  }
}

TEST_CASE("an entity uid means the same whether a space stands in it or not") {
  const std::vector<std::string> types = {"A",         "A::B",      "_a9::b_", "",       "A:",
                                          "A::",       ":A",        "9a",      "A::if",  "__cedar",
                                          "true",      "Likes",     "likes",   "A-B",    "__cedar::Long",
                                          "principal", "a\xc3\xa9", "A\n::B",  "A //\n", std::string("A\0B", 3)};
  const std::vector<std::string> ids = {"",   "a",        "it's", "{\"x\"}", "\\\"",  "\\q", "\\",   "\x7f", "\t",
                                        "\n", "\xc3\xa9", "\xff", "a\"",     "\" \"", "~ !", "// x", "::\"b"};
  quis::LocalNames local;
  const quis::Names names(local);
  std::size_t read = 0;
  for (const std::string& type : types) {
    for (const std::string& id : ids) {
      CAPTURE(type);
      CAPTURE(id);
      const auto plain = quis::parse_entity_uid(type + "::\"" + id + "\"", names);
      const auto spaced = quis::parse_entity_uid(type + "::  \"" + id + "\" ", names);
      REQUIRE(plain.has_value() == spaced.has_value());
      if (!plain) continue;
      CHECK(*plain == *spaced);
      ++read;
    }
  }
  CHECK(read == 80);
}

TEST_CASE("expressions are accepted when Cedar accepts them, and print to what reads the same") {
  for (const char* file : {"expressions.jsonl", "extensions.jsonl"}) {
    for (const auto& trap : quis::test::traps(file)) {
      const std::string text(trap.at("expr").as_string());
      const auto* error = trap.at("expect").as_object().if_contains("error");
      const bool parses = error == nullptr || *error != "parse";
      CAPTURE(text);
      const auto expression = parse_expression(text);
      if (!expression && expression.error().front().code == quis::ErrorCode::limit_exceeded) continue;
      // Cedar reads a slot in a lone expression and fails to evaluate it; quis refuses it when reading.
      if (!expression && expression.error().front().code == quis::ErrorCode::invalid_slot) continue;
      CHECK(expression.has_value() == parses);
      if (!expression) continue;
      const std::string printed = quis::to_text(*expression->root);
      CHECK(reprinted(printed) == printed);
    }
  }
}
