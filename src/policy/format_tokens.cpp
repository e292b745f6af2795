#include "policy/format_tokens.hpp"

namespace quis::format {

namespace {

constexpr std::string_view kBlank = " \t\v\f\r\n";

std::string_view without_blank_end(std::string_view text) noexcept {
  const std::size_t last = text.find_last_not_of(kBlank);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Shares the comments of the gap between two tokens out: one that starts on the line of the token before it is that
// one's, the others belong to the token behind them. A comment ends where the lexer ends it.
void read_comments(std::string_view gap, Piece* before, Piece& behind) {
  bool same_line = before != nullptr;
  std::size_t from = 0;
  while (true) {
    const std::size_t start = gap.find("//", from);
    if (start == std::string_view::npos) return;
    same_line = same_line && gap.substr(from, start - from).find_first_of("\r\n") == std::string_view::npos;
    const std::size_t end = gap.find_first_of("\r\n", start);
    const std::string_view comment = without_blank_end(gap.substr(start, end - start));
    if (same_line) {
      before->trailing = comment;
    } else {
      behind.leading.push_back(comment);
    }
    if (end == std::string_view::npos) return;
    same_line = false;
    from = end;
  }
}

// Words and comments as they follow each other.
std::vector<std::string_view> words_of(const std::vector<Piece>& pieces) {
  std::vector<std::string_view> words;
  words.reserve(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    words.insert(words.end(), piece.leading.begin(), piece.leading.end());
    if (!is_idle_comma(pieces, i)) words.push_back(piece.text);
    if (!piece.trailing.empty()) words.push_back(piece.trailing);
  }
  return words;
}

}  // namespace

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  Lexer lexer(text);
  std::size_t end = 0;
  while (true) {
    const Token token = lexer.next();
    Piece piece{token.kind, token.text, {}, {}};
    read_comments(text.substr(end, token.span.offset - end), pieces.empty() ? nullptr : &pieces.back(), piece);
    end = std::size_t{token.span.offset} + token.span.length;
    pieces.push_back(std::move(piece));
    if (token.kind == TokenKind::end) return pieces;
  }
}

bool is_idle_comma(const std::vector<Piece>& pieces, std::size_t index) noexcept {
  if (pieces[index].kind != TokenKind::comma) return false;
  const TokenKind next = pieces[index + 1].kind;
  return next == TokenKind::right_paren || next == TokenKind::right_bracket || next == TokenKind::right_brace;
}

bool same_words(const std::vector<Piece>& a, const std::vector<Piece>& b) { return words_of(a) == words_of(b); }

}  // namespace quis::format
