// Policies laid out.
//
// The text is read twice: once as policies, to be sure that it is well-formed, and once as words with their comments,
// from which it is written anew. So nothing can get lost that the syntax tree does not hold: comments, brackets,
// escapes. The grammar below is that of expression_parser.cpp, as far as layout depends on it; since the text is known
// to be well-formed, it never asks whether a word is there, only which. What is written is read again and compared.
//
// How each construct breaks is Cedar's choice, so that texts formatted by either stay as they are under the other. A
// comment behind a word ends its line; one before a word stands on a line of its own.

#include <quis/policy/format.hpp>

#include <quis/base/limits.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/format_layout.hpp"
#include "policy/format_tokens.hpp"
#include "policy/parser.hpp"

namespace quis {

namespace format {

namespace {

class PolicyWriter {
 public:
  PolicyWriter(const std::vector<Piece>& pieces, const FormatOptions& options)
      : pieces_(pieces), indent_(options.indent_width) {}

  [[nodiscard]] bool done() const noexcept { return at(TokenKind::end); }

  /// The layout of the next policy.
  Layout next_policy() {
    out_ = Layout();
    while (at(TokenKind::at)) annotation();
    effect();
    scope();
    const bool has_conditions = !at_behind(TokenKind::semicolon);
    word(has_conditions ? Then::hard_line : Then::nothing);
    while (!at(TokenKind::semicolon)) {
      condition();
      if (!at(TokenKind::semicolon)) out_.hard_line();
    }
    word();
    return std::move(out_);
  }

 private:
  /// What comes after a word that has no comment behind it.
  enum class Then : std::uint8_t { nothing, space, line, hard_line };

  // --- words ---

  [[nodiscard]] const Piece& piece() const noexcept { return pieces_[position_]; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return piece().kind == kind; }
  [[nodiscard]] bool at_behind(TokenKind kind) const noexcept { return pieces_[position_ + 1].kind == kind; }
  [[nodiscard]] bool at_word(std::string_view text) const noexcept {
    return at(TokenKind::identifier) && piece().text == text;
  }

  void leading() {
    if (carried_.empty() && piece().leading.empty()) return;
    carried_.insert(carried_.end(), piece().leading.begin(), piece().leading.end());
    for (const std::string_view comment : carried_) {
      out_.hard_line();
      out_.text(comment);
    }
    out_.hard_line();
    carried_.clear();
  }

  void trailing(Then then) {
    const std::string_view comment = piece().trailing;
    if (!comment.empty()) {
      out_.space();
      out_.text(comment);
      out_.hard_line();
      return;
    }
    if (then == Then::space) out_.space();
    if (then == Then::line) out_.line();
    if (then == Then::hard_line) out_.hard_line();
  }

  // The word at hand behind its leading comments.
  void rest_of_word(Then then = Then::nothing) {
    out_.text(piece().text);
    trailing(then);
    ++position_;
  }

  void word(Then then = Then::nothing) {
    leading();
    rest_of_word(then);
  }

  // The comma at the end of a list goes. A comment that then stands behind the word before it stays there; others
  // belong to the bracket behind it from now on.
  void drop_comma() {
    const Piece& comma = piece();
    const bool starts_line = !comma.leading.empty() || !pieces_[position_ - 1].trailing.empty();
    if (starts_line) {
      carried_ = comma.leading;
      if (!comma.trailing.empty()) carried_.push_back(comma.trailing);
    } else {
      trailing(Then::nothing);
    }
    ++position_;
  }

  // Elements with commas between them, up to the closing bracket.
  template <class WriteOne>
  void list(TokenKind close, WriteOne write_one) {
    while (!at(close)) {
      write_one();
      if (!at(TokenKind::comma)) return;
      if (is_idle_comma(pieces_, position_)) return drop_comma();
      word(Then::nothing);
      out_.line();
    }
  }

  // --- policies ---

  void annotation() {
    word();
    word();
    if (!at(TokenKind::left_paren)) return out_.hard_line();
    word();
    word();
    word(Then::hard_line);
  }

  void effect() {
    leading();
    out_.begin_group();
    rest_of_word();
    out_.line();
    word();
    out_.end_group();
  }

  void scope() {
    const bool plain = scope_is_plain();
    const Then then = plain ? Then::space : Then::hard_line;
    out_.begin_nest(indent_);
    if (plain) {
      out_.begin_group();
    } else {
      out_.hard_line();
    }
    while (!at(TokenKind::right_paren)) {
      variable();
      if (!at(TokenKind::comma)) continue;
      if (is_idle_comma(pieces_, position_)) {
        drop_comma();
      } else {
        word(then);
      }
    }
    if (plain) out_.end_group();
    out_.end_nest();
    if (!plain) out_.hard_line();
  }

  // `(principal, action, resource)`
  [[nodiscard]] bool scope_is_plain() const noexcept {
    for (std::size_t i = position_; pieces_[i].kind != TokenKind::right_paren; ++i) {
      const bool is_word = pieces_[i].kind == TokenKind::identifier;
      const TokenKind next = pieces_[i + 1].kind;
      if (is_word && next != TokenKind::comma && next != TokenKind::right_paren) return false;
    }
    return true;
  }

  void variable() {
    leading();
    const bool bare = at_behind(TokenKind::comma) || at_behind(TokenKind::right_paren);
    if (bare) return rest_of_word();
    const std::size_t constraint = position_ + (pieces_[position_ + 1].text == "is" ? end_of_type() : 1);
    const TokenKind after = pieces_[constraint].kind;
    if (after == TokenKind::comma || after == TokenKind::right_paren) {
      rest_of_word();
      return type_constraint();
    }
    out_.begin_group();
    out_.begin_group();
    rest_of_word();
    if (at_word("is")) type_constraint();
    out_.line();
    word();
    out_.end_group();
    out_.begin_nest(indent_);
    out_.line();
    expression();
    out_.end_nest();
    out_.end_group();
  }

