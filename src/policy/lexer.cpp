#include "policy/lexer.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/code_points.hpp"

namespace quis {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool starts_word(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_word(char c) noexcept { return starts_word(c) || is_digit(c); }

/// Unicode's White_Space, which is what `\s` means in the regular expressions that define Cedar's tokens.
bool is_white_space(std::uint32_t c) noexcept {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

struct Pair {
  std::string_view text;
  TokenKind kind;
};

constexpr Pair kPairs[] = {
    {"::", TokenKind::double_colon}, {"==", TokenKind::equal_equal},   {"!=", TokenKind::not_equal},
    {"<=", TokenKind::less_equal},   {">=", TokenKind::greater_equal}, {"&&", TokenKind::and_and},
    {"||", TokenKind::or_or},
};

/// The mark of one character, or `invalid`.
TokenKind single_mark(char c) noexcept {
  switch (c) {
    case '@': return TokenKind::at;
    case '.': return TokenKind::dot;
    case ',': return TokenKind::comma;
    case ';': return TokenKind::semicolon;
    case ':': return TokenKind::colon;
    case '(': return TokenKind::left_paren;
    case ')': return TokenKind::right_paren;
    case '[': return TokenKind::left_bracket;
    case ']': return TokenKind::right_bracket;
    case '{': return TokenKind::left_brace;
    case '}': return TokenKind::right_brace;
    case '<': return TokenKind::less;
    case '>': return TokenKind::greater;
    case '+': return TokenKind::plus;
    case '-': return TokenKind::minus;
    case '*': return TokenKind::star;
    case '/': return TokenKind::slash;
    case '%': return TokenKind::percent;
    case '!': return TokenKind::bang;
    case '=': return TokenKind::equal;
    default: return TokenKind::invalid;
  }
}

}  // namespace

char Lexer::peek(std::size_t ahead) const noexcept {
  return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
}

/// Moves to `end`, counting the lines on the way.
void Lexer::pass(std::size_t end) noexcept {
  for (; offset_ < end; ++offset_) {
    if (text_[offset_] == '\n') {
      ++line_;
      line_start_ = offset_ + 1;
    }
  }
}

std::size_t Lexer::rest_of_line() const noexcept {
  const std::size_t end = text_.find_first_of("\r\n", offset_);
  return (end == std::string_view::npos ? text_.size() : end) - offset_;
}

void Lexer::skip_blank() noexcept {
  while (offset_ < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[offset_]);
    if (byte > 0x20 && byte < 0x80 && byte != '/') return;  // where nearly every token starts
    if (peek(0) == '/' && peek(1) == '/') {
      offset_ += rest_of_line();
      continue;
    }
    const CodePoint c = code_point_at(text_, offset_);
    if (!c.valid || !is_white_space(c.value)) return;
    pass(offset_ + c.bytes);
  }
}

Token Lexer::token(TokenKind kind, std::size_t length) noexcept {
  Token result;
  result.kind = kind;
  result.text = text_.substr(offset_, length);
  result.span = {static_cast<std::uint32_t>(offset_), static_cast<std::uint32_t>(length), line_,
                 static_cast<std::uint32_t>(offset_ - line_start_ + 1)};
  pass(offset_ + length);
  return result;
}

Token Lexer::invalid(std::size_t length, std::string message, std::string help) {
  error_ = {ErrorCode::invalid_token, std::move(message), std::move(help)};
  return token(TokenKind::invalid, length);
}

Token Lexer::next() {
  skip_blank();
  if (offset_ == text_.size()) return token(TokenKind::end, 0);

  const char first = text_[offset_];
  const auto run = [this](auto belongs) {
    std::size_t length = 1;
    while (offset_ + length < text_.size() && belongs(text_[offset_ + length])) ++length;
    return length;
  };
  if (starts_word(first)) return token(TokenKind::identifier, run(continues_word));
  if (is_digit(first)) return token(TokenKind::integer, run(is_digit));
  if (first == '"') return string();
  if (first == '?') return slot();
  return punctuation();
}

Token Lexer::punctuation() {
  const char second = peek(1);
  if (second == ':' || second == '=' || second == '&' || second == '|') {
    for (const Pair& pair : kPairs) {
      if (text_.substr(offset_, 2) == pair.text) return token(pair.kind, 2);
    }
  }
  const TokenKind kind = single_mark(text_[offset_]);
  return kind == TokenKind::invalid ? foreign_character() : token(kind, 1);
}

Token Lexer::slot() {
  std::size_t length = 1;
  if (starts_word(peek(1))) {
    while (continues_word(peek(length))) ++length;
    return token(TokenKind::slot, length);
  }
  return invalid(1, "`?` must be followed by the name of a template slot", "write `?principal` or `?resource`");
}

// A backslash takes whatever follows with it, so that `\"` does not end the string; only a line break may not follow.
// Which escapes exist is not asked here, for that depends on whether the string is a pattern.
Token Lexer::string() {
  for (std::size_t length = 1; offset_ + length < text_.size(); ++length) {
    const char c = text_[offset_ + length];
    if (c == '"') return token(TokenKind::string, length + 1);
    if (c != '\\') continue;
    ++length;
    if (peek(length) == '\n') {
      return invalid(rest_of_line(), "a backslash may not end a line of a string", "write `\\n` for a line break");
    }
  }
  return invalid(rest_of_line(), "the string that starts here is not closed", "add `\"` at its end");
}

Token Lexer::foreign_character() {
  const CodePoint c = code_point_at(text_, offset_);
  switch (c.value) {
    case '&': return invalid(1, "`&` is not an operator", "use `&&`");
    case '|': return invalid(1, "`|` is not an operator", "use `||`");
    case '\'': {
      // A closing quote is looked for nearby only: a line of nothing but quotes must not be searched once for each.
      constexpr std::size_t kNearby = 64;
      const std::string_view nearby = text_.substr(offset_, kNearby);
      const std::size_t close = nearby.find_first_of("'\n", 1);
      return invalid(close == std::string_view::npos || nearby[close] == '\n' ? 1 : close + 1,
                     "strings are written with double quotes", "replace `'` by `\"`");
    }
    case '#': return invalid(1, "`#` is not a character of the language", "comments start with `//`");
    case 0x2018:
    case 0x2019:
    case 0x201c:
    case 0x201d: return invalid(c.bytes, "a typographic quote is not a quote", "use `\"`");
    case 0xfeff: return invalid(c.bytes, "a byte order mark is not allowed", "save the text as UTF-8 without one");
    default: break;
  }
  const std::string name = c.valid && is_visible(c.value) ? fmt::format("`{}`", text_.substr(offset_, c.bytes))
                                                          : fmt::format("U+{:04X}", c.value);
  return invalid(c.bytes, name + " is not a character of the language", "remove it");
}

}  // namespace quis
