#include <quis/policy/expression.hpp>

#include <memory>
#include <utility>

#include "base/plain_uid.hpp"
#include "base/type_name.hpp"
#include "policy/expression_parser.hpp"

namespace quis {

Result<Expression> parse_expression(std::string_view text, std::string_view source_name) {
  TokenStream tokens(text, source_name);
  const auto arena = std::make_shared<ValueArena>();
  ExprBuilder builder(*arena);
  const Names names;
  const BuiltExpr root = ExpressionParser(tokens, builder, names).expression();
  if (!tokens.at(TokenKind::end)) tokens.unexpected("an operator or the end of the text");
  if (!root && !builder.refusal().empty()) {
    tokens.report({}, ErrorCode::limit_exceeded, std::string(builder.refusal()), "make the expression smaller");
  }
  if (!tokens.clean()) return tl::unexpected(tokens.take_errors());
  return Expression{arena, root.expr};
}

Result<EntityId> parse_entity_uid(std::string_view text, const Names& names, std::string_view source_name) {
  if (const auto plain = read_plain_uid(text); plain && is_normalized_name(plain->type)) {
    return names.entity(names.type(plain->type), plain->id);
  }
  constexpr std::string_view kHelp = "entity uids are written `Type::\"id\"`";
  TokenStream tokens(text, source_name);
  NameOrUid uid;
  if (tokens.at(TokenKind::identifier)) {
    uid = read_name_or_uid(tokens);
    if (!uid.id) tokens.fail(uid.span, ErrorCode::invalid_entity_uid, "the entity uid has no id", std::string(kHelp));
  } else {
    tokens.fail(tokens.current().span, ErrorCode::invalid_entity_uid, "an entity uid begins with its type",
                std::string(kHelp));
  }
  if (!tokens.at(TokenKind::end)) tokens.unexpected("the end of the entity uid");
  if (!tokens.clean()) return tl::unexpected(tokens.take_errors());
  return names.entity(names.type(uid.name), *uid.id);
}

}  // namespace quis
