#include "cli/policy_tests.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"

namespace quis::cli {
namespace {

constexpr std::string_view kFileKeys[] = {"policies", "policy_text", "schema", "schema_text",
                                          "links",    "entities",    "tests"};
constexpr std::string_view kCaseKeys[] = {"name",     "principal", "action",  "resource", "context",
                                          "entities", "decision",  "reasons", "errors",   "step_up"};
constexpr std::string_view kCedarKeys[] = {"name", "request", "entities", "decision", "reason", "num_errors"};
constexpr std::string_view kRequestKeys[] = {"principal", "action", "resource", "context"};

std::string listed(std::span<const std::string_view> keys) {
  std::string text;
  for (const std::string_view key : keys)
    fmt::format_to(std::back_inserter(text), "{}`{}`", text.empty() ? "" : ", ", key);
  return text;
}

class Reader {
 public:
  explicit Reader(const TestDocument& document) noexcept : document_(document) {}

  void read(TestFile& file) {
    const json::Path root;
    if (const auto* cases = document_.root().if_array()) return read_cases(*cases, root, true, file);
    const auto* object = object_at(document_.root(), root, kFileKeys, "an object with `tests`, or a list of cases");
    if (object == nullptr) return;
    file.policies = path(*object, root, "policies");
    file.policy_text = text(*object, root, "policy_text");
    file.links = path(*object, root, "links");
    file.schema = path(*object, root, "schema");
    file.schema_text = text(*object, root, "schema_text");
    if (!file.policies.empty() && file.policy_text)
      wrong(root.child("policy_text"), "`policies` are given too", "keep one of the two");
    if (!file.schema.empty() && file.schema_text)
      wrong(root.child("schema_text"), "a `schema` is given too", "keep one of the two");
    entities(*object, root, file.entities, file.entities_file);
    const auto* tests = object->if_contains("tests");
    if (tests == nullptr) return wrong(root, "there are no `tests`", "add `tests:` with a list of cases");
    const json::Path at = root.child("tests");
    if (!tests->is_array())
      return wrong(at, fmt::format("`tests` is a list, found {}", json::kind_name(*tests)), "start each case with `-`");
    read_cases(tests->get_array(), at, false, file);
  }

  Errors take_errors() { return std::move(errors_); }

 private:
  void wrong(const json::Path& path, std::string message, std::string help, ErrorCode code = ErrorCode::invalid_test) {
    if (errors_.size() < document_.reported_errors())
      errors_.push_back(document_.at(path.to_string(), code, std::move(message), std::move(help)));
  }

  /// The object, its keys checked; null when it is none.
  const boost::json::object* object_at(const boost::json::value& value, const json::Path& path,
                                       std::span<const std::string_view> keys, std::string_view wanted) {
    const auto* object = value.if_object();
    if (object == nullptr) {
      wrong(path, fmt::format("expected {}, found {}", wanted, json::kind_name(value)), "see `quis test --help`");
      return nullptr;
    }
    for (const auto& member : *object) {
      const std::string_view key = member.key();
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        wrong(path.child(key), fmt::format("there is no key `{}` here", key), "the keys are " + listed(keys));
    }
    return object;
  }

  std::optional<std::string> text(const boost::json::object& object, const json::Path& path, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return std::string(value->get_string());
    wrong(path.child(key), fmt::format("`{}` is text, found {}", key, json::kind_name(*value)), "put it into quotes");
    return std::string();
  }

  std::string path(const boost::json::object& object, const json::Path& at, std::string_view key) {
    auto value = text(object, at, key);
    if (value && value->empty() && object.at(key).is_string())
      wrong(at.child(key), fmt::format("`{}` is empty", key), "name a file");
    return value.value_or(std::string());
  }

  void entities(const boost::json::object& object, const json::Path& path, std::string& inline_text,
                std::string& file) {
    const auto* value = object.if_contains("entities");
    if (value == nullptr) return;
    if (value->is_array()) {
      inline_text = json::to_compact_text(*value);
    } else if (value->is_string() && !value->get_string().empty()) {
      file = value->get_string();
    } else {
      wrong(path.child("entities"), fmt::format("`entities` is a file or a list, found {}", json::kind_name(*value)),
            R"(write a file's name, or [{"uid": …, "attrs": {…}, "parents": […]}])");
    }
  }

  void read_cases(const boost::json::array& cases, const json::Path& path, bool cedar, TestFile& file) {
    std::unordered_set<std::string> names;
    if (cases.empty()) wrong(path, "there is no case", "write at least one");
    file.tests.reserve(cases.size());
    const std::vector<SourceSpan> spans = document_.spans_of_elements(path.to_string());
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const json::Path at = path.child(i);
      const auto* object =
          object_at(cases[i], at, cedar ? std::span<const std::string_view>(kCedarKeys) : kCaseKeys, "a case");
      if (object == nullptr) continue;
      TestCase test = read_case(*object, at, cedar, i);
      if (i < spans.size()) test.span = spans[i];
      // Cedar has cases of one name, and without any; reports tell them apart by their places.
      while (cedar && names.contains(test.name)) test.name += fmt::format(" (case {})", i + 1);
      if (!names.insert(test.name).second)
        wrong(at.child("name"), fmt::format("another case is named `{}` too", test.name),
              "give each case a name of its own", ErrorCode::duplicate_key);
      file.tests.push_back(std::move(test));
    }
  }

