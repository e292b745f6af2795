#include "cli/policy_tests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace quis::test {
namespace {

using cli::read_test_file;
using cli::TestDocument;
using cli::TestFile;

Result<TestFile> read(const std::string& text, const std::string& name = "t.yaml") {
  auto document = TestDocument::from_text(text, name);
  if (!document) return tl::make_unexpected(document.error());
  return read_test_file(std::move(*document));
}

/// The only error, as `line:message`.
std::string error_of(const std::string& text, const std::string& name = "t.yaml") {
  const auto file = read(text, name);
  if (file) return "no error";
  if (file.error().size() != 1) return render(file.error());
  CHECK_FALSE(file.error()[0].help.empty());
  return std::to_string(file.error()[0].span.line) + ":" + file.error()[0].message;
}

const std::string kCase = R"(policies: p.cedar
tests:
  - name: a
    principal: User::"alice"
    action: Action::"view"
    resource: Photo::"cat"
    decision: allow
)";

}  // namespace

TEST_CASE("a case is read with what it leaves out") {
  const auto file = read(kCase);
  REQUIRE(file);
  CHECK(file->policies == "p.cedar");
  REQUIRE(file->tests.size() == 1);
  CHECK(file->tests[0].expected.permitted);
  CHECK_FALSE(file->tests[0].expected.reasons);
  CHECK(file->tests[0].expected.errors == std::vector<std::string>{});  // an error nobody expects fails a case
  CHECK(file->tests[0].request_json ==
        R"({"principal":"User::\"alice\"","action":"Action::\"view\"","resource":"Photo::\"cat\""})");
}

TEST_CASE("YAML and JSON of the same content are read the same") {
  const auto yaml =
      read(kCase + "    context: {n: -5, t: \"yes\", b: true, list: [[1], [4a, '..', ../x, e, a.b]], text: plain}\n");
  const auto json = read(R"({"policies": "p.cedar", "tests": [{"name": "a", "principal": "User::\"alice\"",
    "action": "Action::\"view\"", "resource": "Photo::\"cat\"", "decision": "allow",
    "context": {"n": -5, "t": "yes", "b": true, "list": [[1], ["4a", "..", "../x", "e", "a.b"]], "text": "plain"}}]})",
                         "t.json");
  REQUIRE(yaml);
  REQUIRE(json);
  CHECK(yaml->tests[0].request_json == json->tests[0].request_json);
}

TEST_CASE("a key that nobody knows, or that stands twice, is an error with its line") {
  CHECK(error_of(kCase + "    resons: [a]\n") == "8:there is no key `resons` here");
  CHECK(error_of("polices: x\n" + kCase) == "1:there is no key `polices` here");
  CHECK(error_of(kCase + "    name: b\n") == "8:the key `name` stands here twice");
  CHECK(error_of(R"({"tests": [], "tests": []})", "t.json").find("`tests`") != std::string::npos);
}

TEST_CASE("what is missing or of a wrong kind is an error with its line") {
  CHECK(error_of("policies: p\n") == "1:there are no `tests`");
  CHECK(error_of("policies: p\ntests: []\n") == "2:there is no case");
  CHECK(error_of("policies: p\ntests:\n  a: b\n") == "3:`tests` is a list, found object");
  CHECK(error_of("policies: p\npolicy_text: q\n" + kCase.substr(kCase.find("tests"))) == "2:`policies` are given too");
  CHECK(error_of(kCase + "    context: [1]\n") == "8:`context` is an object, found array");
  CHECK(error_of(kCase + "    reasons: policy0\n") == "8:`reasons` is a list, found string");
  CHECK(error_of(kCase + "    reasons: [1]\n") == "8:`reasons` is a list of texts, found number");
  CHECK(error_of(kCase + "    step_up: [aal2]\n") == "8:what is allowed needs no step-up");
  std::string unknown = kCase;
  unknown.replace(unknown.find("allow"), 5, "permit");
  CHECK(error_of(unknown) == "7:there is no decision `permit`");
  CHECK(error_of("just text") == "1:expected an object with `tests`, or a list of cases, found string");
}

TEST_CASE("all errors of a file are told at once") {
  const auto file = read("tests:\n  - name: a\n    decision: maybe\n  - principal: 3\n");
  REQUIRE_FALSE(file);
  CHECK(file.error().size() >= 8);
  CHECK(std::all_of(file.error().begin(), file.error().end(),
                    [](const Diagnostic& d) { return d.source == "t.yaml" && d.span.line != 0; }));
}

TEST_CASE("two cases of one name are refused, because a report could not tell them apart") {
  CHECK(error_of(kCase + kCase.substr(kCase.find("  - name"))) == "8:another case is named `a` too");
}

