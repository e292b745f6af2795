#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/format_layout.hpp"
#include "policy/format_tokens.hpp"

namespace quis::format {

/// Writes the words of a text into a layout, one after the other, each with the comments that belong to it: a comment
/// behind a word ends its line, one before a word stands on a line of its own.
///
/// The text is known to be well-formed: whoever writes a construct asks which word is at hand, never whether one is.
class WordWriter {
 public:
  /// Borrows the pieces, which end with the end of the text.
  explicit WordWriter(const std::vector<Piece>& pieces) noexcept : pieces_(pieces) {}

 protected:
  /// What comes after a word that has no comment behind it.
  enum class Then : std::uint8_t { nothing, space, line, hard_line };

  [[nodiscard]] const Piece& piece() const noexcept { return pieces_[position_]; }
  [[nodiscard]] const Piece& piece_behind(std::size_t words) const noexcept { return pieces_[position_ + words]; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return piece().kind == kind; }
  [[nodiscard]] bool at_behind(TokenKind kind) const noexcept { return piece_behind(1).kind == kind; }
  [[nodiscard]] bool at_word(std::string_view text) const noexcept {
    return at(TokenKind::identifier) && piece().text == text;
  }
  /// Whether a comma is at hand with nothing but a closing bracket behind it.
  [[nodiscard]] bool at_idle_comma() const noexcept { return is_idle_comma(pieces_, position_); }

  /// The word at hand, with its comments.
  void word(Then then = Then::nothing);
  /// The same in two steps, or three: what else is written in between stands between them.
  void leading();
  void rest_of_word(Then then = Then::nothing);
  void text_of_word() { out_.text(piece().text); }
  void end_of_word(Then then);

  /// The comments before the first word of an expression, which then has none left: they stand outside of the group
  /// that the expression is.
  void leading_of_expression();
  /// A word that may be the first of an expression.
  void first_word();

  /// The comma at the end of a list goes. A comment that then stands behind the word before it stays there; others
  /// belong to the bracket behind it from now on.
  void drop_comma();

  /// Elements with commas between them, up to the closing bracket.
  template <class WriteOne>
  void list(TokenKind close, WriteOne write_one) {
    while (!at(close)) {
      write_one();
      if (!at(TokenKind::comma)) return;
      if (at_idle_comma()) return drop_comma();
      word();
      out_.line();
    }
  }

  Layout out_;

 private:
  void trailing(Then then);

  const std::vector<Piece>& pieces_;
  std::size_t position_ = 0;
  std::size_t leading_done_ = static_cast<std::size_t>(-1);  // the word whose leading comments were written already
  std::vector<std::string_view> carried_;                    // comments that belong to the word at hand, before its own
};

}  // namespace quis::format
