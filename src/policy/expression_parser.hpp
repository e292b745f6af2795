#pragma once

#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "policy/expr_builder.hpp"
#include "policy/name_reader.hpp"
#include "policy/token_stream.hpp"

namespace quis {

/// Reads expressions by recursive descent, one function for each level of precedence.
///
/// Mistakes go to the token stream; the expression returned then means nothing and may be null. It is also null,
/// without an error in the stream, when the builder refused it: see `ExprBuilder::refusal`.
class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, ExprBuilder& builder, const Names& names) noexcept
      : tokens_(tokens), build_(builder), names_(names) {}

  [[nodiscard]] BuiltExpr expression();

 private:
  // Loosest to tightest.
  BuiltExpr disjunction();
  BuiltExpr conjunction();
  BuiltExpr relation();
  BuiltExpr sum();
  BuiltExpr product();
  BuiltExpr unary();
  BuiltExpr member();
  BuiltExpr primary();

  BuiltExpr conditional();
  BuiltExpr comparison(BuiltExpr left, const SourceSpan& start);
  BuiltExpr has(BuiltExpr left, const SourceSpan& start);
  BuiltExpr like(BuiltExpr left, const SourceSpan& start);
  BuiltExpr is(BuiltExpr left, const SourceSpan& start);
  BuiltExpr negation(std::uint32_t count, const SourceSpan& start);
  BuiltExpr accesses(BuiltExpr receiver, const SourceSpan& start);
  BuiltExpr attribute_or_method(BuiltExpr receiver, const SourceSpan& start);
  BuiltExpr index(BuiltExpr receiver, const SourceSpan& start);
  BuiltExpr method(BuiltExpr receiver, const Token& name, const SourceSpan& start);
  BuiltExpr word();
  BuiltExpr function(const NameOrUid& name);
  BuiltExpr bracketed();
  BuiltExpr set();
  BuiltExpr record();
  BuiltExpr positive_integer(const Token& token);

  std::string record_key();
  std::vector<BuiltExpr> arguments();
  /// Expressions separated by commas up to `close`, which is taken; a comma may follow the last.
  std::vector<BuiltExpr> list(TokenKind close, std::string_view what);
  /// Stands in for an expression whose mistake was reported.
  BuiltExpr reported() { return build_.boolean(false); }

  TokenStream& tokens_;
  ExprBuilder& build_;
  const Names& names_;
};

}  // namespace quis
