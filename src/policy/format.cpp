// Policies laid out.
//
// The text is read twice: once as policies, to be sure that it is well-formed, and once as words with their comments,
// from which it is written anew. So nothing can get lost that the syntax tree does not hold: comments, brackets,
// escapes. What is written is read again and compared.
//
// Words and their comments are written by `WordWriter`, expressions by `ExpressionWriter`, the policy around them here.
// How each construct breaks is Cedar's choice, so that texts formatted by either stay as they are under the other.

#include <quis/policy/format.hpp>

#include <quis/base/limits.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/format_expressions.hpp"
#include "policy/format_layout.hpp"
#include "policy/format_tokens.hpp"
#include "policy/parser.hpp"

namespace quis {

namespace format {

namespace {

class PolicyWriter : public ExpressionWriter {
 public:
  PolicyWriter(const std::vector<Piece>& pieces, const FormatOptions& options) noexcept
      : ExpressionWriter(pieces, options.indent_width) {}

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
    out_.begin_nest(indent());
    if (plain) {
      out_.begin_group();
    } else {
      out_.hard_line();
    }
    while (!at(TokenKind::right_paren)) {
      variable();
      if (!at(TokenKind::comma)) continue;
      if (at_idle_comma()) {
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
    for (std::size_t i = 0; piece_behind(i).kind != TokenKind::right_paren; ++i) {
      const bool is_word = piece_behind(i).kind == TokenKind::identifier;
      const TokenKind next = piece_behind(i + 1).kind;
      if (is_word && next != TokenKind::comma && next != TokenKind::right_paren) return false;
    }
    return true;
  }

  void variable() {
    leading();
    const bool bare = at_behind(TokenKind::comma) || at_behind(TokenKind::right_paren);
    if (bare) return rest_of_word();
    const TokenKind after = piece_behind(piece_behind(1).text == "is" ? end_of_type() : 1).kind;
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
    out_.begin_nest(indent());
    out_.line();
    expression();
    out_.end_nest();
    out_.end_group();
  }

  // How many words `principal is A::B` has.
  [[nodiscard]] std::size_t end_of_type() const noexcept {
    std::size_t words = 3;
    while (piece_behind(words).kind == TokenKind::double_colon) words += 2;
    return words;
  }

  void type_constraint() {
    out_.begin_group();
    out_.begin_nest(indent());
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
    text_of_word();
    out_.begin_group();
    out_.begin_nest(indent());
    end_of_word(Then::line);
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