TEST_CASE("YAML that is larger than it looks, or reads in two ways, is refused") {
  CHECK(error_of("a: &x 1\n") == "1:anchors are not supported");
  CHECK(error_of("a: *x\n").starts_with("1:not YAML: "));
  CHECK(error_of("a: !!str 1\n") == "1:tags are not supported");
  CHECK(error_of("a: 1\n---\nb: 1\n") == "2:a second document in one file");
  CHECK(error_of("? [a]\n: b\n") == "1:a key must be text");
  CHECK(error_of("a: 1\n: 2\n") == "2:a key must be text");
  CHECK(error_of("~: 2\n") == "1:a key must be text");
  CHECK(error_of(std::string("policies: \"a\0b\"\n", 17)) == "1:a character U+0000");
  CHECK(error_of("") == "1:the file is empty");
  for (const std::string word :
       {"yes", "off", "010", "0x1f", "1_000", "1.5", ".5", "True", "2026-01-01", "12:30", "1e5", "-.inf"}) {
    CAPTURE(word);
    CHECK(error_of("a: " + word + "\n") == "1:`" + word + "` can be read as text or as something else");
    CHECK(error_of("policies: '" + word + "'\n") == "1:there are no `tests`");
  }
  CHECK(error_of("a: 9223372036854775808\n") == "1:`9223372036854775808` does not fit 64 bits");
}

TEST_CASE("deep YAML is refused, however it is nested") {
  CHECK(error_of(std::string(128, '[') + std::string(128, ']')) == "1:nested deeper than 127 levels");
  std::string block;
  for (int i = 0; i < 200; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(error_of(block + std::string(200, ' ') + "b").find("nested deeper than 127 levels") != std::string::npos);
  CHECK_FALSE(read(std::string(100000, '[')));
  CHECK_FALSE(read(std::string(100000, '{')));
}

TEST_CASE("a list is read as the format of cedar run-tests") {
  const std::string text =
      R"([{"request": {"principal": "U::\"a\"", "action": "Action::\"b\"", "resource": "P::\"c\"", "context": {}},
    "entities": [], "decision": "deny", "reason": ["x"], "num_errors": 2}])";
  const auto file = read(text, "t.json");
  REQUIRE(file);
  CHECK(file->tests.at(0).name == "case 1");
  CHECK(file->tests[0].expected.reason == std::vector<std::string>{"x"});
  CHECK(file->tests[0].expected.error_count == 2);
  CHECK(file->tests[0].entities == "[]");
  CHECK(error_of(
            R"([{"request": {}, "entities": [], "decision": "deny", "reason": [], "num_errors": 2, "principal": 1}])",
            "t.json") != "no error");
}

TEST_CASE("each case of a long file knows its place") {
  constexpr std::size_t kCases = 4000;
  std::string json = R"({"policies": "p.cedar", "entities": [{"uid": "a, \\\"]}"}, [], {}], "tests": [)";
  std::string yaml = "policies: p.cedar\nentities: [{uid: a}, [], {}]\ntests:\n";
  for (std::size_t i = 0; i < kCases; ++i) {
    const std::string n = std::to_string(i);
    if (i > 0) json += ',';
    for (const std::string_view part : std::initializer_list<std::string_view>{
             "\n  {\"name\": \"{[\\\"", n, R"(", "principal": "User::\"a\"", "action": "Action::\"v\"",)",
             R"( "resource": "Photo::\"c\"",)", "\n   \"context\": {\"n\": [-1, true, {}]}, \"decision\": \"deny\"}"})
      json += part;
    yaml += "  - name: n";
    yaml += n;
    yaml += "\n    principal: User::\"a\"\n    action: Action::\"v\"\n    resource: Photo::\"c\"\n    decision: deny\n";
  }
  json += "]}";
  const auto from_json = read(json, "t.json");
  const auto from_yaml = read(yaml);
  REQUIRE(from_json);
  REQUIRE(from_yaml);
  REQUIRE(from_json->tests.size() == kCases);
  REQUIRE(from_yaml->tests.size() == kCases);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kCases; ++i) {
    const SourceSpan& in_json = from_json->tests[i].span;
    const SourceSpan& in_yaml = from_yaml->tests[i].span;
    wrong += in_json.line == 2 + 2 * i && in_json.column == 3 && json.at(in_json.offset) == '{' ? 0U : 1U;
    wrong += in_yaml.line == 4 + 5 * i && in_yaml.column == 5 ? 0U : 1U;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a file of cases that are all wrong lists no more errors than are worth finding") {
  std::string json = "[";
  for (std::size_t i = 0; i < 5000; ++i) json += i == 0 ? "1" : ",\n1";
  json += "]";
  const auto file = read(json, "t.json");
  REQUIRE_FALSE(file);
  CHECK(file.error().size() <= 1000);
  CHECK(file.error().back().span.line == file.error().size());
}

}  // namespace quis::test
