#include "policy/schema_tokens.hpp"

#include <unordered_set>
#include <utility>

#include "policy/schema_names.hpp"
#include "policy/spelling.hpp"
#include "policy/string_escape.hpp"

namespace quis::schema_ast {

void TokenStream::advance() {
  if (at(TokenKind::left_brace)) ++open_braces_;
  if (at(TokenKind::right_brace)) --open_braces_;
  previous_end_ = current_.span.offset + current_.span.length;
  current_ = lexer_.next();
  if (!at(TokenKind::invalid) || at_question_mark()) return;
  const LexicalError& found = lexer_.error();
  report_.add(place(), found.code, found.message, found.help);
}

bool TokenStream::skip(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

bool TokenStream::skip_word(std::string_view word) {
  if (!at_word(word)) return false;
  advance();
  return true;
}

bool TokenStream::expect(TokenKind kind, std::string_view what, std::string help) {
  return skip(kind) || unexpected(what, std::move(help));
}

bool TokenStream::unexpected(std::string_view expected, std::string help) {
  if (at(TokenKind::invalid) && !at_question_mark()) return false;  // reported by advance()
  const std::string found = at(TokenKind::end) ? "the end of the text" : shown(current_.text);
  error(place(), ErrorCode::unexpected_token, "expected " + std::string(expected) + ", found " + found,
        std::move(help));
  return false;
}

std::optional<Name> TokenStream::identifier(std::string_view what) {
  if (!at(TokenKind::identifier)) {
    unexpected(what);
    return std::nullopt;
  }
  if (!schema_names::is_identifier(current_.text)) {
    error(place(), ErrorCode::reserved_word,
          "expected " + std::string(what) + ", found the reserved word `" + std::string(current_.text) + "`",
          "choose another name; attributes and actions may have this one in quotes");
    return std::nullopt;
  }
  Name name{std::string(current_.text), place()};
  advance();
  return name;
}

std::optional<Name> TokenStream::string(std::string_view what) {
  if (!at(TokenKind::string)) {
    unexpected(what);
    return std::nullopt;
  }
  Name name{{}, place()};
  auto content = unescape(current_.text.substr(1, current_.text.size() - 2));
  if (content) {
    name.text = std::move(*content);
  } else {
    const EscapeError& wrong = content.error();
    const Place at{current_.span.offset + 1 + static_cast<std::uint32_t>(wrong.offset),
                   static_cast<std::uint32_t>(wrong.length)};
    error(at, ErrorCode::invalid_escape, wrong.message, wrong.help);
  }
  advance();
  return name;
}

std::optional<Name> TokenStream::identifier_or_string(std::string_view what) {
  return at(TokenKind::string) ? string(what) : identifier(what);
}

std::optional<Name> TokenStream::path(std::string_view what) {
  auto first = identifier(what);
  if (!first) return std::nullopt;
  return rest_of_path(std::move(*first));
}

std::optional<Name> TokenStream::rest_of_path(Name first) {
  while (skip(TokenKind::double_colon)) {
    const auto part = identifier("a name after `::`");
    if (!part) return std::nullopt;
    first.text += "::" + part->text;
    first.place = since(first.place);
  }
  return first;
}

std::optional<std::vector<Annotation>> TokenStream::annotations() {
  std::vector<Annotation> list;
  std::unordered_set<std::string_view> seen;
  while (skip(TokenKind::at)) {
    // Any word may be a key, reserved or not.
    if (!at(TokenKind::identifier)) {
      unexpected("the name of an annotation");
      return std::nullopt;
    }
    Annotation annotation{{std::string(current_.text), place()}, std::nullopt};
    if (!seen.insert(current_.text).second) {
      error(place(), ErrorCode::duplicate_annotation, "the annotation `@" + annotation.key.text + "` stands twice",
            "remove one of them");
    }
    advance();
    if (skip(TokenKind::left_paren)) {
      auto value = string("a string");
      if (!value || !expect(TokenKind::right_paren, "`)`")) return std::nullopt;
      annotation.value = std::move(value->text);
    }
    list.push_back(std::move(annotation));
  }
  return list;
}

}  // namespace quis::schema_ast
