#pragma once

#include <cstdint>
#include <vector>

#include "policy/format_words.hpp"

namespace quis::format {

/// Writes expressions. The grammar is that of expression_parser.cpp, as far as layout depends on it; how each construct
/// breaks is Cedar's choice.
class ExpressionWriter : public WordWriter {
 public:
  /// Borrows the pieces. `indent`: spaces that a nested line is moved by.
  ExpressionWriter(const std::vector<Piece>& pieces, std::uint32_t indent) noexcept
      : WordWriter(pieces), indent_(indent) {}

 protected:
  [[nodiscard]] std::uint32_t indent() const noexcept { return indent_; }

  void expression();
  /// `A::B`
  void name();

 private:
  void conditional();
  /// `if`, `then` or `else` and its expression.
  void branch();
  [[nodiscard]] bool at_comparison() const noexcept;
  void relation();
  void nested_sum();
  void sum();
  void product();
  void operation();
  void unary();
  void member();
  void access();
  void arguments();
  void primary();
  void record();

  template <class WriteOperand>
  void chain(TokenKind operation, WriteOperand write_operand) {
    write_operand();
    while (at(operation)) {
      out_.space();
      word(Then::line);
      write_operand();
    }
  }

  std::uint32_t indent_;
};

}  // namespace quis::format
