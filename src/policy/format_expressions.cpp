#include "policy/format_expressions.hpp"

namespace quis::format {

void ExpressionWriter::expression() {
  if (at_word("if")) return conditional();
  chain(TokenKind::or_or, [this] { chain(TokenKind::and_and, [this] { relation(); }); });
}

void ExpressionWriter::conditional() {
  out_.begin_group();
  branch();
  out_.line();
  branch();
  out_.line();
  branch();
  out_.end_group();
}

void ExpressionWriter::branch() {
  first_word();
  out_.begin_nest(indent_);
  out_.line();
  expression();
  out_.end_nest();
}

bool ExpressionWriter::at_comparison() const noexcept {
  switch (piece().kind) {
    case TokenKind::equal_equal:
    case TokenKind::not_equal:
    case TokenKind::less:
    case TokenKind::less_equal:
    case TokenKind::greater:
    case TokenKind::greater_equal: return true;
    default: return at_word("in");
  }
}

void ExpressionWriter::relation() {
  out_.begin_group();
  sum();
  if (at_word("has") || at_word("like")) {
    out_.line();
    word();
    out_.line();
    nested_sum();
  } else if (at_word("is")) {
    out_.space();
    word();
    out_.space();
    nested_sum();
    if (at_word("in")) {
      out_.line();
      word();
      out_.space();
      nested_sum();
    }
  } else if (at_comparison()) {
    out_.space();
    word();
    out_.space();
    sum();
  }
  out_.end_group();
}

void ExpressionWriter::nested_sum() {
  out_.begin_nest(indent_);
  sum();
  out_.end_nest();
}

void ExpressionWriter::sum() {
  out_.begin_group();
  product();
  while (at(TokenKind::plus) || at(TokenKind::minus)) {
    operation();
    product();
  }
  out_.end_group();
}

void ExpressionWriter::product() {
  out_.begin_group();
  unary();
  while (at(TokenKind::star)) {
    operation();
    unary();
  }
  out_.end_group();
}

void ExpressionWriter::operation() {
  out_.space();
  word();
  out_.line();
}

void ExpressionWriter::unary() {
  while (at(TokenKind::bang) || at(TokenKind::minus)) first_word();
  member();
}

void ExpressionWriter::member() {
  out_.begin_group();
  primary();
  const auto at_access = [this] {
    return at(TokenKind::dot) || at(TokenKind::left_paren) || at(TokenKind::left_bracket);
  };
  if (at_access()) {
    out_.begin_nest(indent_);
    access();
    while (at_access()) {
      out_.soft_line();
      access();
    }
    out_.end_nest();
  }
  out_.end_group();
}

void ExpressionWriter::access() {
  if (at(TokenKind::dot)) {
    word();
    word();
  } else if (at(TokenKind::left_bracket)) {
    word();
    expression();
    word();
  } else {
    arguments();
  }
}

void ExpressionWriter::arguments() {
  word();
  if (!at(TokenKind::right_paren)) {
    out_.begin_nest(indent_);
    out_.soft_line();
    list(TokenKind::right_paren, [this] { expression(); });
    out_.end_nest();
    out_.soft_line();
  }
  word();
}

void ExpressionWriter::name() {
  first_word();
  while (at(TokenKind::double_colon)) {
    word();
    word();
  }
}

void ExpressionWriter::primary() {
  switch (piece().kind) {
    case TokenKind::left_paren:
      out_.begin_group();
      first_word();
      out_.begin_nest(1);
      expression();
      out_.end_nest();
      word();
      return out_.end_group();
    case TokenKind::left_bracket:
      first_word();
      out_.begin_nest(1);
      list(TokenKind::right_bracket, [this] { expression(); });
      out_.end_nest();
      return word();
    case TokenKind::left_brace: return record();
    case TokenKind::identifier: return name();
    default: return first_word();
  }
}

void ExpressionWriter::record() {
  first_word();
  if (!at(TokenKind::right_brace)) {
    out_.begin_nest(indent_);
    out_.begin_group();
    out_.line();
    list(TokenKind::right_brace, [this] {
      word();
      word();
      out_.space();
      expression();
    });
    out_.line();
    out_.end_group();
    out_.end_nest();
  }
  word();
}

}  // namespace quis::format
