#include "policy/schema_action_parser.hpp"

#include <string>
#include <utility>

namespace quis::schema_ast {

bool ActionParser::parse(Action& action) {
  if (!tokens_.list(action.names, [&] { return tokens_.identifier_or_string("the name of an action"); })) return false;
  if (tokens_.skip_word("in") && !parse_groups(action.groups)) return false;
  if (tokens_.skip_word("appliesTo") && !parse_applies_to(action.applies_to.emplace(), action.names.front())) {
    return false;
  }
  return !tokens_.skip_word("attributes") ||
         (tokens_.expect(TokenKind::left_brace, "`{`") &&
          tokens_.expect(TokenKind::right_brace, "`}`", "actions cannot have attributes; remove `attributes`"));
}

bool ActionParser::parse_groups(std::vector<ActionGroup>& groups) {
  const auto group = [&] { return parse_group(); };
  if (!tokens_.skip(TokenKind::left_bracket)) {
    auto only = group();
    if (only) groups.push_back(std::move(*only));
    return only.has_value();
  }
  return tokens_.list(groups, group) && tokens_.expect(TokenKind::right_bracket, "`,` or `]`");
}

std::optional<ActionGroup> ActionParser::parse_group() {
  auto name = tokens_.identifier_or_string("the name of an action");
  if (!name) return std::nullopt;
  if (!tokens_.at(TokenKind::double_colon)) return ActionGroup{std::nullopt, std::move(*name)};
  // What was read is the start of a type, and a string must come at the end of it.
  while (tokens_.skip(TokenKind::double_colon)) {
    if (tokens_.at(TokenKind::string)) {
      auto id = tokens_.string("the id of an action");
      return ActionGroup{std::move(*name), std::move(*id)};
    }
    const auto part = tokens_.identifier("the id of an action, as a string");
    if (!part) return std::nullopt;
    name->text += "::" + part->text;
    name->place = tokens_.since(name->place);
  }
  tokens_.unexpected("`::` and the id of an action, as a string");
  return std::nullopt;
}

bool ActionParser::parse_applies_to(AppliesTo& applies_to, const Name& action) {
  if (!tokens_.expect(TokenKind::left_brace, "`{`")) return false;
  bool principal = false;
  bool resource = false;
  do {
    if (tokens_.at_word("principal")) {
      if (!parse_applicants(applies_to.principals, principal)) return false;
    } else if (tokens_.at_word("resource")) {
      if (!parse_applicants(applies_to.resources, resource)) return false;
    } else if (tokens_.at_word("context")) {
      if (!parse_context(applies_to)) return false;
    } else {
      return tokens_.unexpected("`principal`, `resource` or `context`");
    }
  } while (tokens_.skip(TokenKind::comma) && !tokens_.at(TokenKind::right_brace));
  if (!tokens_.expect(TokenKind::right_brace, "`,` or `}`")) return false;
  if (!principal) report_missing("principal", action);
  if (!resource) report_missing("resource", action);
  return true;
}

bool ActionParser::parse_applicants(std::vector<Name>& types, bool& seen) {
  const Place place = tokens_.place();
  const std::string word(tokens_.current().text);
  if (std::exchange(seen, true)) report_duplicate(place, word);
  tokens_.advance();
  types.clear();
  if (!tokens_.expect(TokenKind::colon, "`:`") || !types_.entity_types(types)) return false;
  if (types.empty()) {
    tokens_.error(tokens_.since(place), ErrorCode::invalid_schema, "the list of `" + word + "` types is empty",
                  "name a type; leave out `appliesTo` when the action is only a group");
  }
  return true;
}

bool ActionParser::parse_context(AppliesTo& applies_to) {
  if (applies_to.context) report_duplicate(tokens_.place(), "context");
  tokens_.advance();
  Type& context = applies_to.context.emplace();
  if (!tokens_.expect(TokenKind::colon, "`:`")) return false;
  if (tokens_.at(TokenKind::left_brace)) return types_.parse(context);
  auto name = tokens_.path("a record or the name of a common type");
  if (!name) return false;
  context.kind = Type::Kind::common;
  context.place = name->place;
  context.name = std::move(name->text);
  return true;
}

void ActionParser::report_duplicate(Place place, const std::string& word) {
  tokens_.error(place, ErrorCode::invalid_schema, "`" + word + "` stands twice in `appliesTo`", "remove one of them");
}

void ActionParser::report_missing(const std::string& word, const Name& action) {
  tokens_.error(action.place, ErrorCode::invalid_schema,
                "`appliesTo` of action `" + action.text + "` does not say for which `" + word + "`",
                "add `" + word + ": [Type]`");
}

}  // namespace quis::schema_ast
