#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <quis/policy/ast.hpp>

#include "policy/string_escape.hpp"

namespace {

bool like(std::string_view text, std::string_view pattern) {
  const std::vector<std::string> pieces = quis::unescape_pattern(pattern).value();
  const std::vector<std::string_view> views(pieces.begin(), pieces.end());
  return quis::matches(views, text);
}

}  // namespace

TEST_CASE("a pattern without wildcards is equality") {
  CHECK(like("abc", "abc"));
  CHECK(like("", ""));
  CHECK_FALSE(like("abcd", "abc"));
  CHECK_FALSE(like("ab", "abc"));
  CHECK_FALSE(like("abc", ""));
}

TEST_CASE("a wildcard stands for any text, also none") {
  CHECK(like("", "*"));
  CHECK(like("abc", "*"));
  CHECK(like("abc", "a*"));
  CHECK(like("abc", "*c"));
  CHECK(like("abc", "a*c"));
  CHECK(like("ac", "a*c"));
  CHECK(like("ac", "a**c"));
  CHECK_FALSE(like("abc", "a*d"));
  CHECK_FALSE(like("abc", "b*"));
}

TEST_CASE("beginning and end of a pattern do not overlap") {
  CHECK_FALSE(like("a", "a*a"));
  CHECK(like("aa", "a*a"));
  CHECK_FALSE(like("aba", "ab*ba"));
  CHECK_FALSE(like("ab", "a*b*b"));
  CHECK(like("abb", "a*b*b"));
}

TEST_CASE("pieces between wildcards are found in order") {
  CHECK(like("mississippi", "m*iss*ip*"));
  CHECK(like("mississippi", "*ss*ss*"));
  CHECK_FALSE(like("mississippi", "*ss*ss*ss*"));
  CHECK_FALSE(like("ab", "*b*a*"));
}

TEST_CASE("an escaped star is a star") {
  CHECK(like("a*b", R"(a\*b)"));
  CHECK_FALSE(like("axb", R"(a\*b)"));
  CHECK(like("*", R"(\*)"));
  CHECK(like("zz", R"(\x2a)"));
}

TEST_CASE("a pattern that defeats backtracking takes no time") {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "a*";
  CHECK_FALSE(like(std::string(100'000, 'a'), pattern + 'b'));
}
