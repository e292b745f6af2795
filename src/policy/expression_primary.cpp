// Expressions from the inside: literals, variables, entities, sets, records, calls, attributes.
//
//   primary    = integer | string | "true" | "false" | variable | uid | function "(" arguments ")"
//              | "(" expression ")" | "[" expressions "]" | "{" {key ":" expression} "}"
//   key        = name | string
//
// A name that is neither a variable nor called is an error here, for Cedar has no other variables. Whether an extension
// function gets the right *number* of arguments is asked at evaluation only; Cedar's own methods are checked here.

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "policy/expression_parser.hpp"
#include "policy/foreign_words.hpp"
#include "policy/spelling.hpp"

namespace quis {

namespace {

struct BuiltinMethod {
  std::string_view name;
  Op op;
  std::size_t arguments;  // without the receiver
};

constexpr BuiltinMethod kBuiltins[] = {
    {"contains", Op::contains, 1}, {"containsAll", Op::contains_all, 1}, {"containsAny", Op::contains_any, 1},
    {"isEmpty", Op::is_empty, 0},  {"getTag", Op::get_tag, 1},           {"hasTag", Op::has_tag, 1},
};

const BuiltinMethod* find_builtin(std::string_view name) noexcept {
  const auto* found = std::find_if(std::begin(kBuiltins), std::end(kBuiltins),
                                   [name](const BuiltinMethod& builtin) { return builtin.name == name; });
  return found == std::end(kBuiltins) ? nullptr : found;
}

std::vector<std::string_view> callable_names(bool methods) {
  std::vector<std::string_view> names;
  for (const ExtensionSignature& signature : extension_signatures()) {
    if (signature.is_constructor != methods) names.push_back(signature.name);
  }
  if (methods) {
    for (const BuiltinMethod& builtin : kBuiltins) names.push_back(builtin.name);
  }
  return names;
}

constexpr std::array<std::pair<std::string_view, Variable>, 4> kVariables = {{{"principal", Variable::principal},
                                                                              {"action", Variable::action},
                                                                              {"resource", Variable::resource},
                                                                              {"context", Variable::context}}};

constexpr std::array<std::string_view, 6> kLikelyWords = {"principal", "action", "resource",
                                                          "context",   "true",   "false"};

std::string help_for_unknown_word(std::string_view word) {
  if (word == "null" || word == "nil" || word == "undefined" || word == "None") {
    return "Cedar has no such value; ask with `has` whether an attribute is there";
  }
  if (word == "not" || word == "NOT") return "use `!`";
  return did_you_mean(word, kLikelyWords, "the variables are `principal`, `action`, `resource` and `context`");
}

}  // namespace

BuiltExpr ExpressionParser::member() {
  const SourceSpan start = tokens_.current().span;
  return accesses(primary(), start);
}

BuiltExpr ExpressionParser::accesses(BuiltExpr receiver, const SourceSpan& start) {
  while (true) {
    if (tokens_.accept(TokenKind::dot)) {
      receiver = attribute_or_method(receiver, start);
    } else if (tokens_.at(TokenKind::left_bracket)) {
      receiver = index(receiver, start);
    } else if (tokens_.at(TokenKind::left_paren)) {
      tokens_.unexpected("an operator", "only functions and methods can be called");
    } else {
      return receiver;
    }
  }
}

BuiltExpr ExpressionParser::attribute_or_method(BuiltExpr receiver, const SourceSpan& start) {
  if (!tokens_.at(TokenKind::identifier)) {
    tokens_.unexpected("the name of an attribute or method",
                       tokens_.at(TokenKind::integer) ? "write a decimal as `decimal(\"1.5\")`" : "");
    return {};
  }
  const Token name = tokens_.take();
  check_not_reserved(tokens_, name, "an attribute without quotes", fmt::format("write `[\"{}\"]`", name.text));
  if (tokens_.at(TokenKind::left_paren)) return method(receiver, name, start);
  return build_.get_attribute(receiver, names_.symbol(name.text), tokens_.since(start));
}

BuiltExpr ExpressionParser::index(BuiltExpr receiver, const SourceSpan& start) {
  const Nesting open(tokens_);
  tokens_.take();
  if (!tokens_.at(TokenKind::string)) {
    tokens_.unexpected("the name of an attribute in quotes",
                       tokens_.at(TokenKind::integer) ? "sets have no order; ask with `.contains(…)`" : "");
    return {};
  }
  const std::string name = read_string(tokens_, tokens_.take());
  tokens_.expect(TokenKind::right_bracket, "`]`");
  return build_.get_attribute(receiver, names_.symbol(name), tokens_.since(start));
}

BuiltExpr ExpressionParser::method(BuiltExpr receiver, const Token& name, const SourceSpan& start) {
  std::vector<BuiltExpr> operands = arguments();
  const std::size_t given = operands.size();
  operands.insert(operands.begin(), receiver);

  if (const BuiltinMethod* builtin = find_builtin(name.text)) {
    if (given != builtin->arguments) {
      tokens_.report(tokens_.since(name.span), ErrorCode::wrong_arity,
                     fmt::format("`{}` takes {} argument{}, found {}", name.text,
                                 builtin->arguments == 0 ? "no" : "one", builtin->arguments == 0 ? "s" : "", given),
                     fmt::format("write `.{}({})`", name.text, builtin->arguments == 0 ? "" : "…"));
      return reported();
    }
    if (builtin->arguments == 0) return build_.unary(builtin->op, receiver, tokens_.since(start));
    return build_.binary(builtin->op, receiver, operands.back(), tokens_.since(start));
  }
  const ExtensionSignature* extension = find_extension(name.text);
  if (extension != nullptr && !extension->is_constructor) {
    return build_.call(extension->function, operands, tokens_.since(start));
  }
  if (extension != nullptr) {
    tokens_.report(name.span, ErrorCode::unknown_function, fmt::format("`{}` is a function, not a method", name.text),
                   fmt::format("write `{}(…)`", name.text));
  } else {
    tokens_.report(name.span, ErrorCode::unknown_function, fmt::format("there is no method {}", shown(name.text)),
                   instead_of_method(name.text, callable_names(true)));
  }
  return reported();
}

BuiltExpr ExpressionParser::function(const NameOrUid& name) {
  const std::vector<BuiltExpr> operands = arguments();
  const ExtensionSignature* extension = find_extension(name.name);
  if (extension != nullptr && extension->is_constructor) {
    return build_.call(extension->function, operands, tokens_.since(name.span));
  }
  if (extension != nullptr || find_builtin(name.name) != nullptr) {
    tokens_.report(name.span, ErrorCode::unknown_function, fmt::format("`{}` is a method, not a function", name.name),
                   fmt::format("write `x.{}(…)`", name.name));
  } else {
    tokens_.report(name.span, ErrorCode::unknown_function, fmt::format("there is no function {}", shown(name.name)),
                   instead_of_function(name.name, callable_names(false)));
  }
  return reported();
}

std::vector<BuiltExpr> ExpressionParser::arguments() {
  const Nesting open(tokens_);
  tokens_.take();
  return list(TokenKind::right_paren, "`,` or `)`");
}

std::vector<BuiltExpr> ExpressionParser::list(TokenKind close, std::string_view what) {
  std::vector<BuiltExpr> result;
  while (!tokens_.accept(close)) {
    result.push_back(expression());
    if (tokens_.accept(TokenKind::comma)) continue;
    tokens_.expect(close, what);
    break;
  }
  return result;
}

BuiltExpr ExpressionParser::primary() {
  switch (tokens_.current().kind) {
    case TokenKind::integer: return positive_integer(tokens_.take());
    case TokenKind::string: {
      const Token token = tokens_.take();
      return build_.string(read_string(tokens_, token), token.span);
    }
    case TokenKind::identifier: return word();
    case TokenKind::left_paren: return bracketed();
    case TokenKind::left_bracket: return set();
    case TokenKind::left_brace: return record();
    case TokenKind::slot:
      tokens_.report(tokens_.current().span, ErrorCode::invalid_slot,
                     fmt::format("a slot may not stand in an expression, found {}", shown(tokens_.current().text)),
                     "slots stand in the scope: `principal == ?principal`");
      tokens_.take();
      return reported();
    default: tokens_.unexpected("an expression"); return {};
  }
}

BuiltExpr ExpressionParser::word() {
  const Token first = tokens_.current();
  if (first.text == "true" || first.text == "false") {
    tokens_.take();
    return build_.boolean(first.text == "true", first.span);
  }
  if (is_reserved(first.text)) {
    tokens_.unexpected("an expression");
    return {};
  }
  const NameOrUid name = read_name_or_uid(tokens_);
  if (name.id) return build_.entity(names_.entity(names_.type(name.name), *name.id), name.span);

  const auto* variable = std::find_if(kVariables.begin(), kVariables.end(),
                                      [&name](const auto& candidate) { return candidate.first == name.name; });
  const bool is_variable = variable != kVariables.end();
  if (tokens_.at(TokenKind::left_paren) && !is_variable) return function(name);
  if (is_variable) return build_.variable(variable->second, name.span);
  if (name.qualified) {
    tokens_.report(name.span, ErrorCode::unexpected_token, fmt::format("{} is a type, not a value", shown(name.name)),
                   fmt::format("write `{}::\"…\"` for an entity", name.name));
  } else {
    tokens_.report(name.span, ErrorCode::unexpected_token, fmt::format("there is no variable {}", shown(name.name)),
                   help_for_unknown_word(name.name));
  }
  return reported();
}

BuiltExpr ExpressionParser::bracketed() {
  const Nesting open(tokens_);
  tokens_.take();
  const BuiltExpr inner = expression();
  tokens_.expect(TokenKind::right_paren, "an operator or `)`");
  return inner;
}

BuiltExpr ExpressionParser::set() {
  const Nesting open(tokens_);
  const SourceSpan start = tokens_.take().span;
  const std::vector<BuiltExpr> elements = list(TokenKind::right_bracket, "`,` or `]`");
  return build_.set(elements, tokens_.since(start));
}

std::string ExpressionParser::record_key() {
  if (tokens_.at(TokenKind::string)) return read_string(tokens_, tokens_.take());
  if (!tokens_.at(TokenKind::identifier)) {
    tokens_.unexpected("the name of an attribute or `}`");
    return {};
  }
  const Token name = tokens_.take();
  check_not_reserved(tokens_, name, "an attribute without quotes", fmt::format("write `\"{}\"`", name.text));
  return std::string(name.text);
}

BuiltExpr ExpressionParser::record() {
  const Nesting open(tokens_);
  const SourceSpan start = tokens_.take().span;
  std::vector<SymbolId> keys;
  std::vector<BuiltExpr> values;
  std::vector<std::pair<SymbolId, SourceSpan>> places;
  while (!tokens_.accept(TokenKind::right_brace)) {
    const SourceSpan place = tokens_.current().span;
    const std::string key = record_key();
    tokens_.expect(TokenKind::colon, "`:`");
    values.push_back(expression());
    keys.push_back(names_.symbol(key));
    places.emplace_back(keys.back(), place);
    if (tokens_.accept(TokenKind::comma)) continue;
    tokens_.expect(TokenKind::right_brace, "`,` or `}`");
    break;
  }
  std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i].first != places[i - 1].first) continue;
    tokens_.report(places[i].second, ErrorCode::duplicate_key, "this attribute stands in the record already",
                   "remove one of the two");
  }
  return build_.record(keys, values, tokens_.since(start));
}

}  // namespace quis
