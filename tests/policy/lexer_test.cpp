#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "policy/lexer.hpp"
#include "policy/string_escape.hpp"

namespace {

using quis::Lexer;
using quis::Token;
using quis::TokenKind;
using Texts = std::vector<std::string>;

Texts tokens(std::string_view text) {
  Lexer lexer(text);
  Texts result;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    result.push_back((token.kind == TokenKind::invalid ? "invalid " : "") + std::string(token.text));
  }
  return result;
}

std::string unescaped(std::string_view body) { return quis::unescape(body).value_or("error"); }

Texts pattern(std::string_view body) { return quis::unescape_pattern(body).value_or(Texts{"error"}); }

}  // namespace

TEST_CASE("tokens need no space between them where the longest reading is meant") {
  CHECK(tokens("a::b:c") == Texts{"a", "::", "b", ":", "c"});
  CHECK(tokens("a<=b<c==d=e!=!f") == Texts{"a", "<=", "b", "<", "c", "==", "d", "=", "e", "!=", "!", "f"});
  CHECK(tokens("1in x") == Texts{"1", "in", "x"});
  CHECK(tokens("@a(\"b\");?principal") == Texts{"@", "a", "(", "\"b\"", ")", ";", "?principal"});
  CHECK(tokens("&&||+-*/%[]{}.,>>=") ==
        Texts{"&&", "||", "+", "-", "*", "/", "%", "[", "]", "{", "}", ".", ",", ">", ">="});
}

TEST_CASE("white space is what Unicode says, and a byte order mark is none") {
  CHECK(tokens("a\xc2\xa0"
               "b\xe2\x80\x83"
               "c\xe3\x80\x80"
               "d\x0b\x0c\xc2\x85"
               "e\xe2\x80\xa8"
               "f") == Texts{"a", "b", "c", "d", "e", "f"});
  CHECK(tokens("\xef\xbb\xbf"
               "a") == Texts{"invalid \xef\xbb\xbf", "a"});
  CHECK(tokens("a\xe2\x80\x8b") == Texts{"a", "invalid \xe2\x80\x8b"});  // zero width space
}

TEST_CASE("a comment ends at a line feed, a carriage return, or the end of the text") {
  CHECK(tokens("a // b\nc") == Texts{"a", "c"});
  CHECK(tokens("a // b\rc") == Texts{"a", "c"});
  CHECK(tokens("a // b") == Texts{"a"});
  CHECK(tokens("a / / b") == Texts{"a", "/", "/", "b"});
}

TEST_CASE("a token knows its place") {
  Lexer lexer("a\n  \"x\ny\" // é\n b");
  CHECK(lexer.next().span == quis::SourceSpan{0, 1, 1, 1});
  CHECK(lexer.next().span == quis::SourceSpan{4, 5, 2, 3});
  CHECK(lexer.next().span == quis::SourceSpan{17, 1, 4, 2});
  CHECK(lexer.next().kind == TokenKind::end);
  CHECK(lexer.next().kind == TokenKind::end);
}

TEST_CASE("what is no token is passed over, so that the next can be read") {
  CHECK(tokens("'a' & | # ? \"open") ==
        Texts{"invalid 'a'", "invalid &", "invalid |", "invalid #", "invalid ?", "invalid \"open"});
  CHECK(tokens("\"a\\\nb") == Texts{"invalid \"a\\", "b"});
  CHECK(tokens("\"open\na") == Texts{"invalid \"open", "a"});
}

TEST_CASE("a string ends at a quote that no backslash precedes") {
  CHECK(tokens(R"("a\"b" c)") == Texts{R"("a\"b")", "c"});
  CHECK(tokens(R"("a\\" c)") == Texts{R"("a\\")", "c"});
  CHECK(tokens("\"a\nb\"") == Texts{"\"a\nb\""});
}

TEST_CASE("escapes are those of Rust strings") {
  CHECK(unescaped(R"(\n\r\t\\\"\')") == "\n\r\t\\\"'");
  CHECK(unescaped(R"(a\0b)") == std::string("a\0b", 3));
  CHECK(unescaped(R"(\x41\x7f)") == "A\x7f");
  CHECK(unescaped(R"(\u{e9}\u{1F600}\u{1_0_FFFF}\u{41_})") ==
        "\xc3\xa9\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"
        "A");
  CHECK(unescaped("a\nb") == "a\nb");
  CHECK(unescaped(R"(\u{2a})") == "*");
}

TEST_CASE("an escape that is not one is refused where it stands") {
  for (const char* body :
       {R"(\q)", R"(\x80)", R"(\x4)", R"(\xg0)", R"(\u41)", R"(\u{})", R"(\u{_1})", R"(\u{1234567})", R"(\u{0000001})",
        R"(\u{d800})", R"(\u{110000})", R"(\u{41)", R"(\u)", R"(\*)", "\r", "a\r\n"}) {
    CAPTURE(body);
    CHECK_FALSE(quis::unescape(body).has_value());
    if (std::string_view(body) != R"(\*)") CHECK_FALSE(quis::unescape_pattern(body).has_value());
  }
  const auto error = quis::unescape(R"(ab\u{d800}c)").error();
  CHECK(error.offset == 2);
  CHECK(error.length == 8);
}

TEST_CASE("in a pattern every star is a wildcard but the escaped one") {
  CHECK(pattern("") == Texts{""});
  CHECK(pattern("a*b") == Texts{"a", "b"});
  CHECK(pattern("*") == Texts{"", ""});
  CHECK(pattern("**") == Texts{"", "", ""});
  CHECK(pattern(R"(a\*b)") == Texts{"a*b"});
  CHECK(pattern(R"(\\*)") == Texts{"\\", ""});
  CHECK(pattern(R"(\x2a\u{2a})") == Texts{"", "", ""});
}
