#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <quis/policy/format.hpp>

#include "policy/format_tokens.hpp"
#include "policy/lexer.hpp"
#include "policy/reading.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

std::string formatted(std::string_view text, const FormatOptions& options = {}) {
  const auto result = format_policies(text, options, "p.cedar");
  return result ? *result : render(result.error());
}

/// Comments of a text, each behind the number of words before it; commas at the ends of lists do not count.
std::vector<std::string> comments_of(std::string_view text) {
  std::vector<std::string> comments;
  const std::vector<format::Piece> pieces = format::pieces_of(text);
  std::size_t words = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (const std::string_view comment : pieces[i].leading) {
      comments.push_back(std::to_string(words) + " " + std::string(comment));
    }
    if (!format::is_idle_comma(pieces, i)) ++words;
    if (!pieces[i].trailing.empty()) comments.push_back(std::to_string(words) + " " + std::string(pieces[i].trailing));
  }
  return comments;
}

/// What formatting promises; the formatted text.
std::string check_promises(std::string_view text, const FormatOptions& options = {}) {
  CAPTURE(std::string(text));
  const auto once = format_policies(text, options);
  if (!once) FAIL(render(once.error()));
  INFO(*once);
  CHECK(formatted(*once, options) == *once);
  CHECK(reprinted_policies(*once) == reprinted_policies(text));
  CHECK(comments_of(*once) == comments_of(text));
  return *once;
}

/// The text with other white space between its words and comments in random places.
std::string with_comments(std::string_view text, std::mt19937& random) {
  static constexpr std::string_view kGaps[] = {" ", "\n", "\r\n", " // c%\n", "\n// c%\n", "//c%\r\n  //  d%  \n\n",
                                               "\t"};
  std::string result;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    result += token.text;
    const std::size_t choice = random() % 3 == 0 ? random() % std::size(kGaps) : 0;
    for (const char c : kGaps[choice]) {
      if (c == '%') {
        result += std::to_string(random() % 100);
      } else {
        result += c;
      }
    }
  }
  return result;
}

}  // namespace

TEST_CASE("Cedar's own samples are laid out as Cedar does") {
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data("cedar/format"))) {
    if (entry.path().extension() != ".formatted") continue;
    CAPTURE(entry.path().filename().string());
    const std::string text = read_file(std::filesystem::path(entry.path()).replace_extension(".cedar"));
    CHECK(check_promises(text) == read_file(entry.path()));
    ++compared;
  }
  CHECK(compared == 10);
}

TEST_CASE("other widths and indentations are honoured as Cedar does") {
  const std::string text = read_file(data("cedar/format/test.cedar"));
  CHECK(formatted(text, {40, 4}) == read_file(data("cedar/format/test.formatted-40")));
  CHECK(formatted(text, {120, 4}) == read_file(data("cedar/format/test.formatted-120")));
}

TEST_CASE("a policy that fits is written in few lines, and one that does not is broken from the outside in") {
  CHECK(formatted("permit(principal,action,resource)when{principal.a==1};") ==
        "permit (principal, action, resource)\nwhen { principal.a == 1 };\n");
  CHECK(formatted("forbid(principal is A,action,resource)unless{context.a&&context.b};", {24, 3}) ==
        "forbid (\n   principal is A,\n   action,\n   resource\n)\nunless\n{\n   context.a &&\n   context.b\n};\n");
}

TEST_CASE("no line ends in a space") {
  CHECK(formatted("permit(principal, action, resource) when { 1 // one\n== // two\n 2 &&\n// three\n true };") ==
        "permit (principal, action, resource)\nwhen\n{\n  1 // one\n   == // two\n   2 &&\n  // three\n  true\n};\n");
}

TEST_CASE("comments stay where they are") {
  CHECK(formatted("// first\npermit(principal, // who\n action,\n // what\n resource);// done\n\n\n// end") ==
        "// first\npermit (principal, // who\n  action,\n  // what\n  resource); // done\n// end\n");
  CHECK(formatted("// alone  \r\n//and another") == "// alone\n//and another\n");
}

TEST_CASE("commas at the ends of lists go, the comments behind them stay") {
  CHECK(formatted("permit(principal,action in [Action::\"a\",],resource,)when{[1,2,]==[{a:1,}]};") ==
        "permit (\n  principal,\n  action in [Action::\"a\"],\n  resource\n)\nwhen { [1, 2] == [{ a: 1 }] };\n");
  const std::string kept = check_promises(
      "permit(principal, action, resource) when { [1, // one\n 2 // two\n // before\n, // behind\n // last\n] == [] "
      "};");
  CHECK(kept.find("// behind") != std::string::npos);
}

TEST_CASE("an empty text stays empty") {
  CHECK(formatted("") == "");
  CHECK(formatted(" \n\t") == "");
}

TEST_CASE("templates, strings with line breaks, signs and quotes survive") {
  check_promises(
      "@id(\"x\")@bare permit(principal in ?principal, action, resource == ?resource) when { \"a\n\n b // no comment\" "
      "like \"*\\*\" && - - -1 == -(1) && !!true && context[\"é\"].b has a.b && context has \"x y\" };");
}

TEST_CASE("policies with mistakes are not formatted: the mistakes are reported") {
  const auto result = format_policies("permit(principal, action);\nforbid(principal, action, resource) when {};");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().size() == 2);
}

TEST_CASE("an indentation that is too wide is refused") {
  const auto result = format_policies("", {80, 65});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().front().code == ErrorCode::invalid_argument);
  CHECK(format_policies("", {80, 64}).has_value());
}

TEST_CASE("deep brackets and long chains are formatted too") {
  std::string deep(200, '(');
  deep += "1";
  deep.append(200, ')');
  check_promises("permit(principal, action, resource) when { " + deep + " == 1 };");
  std::string chain = "context";
  for (int i = 0; i < 1000; ++i) chain += ".a";
  check_promises("permit(principal, action, resource) when { " + chain + " };");
}

TEST_CASE("whatever comments stand wherever in a policy, they stay, and formatting again changes nothing") {
  std::mt19937 random(20240423);  // a fixed seed: failures repeat
  for (const boost::json::object& trap : traps("policies.jsonl")) {
    if (trap.at("expect").as_object().contains("error")) continue;
    const std::string text(trap.at("policies").as_string());
    check_promises(text);
    for (const std::uint32_t width : {20U, 80U}) check_promises(with_comments(text, random), {width, 2});
  }
}

TEST_CASE("every policy of the corpus keeps its meaning") {
  const auto corpus = vectors("corpus-tests");
  if (!corpus) return;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    if (entry.path().extension() != ".cedar") continue;
    CAPTURE(entry.path().filename().string());
    check_promises(read_file(entry.path()));
    ++files;
  }
  CHECK(files > 3'900);
}

}  // namespace quis::test