  TestCase read_case(const boost::json::object& object, const json::Path& path, bool cedar, std::size_t index) {
    TestCase test;
    test.pointer = path.to_string();
    test.request_pointer = cedar ? test.pointer + "/request" : test.pointer;
    const auto name = text(object, path, "name");
    if (!cedar && (!name || name->empty())) wrong(path, "the case has no `name`", "say in a sentence what it shows");
    test.name = name && !name->empty() ? *name : fmt::format("case {}", index + 1);
    entities(object, path, test.entities, test.entities_file);
    decision(object, path, cedar, test.expected);
    if (cedar) {
      cedar_parts(object, path, test);
      return test;
    }
    test.request_json = request(object, path);
    test.expected.reasons = texts(object, path, "reasons");
    test.expected.errors = texts(object, path, "errors");
    if (!test.expected.errors) test.expected.errors.emplace();
    test.expected.step_up = texts(object, path, "step_up");
    if (test.expected.step_up && !test.expected.step_up->empty() && test.expected.permitted)
      wrong(path.child("step_up"), "what is allowed needs no step-up", "expect `step-up`, or leave `step_up` out");
    return test;
  }

  void decision(const boost::json::object& object, const json::Path& path, bool cedar, Expectation& expected) {
    const auto given = text(object, path, "decision");
    const std::string help = cedar ? "write `allow` or `deny`" : "write `allow`, `deny` or `step-up`";
    if (!given) return wrong(path, "the case has no `decision`", help);
    expected.permitted = *given == "allow";
    expected.lifted = *given == "step-up" && !cedar;
    if (!expected.permitted && !expected.lifted && *given != "deny")
      wrong(path.child("decision"), fmt::format("there is no decision `{}`", *given), help);
  }

  std::string request(const boost::json::object& object, const json::Path& path) {
    boost::json::object request;
    for (const std::string_view key : kRequestKeys) {
      const auto* value = object.if_contains(key);
      if (key == "context") {
        if (value == nullptr) continue;
        if (!value->is_object())
          wrong(path.child(key), fmt::format("`context` is an object, found {}", json::kind_name(*value)),
                "write {key: value}");
      } else if (value == nullptr) {
        wrong(path, fmt::format("the case has no `{}`", key), fmt::format("add `{}`", key));
        continue;
      } else if (!value->is_string() && !value->is_object()) {
        wrong(path.child(key), fmt::format("`{}` is an entity, found {}", key, json::kind_name(*value)),
              R"(write User::"alice")");
      }
      request[key] = *value;
    }
    return json::to_compact_text(request);
  }

  void cedar_parts(const boost::json::object& object, const json::Path& path, TestCase& test) {
    const auto* whole = object.if_contains("request");
    const json::Path at = path.child("request");
    if (whole == nullptr) {
      wrong(path, "the case has no `request`", "add it");
    } else if (const auto* parts = object_at(*whole, at, kRequestKeys, "a request")) {
      test.request_json = request(*parts, at);
    }
    if (object.if_contains("entities") == nullptr) wrong(path, "the case has no `entities`", "add it, if only as []");
    test.expected.reason = texts(object, path, "reason").value_or(std::vector<std::string>());
    const auto* errors = object.if_contains("num_errors");
    if (errors == nullptr || !errors->is_int64() || errors->get_int64() < 0)
      return wrong(path, "the case has no number `num_errors`", "say how many policies err");
    test.expected.error_count = static_cast<std::size_t>(errors->get_int64());
  }

  std::optional<std::vector<std::string>> texts(const boost::json::object& object, const json::Path& path,
                                                std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> result;
    const auto* array = value->if_array();
    const json::Path at = path.child(key);
    if (array == nullptr) {
      wrong(at, fmt::format("`{}` is a list, found {}", key, json::kind_name(*value)), "write [a, b]");
      return result;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
      const auto& element = (*array)[i];
      if (element.is_string()) {
        result.emplace_back(element.get_string());
      } else {
        wrong(at.child(i), fmt::format("`{}` is a list of texts, found {}", key, json::kind_name(element)),
              "put it into quotes");
      }
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  const TestDocument& document_;
  Errors errors_;
};

}  // namespace

Result<TestFile> read_test_file(TestDocument document) {
  TestFile file{std::move(document), {}, {}, {}, {}, {}, {}, {}, {}};
  Reader reader(file.document);
  reader.read(file);
  if (Errors errors = reader.take_errors(); !errors.empty()) return tl::make_unexpected(std::move(errors));
  return file;
}

}  // namespace quis::cli
