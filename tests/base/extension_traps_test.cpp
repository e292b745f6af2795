// Cedar's own answers about extension values (tests/data/traps), for the expressions that need no evaluator: a
// constructor of a plain string literal, and any chain of methods on one.

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <base/json.hpp>
#include <quis/base/evaluation_error.hpp>
#include <quis/base/extension.hpp>

#include "shared_data.hpp"

namespace {

using Outcome = tl::expected<quis::Value, quis::EvaluationError>;

/// Evaluates `fn("text").method(argument)…`. Null when the expression is anything else.
class ChainReader {
 public:
  ChainReader(std::string_view text, quis::ValueArena& arena) : rest_(text), arena_(arena) {}

  std::optional<Outcome> read_all() {
    auto value = read();
    return rest_.empty() ? value : std::nullopt;
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  const quis::ExtensionSignature* take_name() {
    const std::string_view name = rest_.substr(0, rest_.find('('));
    if (name.size() == rest_.size()) return nullptr;
    rest_.remove_prefix(name.size() + 1);
    return quis::find_extension(name);
  }

  std::optional<Outcome> read() {
    const auto* function = take_name();
    if (function == nullptr || !function->is_constructor || !take("\"")) return std::nullopt;
    const std::string_view text = rest_.substr(0, rest_.find('"'));
    rest_.remove_prefix(text.size());
    if (text.find('\\') != std::string_view::npos || !take("\")")) return std::nullopt;
    Outcome value = quis::call_extension(function->function, std::vector{quis::Value::string(text)}, arena_);
    while (take(".")) {
      const auto* method = take_name();
      if (method == nullptr || method->is_constructor) return std::nullopt;
      std::optional<Outcome> argument;
      if (!take(")")) {
        argument = read();
        if (!argument || !take(")")) return std::nullopt;
      }
      if (!value || (argument && !*argument)) {
        if (value) value = *argument;
        continue;
      }
      std::vector<quis::Value> arguments{*value};
      if (argument) arguments.push_back(**argument);
      value = quis::call_extension(method->function, arguments, arena_);
    }
    return value;
  }

  std::string_view rest_;
  quis::ValueArena& arena_;
};

quis::Value expected_value(const boost::json::value& json, quis::ValueArena& arena) {
  if (json.is_bool()) return quis::Value::boolean(json.get_bool());
  if (json.is_int64()) return quis::Value::integer(json.get_int64());
  if (json.is_string()) return arena.string({json.get_string().data(), json.get_string().size()});
  const auto& call = json.at("__extn").as_object();
  const auto& name = call.at("fn").as_string();
  std::vector<quis::Value> arguments;
  if (const auto* one = call.if_contains("arg")) {
    arguments.push_back(expected_value(*one, arena));
  } else {
    for (const auto& argument : call.at("args").as_array()) arguments.push_back(expected_value(argument, arena));
  }
  return quis::call_extension(quis::find_extension({name.data(), name.size()})->function, arguments, arena).value();
}

}  // namespace

TEST_CASE("extension values are what Cedar says they are") {
  std::istringstream lines(quis::test::read_file(quis::test::data("traps/extensions.jsonl")));
  quis::ValueArena arena;
  int checked = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto row = quis::json::parse(line, "extensions.jsonl").value();
    const std::string expression(row.at("expr").as_string());
    const auto& expect = row.at("expect").as_object();
    const auto outcome = ChainReader(expression, arena).read_all();
    if (!outcome) continue;
    CAPTURE(expression);
    ++checked;
    if (const auto* value = expect.if_contains("value")) {
      REQUIRE(outcome->has_value());
      CHECK(**outcome == expected_value(*value, arena));
    } else {
      CHECK(expect.at("error").as_string() == "evaluation");
      CHECK_FALSE(outcome->has_value());
    }
  }
  CHECK(checked > 800);
}
