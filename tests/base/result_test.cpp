#include <doctest/doctest.h>

#include <set>
#include <string>

#include <quis/base/result.hpp>

using namespace quis;

namespace {

Diagnostic at(std::string_view text, std::size_t offset, std::size_t length) {
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::type_mismatch;
  diagnostic.message = "expected `Long`, found `String`";
  attach_source(diagnostic, "hr.cedar", text, offset, length);
  return diagnostic;
}

/// The columns of a rendered caret line before the first caret.
std::size_t columns_before_caret(const std::string& rendered) {
  const std::size_t caret = rendered.find('^');
  REQUIRE(caret != std::string::npos);
  const std::size_t bar = rendered.rfind("| ", caret);
  return caret - bar - 2;
}

}  // namespace

TEST_CASE("a rendered error says where, what, and what to do") {
  const std::string text = "permit(principal, action, resource)\nwhen { principal.level >= \"3\" };\n";
  Diagnostic diagnostic = at(text, text.find("\"3\""), 3);
  diagnostic.label = "`principal.level` is declared `Long` at schema.cedarschema:9:5";
  diagnostic.help = "remove the quotes";
  CHECK(render(diagnostic) ==
        "hr.cedar:2:27: error[type-mismatch]: expected `Long`, found `String`\n"
        "    2 | when { principal.level >= \"3\" };\n"
        "      |                           ^^^ `principal.level` is declared `Long` at schema.cedarschema:9:5\n"
        "      = help: remove the quotes\n");
}

TEST_CASE("a JSON error names the path to the value") {
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::invalid_value;
  diagnostic.message = "`null` is no Cedar value";
  diagnostic.source = "entities.json";
  diagnostic.path = "/3/attrs/age";
  CHECK(render(diagnostic) == "entities.json: error[invalid-value] at /3/attrs/age: `null` is no Cedar value\n");
  diagnostic.span = {100, 4, 7, 12};
  CHECK(render(diagnostic) == "entities.json:7:12: error[invalid-value] at /3/attrs/age: `null` is no Cedar value\n");
}

TEST_CASE("an error without a place is one line") {
  CHECK(render(failure(ErrorCode::invalid_argument, "no policies").value()) ==
        "error[invalid-argument]: no policies\n");
}

TEST_CASE("several errors are rendered in order") {
  Errors errors = failure(ErrorCode::io, "first").value();
  errors.push_back(failure(ErrorCode::cycle, "second", "break it").value().front());
  CHECK(render(errors) == "error[io]: first\nerror[cycle]: second\n      = help: break it\n");
}

TEST_CASE("lines and columns count from one, columns in bytes") {
  CHECK(locate("", 0, 0) == SourceSpan{0, 0, 1, 1});
  CHECK(locate("ab\ncd", 4, 1) == SourceSpan{4, 1, 2, 2});
  CHECK(locate("ab\ncd", 2, 1) == SourceSpan{2, 1, 1, 3});
  CHECK(locate("ab\n", 3, 0) == SourceSpan{3, 0, 2, 1});
  CHECK(locate("ä\r\nx", 4, 1) == SourceSpan{4, 1, 2, 1});
}

TEST_CASE("a place beyond the end is the end") {
  CHECK(locate("ab", 99, 99) == SourceSpan{2, 0, 1, 3});
  CHECK(at("ab", 99, 99).source_line == "ab");
  CHECK(at("", 0, 0).source_line.empty());
}

TEST_CASE("the line shown has no line break") {
  CHECK(at("ab\r\ncd\r\n", 5, 1).source_line == "cd");
  CHECK(at("ab\r\ncd\r\n", 7, 1).caret == 2);
  CHECK(at("ab\r\ncd\r\n", 6, 1).source_line == "cd");
}

TEST_CASE("the caret stands under the place after tabs, umlauts and wide characters") {
  CHECK(render(at("\t\tx", 2, 1)).find("| \t\t^\n") != std::string::npos);
  CHECK(columns_before_caret(render(at("äöü!", 6, 1))) == 3);
  CHECK(columns_before_caret(render(at("日本!", 6, 1))) == 4);
  CHECK(columns_before_caret(render(at("e\u0301!", 3, 1))) == 1);
}

TEST_CASE("a span over several lines is marked to the end of its first") {
  CHECK(render(at("ab\ncd\nef", 1, 6)).find("|  ^\n") != std::string::npos);
}

TEST_CASE("an empty span gets one caret") { CHECK(render(at("ab", 2, 0)).find("|   ^\n") != std::string::npos); }

TEST_CASE("a line of megabytes is cut around the place") {
  const std::string line(10'000'000, '(');
  for (const std::size_t offset : {std::size_t{0}, std::size_t{5'000'000}, line.size() - 1, line.size()}) {
    const Diagnostic diagnostic = at(line, offset, 1'000'000);
    CHECK(diagnostic.source_line.size() < 130);
    CHECK(diagnostic.span.column == offset + 1);
    CHECK(render(diagnostic).size() < 500);
  }
}

TEST_CASE("cutting a long line keeps characters whole and the caret on its character") {
  std::string line;
  for (int i = 0; i < 200; ++i) {
    line += "äx";
  }
  for (std::size_t offset = 2; offset < line.size(); offset += 3) {
    const Diagnostic diagnostic = at(line, offset, 1);
    REQUIRE(diagnostic.source_line[diagnostic.caret] == 'x');
    REQUIRE(render(diagnostic).find("�") == std::string::npos);
  }
}

TEST_CASE("nothing in a rendered error can move the cursor or reverse the text") {
  Diagnostic diagnostic = at("a\x1b[2Jb\u202e\x9b", 0, 1);
  diagnostic.message = "bad `\x1b]0;x\x07\r\n`";
  diagnostic.source = "\x1b[31m.cedar";
  diagnostic.path = "/\u202e";
  diagnostic.label = "\b";
  diagnostic.help = "\x7f";
  const std::string rendered = render(diagnostic);
  for (const char c : rendered) {
    CHECK((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)));
  }
  CHECK(rendered.find("\u202e") == std::string::npos);
}

TEST_CASE("every code has its own name") {
  std::set<std::string_view> names;
  const auto last = static_cast<int>(ErrorCode::evaluation);
  for (int code = 0; code <= last; ++code) {
    const std::string_view name = to_string(static_cast<ErrorCode>(code));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-8") == std::string_view::npos);
    names.insert(name);
  }
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
  CHECK(to_string(ErrorCode::duplicate_key) == "duplicate-key");
}

TEST_CASE("a failure becomes the error of any result") {
  const Result<int> result = failure(ErrorCode::io, "`x` cannot be read", "check the path");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().size() == 1);
  CHECK(result.error().front().code == ErrorCode::io);
  CHECK(result.error().front().help == "check the path");
}