  // How many words `principal is A::B` has.
  [[nodiscard]] std::size_t end_of_type() const noexcept {
    std::size_t words = 3;
    while (pieces_[position_ + words].kind == TokenKind::double_colon) words += 2;
    return words;
  }

  void type_constraint() {
    out_.begin_group();
    out_.begin_nest(indent_);
    out_.begin_group();
    out_.line();
    word();
    out_.end_group();
    out_.line();
    name();
    out_.end_nest();
    out_.end_group();
  }

  void condition() {
    leading();
    out_.begin_group();
    rest_of_word(Then::line);
    leading();
    out_.text(piece().text);
    out_.begin_group();
    out_.begin_nest(indent_);
    trailing(Then::line);
    ++position_;
    leading_of_expression();
    out_.begin_group();
    expression();
    out_.end_group();
    out_.end_nest();
    out_.line();
    word();
    out_.end_group();
    out_.end_group();
  }

  // --- expressions ---

  // Those of its first word, which then has none left: they stand outside of the group that the expression is.
  void leading_of_expression() {
    leading();
    leading_done_ = position_;
  }

  void expression() {
    if (at_word("if")) return conditional();
    chain(TokenKind::or_or, [this] { chain(TokenKind::and_and, [this] { relation(); }); });
  }

  void conditional() {
    out_.begin_group();
    branch();
    out_.line();
    branch();
    out_.line();
    branch();
    out_.end_group();
  }

  // `if`, `then` or `else` and its expression.
  void branch() {
    first_word();
    out_.begin_nest(indent_);
    out_.line();
    expression();
    out_.end_nest();
  }

  template <class WriteOperand>
  void chain(TokenKind operation, WriteOperand write_operand) {
    write_operand();
    while (at(operation)) {
      out_.space();
      word(Then::line);
      write_operand();
    }
  }

  [[nodiscard]] bool at_comparison() const noexcept {
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

  void relation() {
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

  void nested_sum() {
    out_.begin_nest(indent_);
    sum();
    out_.end_nest();
  }

  void sum() {
    out_.begin_group();
    product();
    while (at(TokenKind::plus) || at(TokenKind::minus)) {
      operation();
      product();
    }
    out_.end_group();
  }

  void product() {
    out_.begin_group();
    unary();
    while (at(TokenKind::star)) {
      operation();
      unary();
    }
    out_.end_group();
  }

  void operation() {
    out_.space();
    word();
    out_.line();
  }

  void unary() {
    while (at(TokenKind::bang) || at(TokenKind::minus)) first_word();
    member();
  }

  void member() {
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

  void access() {
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

  void arguments() {
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

  // A word that may be the first of an expression.
  void first_word() {
    if (leading_done_ != position_) leading();
    rest_of_word();
  }

  void name() {
    first_word();
    while (at(TokenKind::double_colon)) {
      word();
      word();
    }
  }

  void primary() {
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

  void record() {
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

  const std::vector<Piece>& pieces_;
  const std::uint32_t indent_;
  std::size_t position_ = 0;
  std::size_t leading_done_ = static_cast<std::size_t>(-1);  // the word whose leading comments were written already
  std::vector<std::string_view> carried_;                    // comments that belong to the word at hand, before its own
  Layout out_;
};

Result<std::string> too_long() {
  return failure(ErrorCode::limit_exceeded,
                 "the formatted text would be longer than " + std::to_string(limits::kMaxSourceBytes) + " bytes",
                 "split the file, or indent less");
}

Result<std::string> write(const std::vector<Piece>& pieces, const FormatOptions& options) {
  PolicyWriter writer(pieces, options);
  std::string out;
  while (!writer.done()) {
    if (!out.empty()) out += '\n';
    const auto policy = writer.next_policy().print(options.line_width, limits::kMaxSourceBytes - out.size());
    if (!policy) return too_long();
    out += *policy;
    out += '\n';
  }
  for (const std::string_view comment : pieces.back().leading) {
    out += comment;
    out += '\n';
  }
  if (out.size() > limits::kMaxSourceBytes) return too_long();
  return out;
}

bool same_policies(const std::vector<PolicyBody>& a, const std::vector<PolicyBody>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_text(a[i]) != to_text(b[i])) return false;
  }
  return true;
}

}  // namespace

}  // namespace format

Result<std::string> format_policies(std::string_view text, const FormatOptions& options, std::string_view source_name) {
  if (options.indent_width > FormatOptions::kMaxIndentWidth) {
    return failure(ErrorCode::invalid_argument,
                   "an indentation of " + std::to_string(options.indent_width) + " spaces is too wide",
                   "the limit is " + std::to_string(FormatOptions::kMaxIndentWidth));
  }
  const auto policies = parse_policies(text, source_name);
  if (!policies) return tl::unexpected(policies.error());
  const std::vector<format::Piece> pieces = format::pieces_of(text);
  auto formatted = format::write(pieces, options);
  if (!formatted) return formatted;
  const auto again = parse_policies(*formatted, source_name);
  if (!again || !format::same_policies(*policies, *again) ||
      !format::same_words(pieces, format::pieces_of(*formatted))) {
    return failure(ErrorCode::invalid_argument, "formatting would change `" + std::string(source_name) + "`",
                   "this is a fault of quis: please report it; the text was left as it is");
  }
  return formatted;
}

}  // namespace quis
