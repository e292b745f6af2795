#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include <quis/policy/expression.hpp>

#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "engine/interpreter.hpp"

namespace quis::cli {
namespace {

struct Options {
  std::string expression;
  SchemaInput schema;
  EntitiesInput entities;
  RequestInput request;
};

bool reads_request(const Expr& expression) {
  return expression.op == Op::variable || std::any_of(expression.operands.begin(), expression.operands.end(),
                                                      [](const Expr* operand) { return reads_request(*operand); });
}

/// Keeps the expression without a value that evaluation met first: the innermost one.
struct KeepFirstError {
  const Expr** failed;

  void operator()(const Expr& expression, const Evaluated& value) const noexcept {
    if (!value && *failed == nullptr) *failed = &expression;
  }
};

void evaluate_expression(const Options& options, Tool& tool) {
  const auto expression = parse_expression(options.expression);
  if (!expression) return tool.fail(expression.error());
  const auto schema = options.schema.load();
  if (!schema) return tool.fail(schema.error());
  const auto entities = options.entities.load(*schema);
  if (!entities) return tool.fail(entities.error());
  Result<OwnedRequest> request = OwnedRequest();
  if (options.request.given() || reads_request(*expression->root)) request = options.request.load(*schema);
  if (!request) return tool.fail(request.error());
  ValueArena arena;
  const Request view = request->view();
  const Expr* failed = nullptr;
  const auto value =
      Interpreter<KeepFirstError>(view, *entities, arena, KeepFirstError{&failed}).evaluate(*expression->root);
  if (!value) {
    Diagnostic error;
    error.code = ErrorCode::evaluation;
    error.message = to_text(value.error(), view.names);
    attach_source(error, "expression", options.expression, failed->span.offset, failed->span.length);
    return tool.fail({std::move(error)});
  }
  const std::string text = to_text(*value, view.names);
  if (tool.json) {
    tool.out << boost::json::object{{"value", text}, {"kind", to_string(value->kind())}} << '\n';
  } else {
    tool.out << text << '\n';
  }
}

}  // namespace

void add_evaluate(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "evaluate", "Evaluate a Cedar expression and print its value");
  verb.option("expression", options->expression, "Expression to evaluate").required();
  options->request.add_to(verb);
  options->schema.add_to(verb);
  options->entities.add_to(verb, false);
  verb.footer("Example:\n  quis evaluate 'ip(\"10.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))'");
  verb.run([options, &tool] { evaluate_expression(*options, tool); });
}

}  // namespace quis::cli
