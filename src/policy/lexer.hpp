#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <quis/base/result.hpp>

#include "base/type_name.hpp"

namespace quis {

enum class TokenKind : std::uint8_t {
  end,         ///< of the text
  identifier,  ///< keywords too: which words are keywords depends on the place
  integer,     ///< decimal digits, any number of them
  string,      ///< with its quotes and escapes
  slot,        ///< `?name`
  at,
  dot,
  comma,
  semicolon,
  colon,
  double_colon,
  left_paren,
  right_paren,
  left_bracket,
  right_bracket,
  left_brace,
  right_brace,
  equal_equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  and_and,
  or_or,
  plus,
  minus,
  star,
  slash,
  percent,
  bang,
  equal,
  invalid,  ///< see `Lexer::error`
};

struct Token {
  TokenKind kind = TokenKind::end;
  SourceSpan span;
  std::string_view text;  ///< as it stands in the source
};

/// Why a stretch of text is no token.
struct LexicalError {
  ErrorCode code = ErrorCode::invalid_token;
  std::string message;
  std::string help;
};

/// Cuts Cedar text into tokens, skipping white space (Unicode's, as Cedar does) and `//` comments.
///
/// After an invalid token it goes on behind it, so that a caller can find more errors. Lines are counted on the way, so
/// every token knows its place at no cost.
class Lexer {
 public:
  /// `text` must be UTF-8, at most `limits::kMaxSourceBytes` long, and outlive the tokens.
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] Token next();

  /// Of the last token. REQUIRES: it was invalid.
  [[nodiscard]] const LexicalError& error() const noexcept { return error_; }

 private:
  void skip_blank() noexcept;
  void pass(std::size_t end) noexcept;
  [[nodiscard]] char peek(std::size_t ahead) const noexcept;
  [[nodiscard]] Token token(TokenKind kind, std::size_t length) noexcept;
  [[nodiscard]] Token punctuation();
  [[nodiscard]] Token string();
  [[nodiscard]] Token slot();
  [[nodiscard]] Token invalid(std::size_t length, std::string message, std::string help);
  [[nodiscard]] Token foreign_character();
  [[nodiscard]] std::size_t rest_of_line() const noexcept;

  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  LexicalError error_;
};

}  // namespace quis
