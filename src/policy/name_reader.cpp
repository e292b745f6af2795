#include "policy/name_reader.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "policy/spelling.hpp"
#include "policy/string_escape.hpp"

namespace quis {

void check_not_reserved(TokenStream& tokens, const Token& word, std::string_view place, std::string help) {
  if (!is_reserved(word.text)) return;
  tokens.report(word.span, ErrorCode::reserved_word,
                fmt::format("`{}` is reserved and cannot name {}", word.text, place), std::move(help));
}

std::string read_string(TokenStream& tokens, const Token& token) {
  auto text = unescape(token.text.substr(1, token.text.size() - 2));
  if (text) return std::move(*text);
  SourceSpan where = token.span;
  where.offset += static_cast<std::uint32_t>(1 + text.error().offset);
  where.length = static_cast<std::uint32_t>(text.error().length);
  tokens.report(where, ErrorCode::invalid_escape, std::move(text.error().message), std::move(text.error().help));
  return {};
}

NameOrUid read_name_or_uid(TokenStream& tokens) {
  NameOrUid result;
  const Token first = tokens.take();
  check_not_reserved(tokens, first, "a type or function");
  result.name = first.text;
  while (tokens.accept(TokenKind::double_colon)) {
    if (tokens.at(TokenKind::string)) {
      result.id = read_string(tokens, tokens.take());
      break;
    }
    if (tokens.at(TokenKind::left_brace)) {
      tokens.unexpected("a name or an id in quotes", "entity uids are written `Type::\"id\"`");
      break;
    }
    if (!tokens.at(TokenKind::identifier)) {
      tokens.unexpected("a name or an id in quotes");
      break;
    }
    const Token part = tokens.take();
    check_not_reserved(tokens, part, "a type or namespace");
    result.name += "::";
    result.name += part.text;
    result.qualified = true;
  }
  result.span = tokens.since(first.span);
  return result;
}

}  // namespace quis
