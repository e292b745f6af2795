// Expressions from operators down to unary ones; primaries, attributes and calls are in expression_primary.cpp.
//
// The grammar, loosest first (what stands in braces repeats):
//
//   expression   = "if" expression "then" expression "else" expression | disjunction
//   disjunction  = conjunction {"||" conjunction}
//   conjunction  = relation {"&&" relation}
//   relation     = sum [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") sum | "has" path | "like" pattern | "is" type
//   ["in" sum]] sum          = product {("+" | "-") product} product      = unary {"*" unary} unary        = up to four
//   "!" or up to four "-", then a member member       = primary {"." name | "." name "(" arguments ")" | "[" string
//   "]"}
//
// Relations do not chain and `!` does not mix with `-` without brackets; both are Cedar's rules. A minus before digits
// makes a negative literal, which is how the least integer can be written although its digits alone are too large.

#include "policy/expression_parser.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "policy/spelling.hpp"
#include "policy/string_escape.hpp"

namespace quis {

namespace {

constexpr std::uint32_t kMostUnary = 4;
constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::int64_t>::max();

std::optional<Op> relation_operator(const Token& token) noexcept {
  switch (token.kind) {
    case TokenKind::equal_equal:
    case TokenKind::equal:  // reported by the caller
      return Op::equal;
    case TokenKind::not_equal: return Op::not_equal;
    case TokenKind::less: return Op::less;
    case TokenKind::less_equal: return Op::less_equal;
    case TokenKind::greater: return Op::greater;
    case TokenKind::greater_equal: return Op::greater_equal;
    case TokenKind::identifier:
      if (token.text == "in") return Op::in;
      return std::nullopt;
    default: return std::nullopt;
  }
}

/// Null when the digits do not fit 64 bits.
std::optional<std::uint64_t> unsigned_value(const Token& token) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

BuiltExpr ExpressionParser::expression() { return tokens_.at_word("if") ? conditional() : disjunction(); }

BuiltExpr ExpressionParser::conditional() {
  const Nesting open(tokens_);
  const SourceSpan start = tokens_.take().span;
  const BuiltExpr condition = expression();
  tokens_.expect_word("then");
  const BuiltExpr then = expression();
  tokens_.expect_word("else");
  const BuiltExpr otherwise = expression();
  return build_.conditional(condition, then, otherwise, tokens_.since(start));
}

BuiltExpr ExpressionParser::disjunction() {
  const SourceSpan start = tokens_.current().span;
  const BuiltExpr first = conjunction();
  if (!tokens_.at(TokenKind::or_or)) return first;
  std::vector<BuiltExpr> operands{first};
  while (tokens_.accept(TokenKind::or_or)) operands.push_back(conjunction());
  return build_.chain(Op::or_, operands, tokens_.since(start));
}

BuiltExpr ExpressionParser::conjunction() {
  const SourceSpan start = tokens_.current().span;
  const BuiltExpr first = relation();
  if (!tokens_.at(TokenKind::and_and)) return first;
  std::vector<BuiltExpr> operands{first};
  while (tokens_.accept(TokenKind::and_and)) operands.push_back(relation());
  return build_.chain(Op::and_, operands, tokens_.since(start));
}

BuiltExpr ExpressionParser::relation() {
  const SourceSpan start = tokens_.current().span;
  BuiltExpr result = sum();
  if (tokens_.accept_word("has")) {
    result = has(result, start);
  } else if (tokens_.accept_word("like")) {
    result = like(result, start);
  } else if (tokens_.accept_word("is")) {
    result = is(result, start);
  } else if (relation_operator(tokens_.current())) {
    result = comparison(result, start);
  } else {
    return result;
  }
  const bool another = relation_operator(tokens_.current()) || tokens_.at_word("has") || tokens_.at_word("like") ||
                       tokens_.at_word("is");
  if (another) tokens_.unexpected("the end of the comparison", "comparisons do not chain: put one in brackets");
  return result;
}

BuiltExpr ExpressionParser::comparison(BuiltExpr left, const SourceSpan& start) {
  const Token token = tokens_.take();
  if (token.kind == TokenKind::equal) {
    tokens_.report(token.span, ErrorCode::unexpected_token, "`=` is not an operator", "use `==` to compare");
  }
  const BuiltExpr right = sum();
  return build_.binary(*relation_operator(token), left, right, tokens_.since(start));
}

BuiltExpr ExpressionParser::has(BuiltExpr left, const SourceSpan& start) {
  constexpr std::string_view kExpected = "the name of an attribute";
  if (tokens_.at(TokenKind::string)) {
    const std::string name = read_string(tokens_, tokens_.take());
    return build_.has_attribute(left, names_.symbol(name), tokens_.since(start));
  }
  std::vector<SymbolId> path;
  do {
    if (!tokens_.at(TokenKind::identifier)) {
      tokens_.unexpected(kExpected);
      return {};
    }
    const Token name = tokens_.take();
    check_not_reserved(tokens_, name, "an attribute without quotes", fmt::format("write `has \"{}\"`", name.text));
    path.push_back(names_.symbol(name.text));
  } while (tokens_.accept(TokenKind::dot));
  return build_.has_chain(left, path, tokens_.since(start));
}

BuiltExpr ExpressionParser::like(BuiltExpr left, const SourceSpan& start) {
  if (!tokens_.at(TokenKind::string)) {
    tokens_.unexpected("a pattern in quotes", "the right side of `like` is a string literal with `*` for any text");
    return {};
  }
  const Token token = tokens_.take();
  auto pieces = unescape_pattern(token.text.substr(1, token.text.size() - 2));
  if (!pieces) {
    SourceSpan where = token.span;
    where.offset += static_cast<std::uint32_t>(1 + pieces.error().offset);
    where.length = static_cast<std::uint32_t>(pieces.error().length);
    tokens_.report(where, ErrorCode::invalid_escape, std::move(pieces.error().message), std::move(pieces.error().help));
    return reported();
  }
  return build_.like(left, *pieces, tokens_.since(start));
}

BuiltExpr ExpressionParser::is(BuiltExpr left, const SourceSpan& start) {
  if (!tokens_.at(TokenKind::identifier)) {
    tokens_.unexpected("an entity type", tokens_.at(TokenKind::string) ? "remove the quotes" : "");
    return {};
  }
  const NameOrUid type = read_name_or_uid(tokens_);
  if (type.id) {
    tokens_.report(type.span, ErrorCode::unexpected_token, "`is` takes an entity type, not an entity",
                   fmt::format("write `is {}`, or compare with `==`", type.name));
  }
  if (!tokens_.accept_word("in")) return build_.is(left, names_.type(type.name), tokens_.since(start));
  const BuiltExpr parent = sum();
  return build_.is_in(left, names_.type(type.name), parent, tokens_.since(start));
}

BuiltExpr ExpressionParser::sum() {
  const SourceSpan start = tokens_.current().span;
  BuiltExpr left = product();
  while (tokens_.at(TokenKind::plus) || tokens_.at(TokenKind::minus)) {
    const Op op = tokens_.take().kind == TokenKind::plus ? Op::add : Op::subtract;
    const BuiltExpr right = product();
    left = build_.binary(op, left, right, tokens_.since(start));
  }
  return left;
}

BuiltExpr ExpressionParser::product() {
  const SourceSpan start = tokens_.current().span;
  BuiltExpr left = unary();
  while (tokens_.at(TokenKind::star) || tokens_.at(TokenKind::slash) || tokens_.at(TokenKind::percent)) {
    const Token token = tokens_.take();
    if (token.kind != TokenKind::star) {
      tokens_.report(token.span, ErrorCode::unexpected_token, fmt::format("there is no operator `{}`", token.text),
                     "of arithmetic Cedar has `+`, `-` and `*`");
    }
    const BuiltExpr right = unary();
    left = build_.binary(Op::multiply, left, right, tokens_.since(start));
  }
  return left;
}

BuiltExpr ExpressionParser::unary() {
  const Token first = tokens_.current();
  if (first.kind != TokenKind::bang && first.kind != TokenKind::minus) return member();

  std::uint32_t count = 0;
  while (tokens_.accept(first.kind)) ++count;
  if (count > kMostUnary) {
    tokens_.report(tokens_.since(first.span), ErrorCode::limit_exceeded,
                   fmt::format("more than {} `{}` in a row", kMostUnary, first.text), "two of them cancel out");
    count = kMostUnary;
  }
  if (tokens_.at(TokenKind::bang) || tokens_.at(TokenKind::minus)) {
    tokens_.unexpected("an operand", "`!` and `-` do not mix without brackets: write `!(-x)` or `-(!x)`");
  }
  if (first.kind == TokenKind::minus) return negation(count, first.span);
  BuiltExpr result = member();
  for (; count > 0; --count) result = build_.unary(Op::not_, result, tokens_.since(first.span));
  return result;
}

// `-5` is a literal, `-5.a` and `-(5)` are negations.
BuiltExpr ExpressionParser::negation(std::uint32_t count, const SourceSpan& start) {
  const Token token = tokens_.current();
  BuiltExpr result;
  if (token.kind == TokenKind::integer) {
    tokens_.take();
    const bool alone =
        !tokens_.at(TokenKind::dot) && !tokens_.at(TokenKind::left_bracket) && !tokens_.at(TokenKind::left_paren);
    const auto magnitude = unsigned_value(token);
    if (!alone) {
      result = accesses(positive_integer(token), token.span);
    } else if (magnitude && *magnitude <= kLargestInteger + 1) {
      const auto value = static_cast<std::int64_t>(0 - *magnitude);
      result = build_.integer(value, tokens_.since(start));
      --count;
    } else {
      tokens_.report(tokens_.since(start), ErrorCode::integer_overflow,
                     fmt::format("{} is too small", shown(fmt::format("-{}", token.text))),
                     "the least integer is -9223372036854775808");
      result = reported();
    }
  } else {
    result = member();
  }
  for (; count > 0; --count) result = build_.unary(Op::negate, result, tokens_.since(start));
  return result;
}

BuiltExpr ExpressionParser::positive_integer(const Token& token) {
  const auto value = unsigned_value(token);
  if (value && *value <= kLargestInteger) return build_.integer(static_cast<std::int64_t>(*value), token.span);
  tokens_.report(token.span, ErrorCode::integer_overflow, fmt::format("{} is too large", shown(token.text)),
                 "the greatest integer is 9223372036854775807");
  return reported();
}

}  // namespace quis
