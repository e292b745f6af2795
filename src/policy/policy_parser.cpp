// Policies: annotations, effect, scope, conditions.
//
//   policies   = {policy}
//   policy     = {"@" word ["(" string ")"]} ("permit" | "forbid") "(" scope ")" {("when" | "unless") "{" expression
//   "}"} ";"

#include <array>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "policy/expression_parser.hpp"
#include "policy/foreign_words.hpp"
#include "policy/parser.hpp"
#include "policy/scope_parser.hpp"
#include "policy/spelling.hpp"

namespace quis {

namespace {

constexpr std::array<std::string_view, 2> kEffects = {"permit", "forbid"};

class PolicyParser {
 public:
  PolicyParser(TokenStream& tokens, ValueArena& arena) noexcept : tokens_(tokens), builder_(arena) {}

  PolicyBody read() {
    PolicyBody body;
    const SourceSpan start = tokens_.current().span;
    while (tokens_.at(TokenKind::at)) annotation(body);
    effect(body);
    tokens_.expect(TokenKind::left_paren, "`(`");
    ScopeParser(tokens_, names_).read(body);
    while (tokens_.at(TokenKind::identifier) && !at_effect()) condition(body);
    finish();
    body.span = tokens_.since(start);
    return body;
  }

 private:
  [[nodiscard]] bool at_effect() const { return tokens_.at_word("permit") || tokens_.at_word("forbid"); }

  void annotation(PolicyBody& body) {
    const SourceSpan start = tokens_.take().span;
    if (!tokens_.at(TokenKind::identifier)) {
      tokens_.unexpected("the name of an annotation");
      return;
    }
    const Token key = tokens_.take();
    Annotation result;
    result.key = key.text;
    if (tokens_.at(TokenKind::minus)) {
      tokens_.unexpected("`(`", "the name of an annotation has no `-`; write `_`, as in `@step_up(\"…\")`");
      return;
    }
    if (tokens_.accept(TokenKind::left_paren)) {
      if (!tokens_.at(TokenKind::string)) {
        tokens_.unexpected("a string", fmt::format("write `@{0}(\"…\")`, or `@{0}` alone", result.key));
        return;
      }
      result.value = read_string(tokens_, tokens_.take());
      tokens_.expect(TokenKind::right_paren, "`)`");
    } else {
      result.bare = true;
    }
    if (!keys_.insert(key.text).second) {
      tokens_.report(tokens_.since(start), ErrorCode::duplicate_annotation,
                     fmt::format("the policy has an annotation {} already", shown("@" + result.key)),
                     "remove one of the two");
    }
    body.annotations.push_back(std::move(result));
  }

  void effect(PolicyBody& body) {
    if (at_effect()) {
      body.effect = tokens_.take().text == "permit" ? Effect::permit : Effect::forbid;
      return;
    }
    std::string help;
    if (tokens_.at_word("allow")) {
      help = "use `permit`";
    } else if (tokens_.at_word("deny")) {
      help = "use `forbid`";
    } else if (tokens_.at(TokenKind::identifier)) {
      help = did_you_mean(tokens_.current().text, kEffects, "");
    }
    tokens_.unexpected("`permit` or `forbid`", std::move(help));
  }

  void condition(PolicyBody& body) {
    Condition result;
    const Token word = tokens_.current();
    if (!tokens_.accept_word("when") && !tokens_.accept_word("unless")) {
      tokens_.unexpected("`when`, `unless` or `;`", instead_of_when(word.text));
      return;
    }
    result.negated = word.text == "unless";
    tokens_.expect(TokenKind::left_brace, "`{`");
    if (tokens_.at(TokenKind::right_brace)) {
      tokens_.report(tokens_.current().span, ErrorCode::unexpected_token, fmt::format("the `{}` is empty", word.text),
                     "write a condition, or leave the clause out");
      tokens_.take();
      return;
    }
    const Nesting open(tokens_);
    const SourceSpan start = tokens_.current().span;
    const BuiltExpr expression = ExpressionParser(tokens_, builder_, names_).expression();
    if (!expression && !builder_.refusal().empty()) {
      tokens_.report(tokens_.since(start), ErrorCode::limit_exceeded, std::string(builder_.refusal()),
                     "split the policy");
    }
    tokens_.expect(TokenKind::right_brace, "an operator or `}`");
    result.body = expression.expr;
    body.conditions.push_back(result);
  }

  void finish() {
    if (tokens_.accept(TokenKind::semicolon) || tokens_.failed()) return;
    const bool next_begins = at_effect() || tokens_.at(TokenKind::at) || tokens_.at(TokenKind::end);
    if (!next_begins) {
      tokens_.unexpected("`when`, `unless` or `;`");
      return;
    }
    tokens_.report(tokens_.behind_last(), ErrorCode::unexpected_token, "the policy is not ended", "add `;` here");
  }

  TokenStream& tokens_;
  ExprBuilder builder_;
  Names names_;
  std::unordered_set<std::string_view> keys_;  // of the annotations, as they stand in the text
};

}  // namespace

Result<std::vector<PolicyBody>> parse_policies(std::string_view text, std::string_view source_name) {
  TokenStream tokens(text, source_name);
  const auto arena = std::make_shared<ValueArena>();
  const auto shared_name = std::make_shared<const std::string>(source_name);
  std::vector<PolicyBody> bodies;
  while (true) {
    if (tokens.failed()) tokens.recover();
    if (tokens.at(TokenKind::end)) break;
    PolicyBody body = PolicyParser(tokens, *arena).read();
    body.arena = arena;
    body.source_name = shared_name;
    if (tokens.clean()) bodies.push_back(std::move(body));
  }
  if (!tokens.clean()) return tl::unexpected(tokens.take_errors());
  return bodies;
}

}  // namespace quis
