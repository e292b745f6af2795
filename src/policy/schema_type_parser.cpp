#include "policy/schema_type_parser.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include <quis/base/limits.hpp>

namespace quis::schema_ast {

bool TypeParser::parse(Type& type) {
  type.place = tokens_.place();
  if (nesting_ == limits::kMaxNesting) {
    tokens_.error(type.place, ErrorCode::limit_exceeded,
                  "types are nested deeper than " + std::to_string(limits::kMaxNesting) + " levels",
                  "give inner types names with `type`");
    return false;
  }
  ++nesting_;
  const bool parsed = tokens_.at(TokenKind::left_brace) ? parse_record(type) : parse_set_or_name(type);
  --nesting_;
  type.place = tokens_.since(type.place);
  return parsed;
}

bool TypeParser::parse_set_or_name(Type& type) {
  auto first = tokens_.identifier("a type");
  if (!first) return false;
  if (first->text == "Set" && tokens_.skip(TokenKind::less)) {
    type.kind = Type::Kind::set;
    type.element = std::make_unique<Type>();
    return parse(*type.element) && tokens_.expect(TokenKind::greater, "`>`");
  }
  auto name = tokens_.rest_of_path(std::move(*first));
  if (!name) return false;
  type.kind = Type::Kind::entity_or_common;
  type.name = std::move(name->text);
  return true;
}

bool TypeParser::parse_record(Type& type) {
  type.kind = Type::Kind::record;
  tokens_.advance();
  while (!tokens_.at(TokenKind::right_brace)) {
    if (!parse_attribute(type.attributes.emplace_back())) return false;
    if (!tokens_.skip(TokenKind::comma)) break;
  }
  drop_overridden(type.attributes);
  return tokens_.expect(TokenKind::right_brace, "`,` or `}`");
}

// Of an attribute that stands twice, the last one counts, and the others do not even have to exist.
void TypeParser::drop_overridden(std::vector<Attribute>& attributes) {
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < attributes.size(); ++i) last[attributes[i].name.text] = i;
  if (last.size() == attributes.size()) return;
  std::vector<std::size_t> kept;
  kept.reserve(last.size());
  for (const auto& [name, index] : last) kept.push_back(index);
  std::sort(kept.begin(), kept.end());
  std::vector<Attribute> effective;
  effective.reserve(kept.size());
  for (const std::size_t index : kept) effective.push_back(std::move(attributes[index]));
  attributes = std::move(effective);
}

bool TypeParser::parse_attribute(Attribute& attribute) {
  auto annotations = tokens_.annotations();
  if (!annotations) return false;
  attribute.annotations = std::move(*annotations);
  auto name = tokens_.identifier_or_string("the name of an attribute");
  if (!name) return false;
  attribute.name = std::move(*name);
  if (tokens_.at_question_mark()) {
    attribute.required = false;
    tokens_.advance();
  }
  return tokens_.expect(TokenKind::colon, "`:`") && parse(attribute.type);
}

bool TypeParser::entity_types(std::vector<Name>& types) {
  const auto type = [&] { return tokens_.path("the name of an entity type"); };
  if (tokens_.skip(TokenKind::left_bracket)) {
    if (tokens_.skip(TokenKind::right_bracket)) return true;
    return tokens_.list(types, type) && tokens_.expect(TokenKind::right_bracket, "`,` or `]`");
  }
  auto only = type();
  if (only) types.push_back(std::move(*only));
  return only.has_value();
}

}  // namespace quis::schema_ast
