#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/lexer.hpp"

namespace quis::format {

/// A token and the comments that belong to it: one behind it on its line, and those before it since the last token.
struct Piece {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  std::vector<std::string_view> leading;  ///< from the slashes on, without white space at the end
  std::string_view trailing;              ///< empty when there is none
};

/// A text cut into pieces. The last one is the end of the text; the comments before it stand behind all policies.
/// REQUIRES: a text without invalid tokens, which outlives the pieces.
[[nodiscard]] std::vector<Piece> pieces_of(std::string_view text);

/// Whether the piece is a comma with nothing but the closing bracket of its list behind it.
[[nodiscard]] bool is_idle_comma(const std::vector<Piece>& pieces, std::size_t index) noexcept;

/// Whether two texts have the same words and comments in the same order, commas at the ends of lists aside.
[[nodiscard]] bool same_words(const std::vector<Piece>& a, const std::vector<Piece>& b);

}  // namespace quis::format
