// The scope of a policy.
//
//   scope     = "principal" constraint "," "action" actions "," "resource" constraint [","]
//   constraint = ["==" target | "in" target | "is" type ["in" target]]
//   target    = uid | the variable's own slot
//   actions   = ["==" uid | "in" uid | "in" "[" uids "]"]
//
// A target may stand in brackets, `principal == (User::"ann")`; it is Cedar's grammar that reads an expression here and
// refuses most of them afterwards. This one reads only what is allowed, and says of the rest what to write instead.

#include "policy/scope_parser.hpp"

#include <array>
#include <string>

#include <fmt/format.h>

#include "policy/spelling.hpp"

namespace quis {

namespace {

constexpr std::array<std::string_view, 3> kScopeVariables = {"principal", "action", "resource"};

bool is_scope_variable(std::string_view word) noexcept {
  return word == kScopeVariables[0] || word == kScopeVariables[1] || word == kScopeVariables[2];
}

}  // namespace

void ScopeParser::read(PolicyBody& body) {
  for (const std::string_view expected : kScopeVariables) {
    if (!variable(expected)) return;
    if (expected == "principal") body.principal = constraint(expected);
    if (expected == "action") body.action = action();
    if (expected == "resource") body.resource = constraint(expected);
    if (tokens_.accept(TokenKind::comma)) continue;
    if (expected != "resource" && !tokens_.at(TokenKind::right_paren)) {
      tokens_.unexpected("`,`", "the scope takes one constraint a variable; others go into `when { … }`");
    }
  }
  if (tokens_.at(TokenKind::identifier)) {
    tokens_.fail(tokens_.current().span, ErrorCode::invalid_scope, "the scope has three parts only",
                 "move further constraints into `when { … }`");
  }
  tokens_.expect(TokenKind::right_paren, "`)`");
}

bool ScopeParser::variable(std::string_view expected) {
  const Token word = tokens_.current();
  if (word.kind == TokenKind::right_paren) {
    tokens_.fail(word.span, ErrorCode::invalid_scope, fmt::format("the scope lacks `{}`", expected),
                 "write `(principal, action, resource)`");
    return false;
  }
  if (word.kind != TokenKind::identifier) {
    tokens_.unexpected(shown(expected));
    return false;
  }
  tokens_.take();
  if (word.text == expected) return true;
  tokens_.report(
      word.span, ErrorCode::invalid_scope, fmt::format("expected `{}`, found {}", expected, shown(word.text)),
      is_scope_variable(word.text) ? "the order is `principal, action, resource`"
                                   : did_you_mean(word.text, {&expected, 1}, "write `principal, action, resource`"));
  return true;
}

void ScopeParser::reject_operator(std::string_view variable) {
  const Token token = tokens_.current();
  switch (token.kind) {
    case TokenKind::equal:
      tokens_.fail(token.span, ErrorCode::invalid_scope, "`=` is not an operator", "use `==`");
      break;
    case TokenKind::colon:
      tokens_.fail(token.span, ErrorCode::invalid_scope, "a type is not given by `:`",
                   fmt::format("write `{} is Type`", variable));
      break;
    case TokenKind::not_equal:
    case TokenKind::less:
    case TokenKind::less_equal:
    case TokenKind::greater:
    case TokenKind::greater_equal:
      tokens_.fail(token.span, ErrorCode::invalid_scope, fmt::format("`{}` may not stand in the scope", token.text),
                   "the scope takes `==`, `in` and `is`; everything else goes into `when { … }`");
      break;
    default: break;
  }
}

ScopeConstraint ScopeParser::constraint(std::string_view variable) {
  ScopeConstraint result;
  if (tokens_.accept_word("is")) {
    result.kind = ScopeConstraint::Kind::is;
    result.span = tokens_.current().span;
    if (const auto read = type()) result.type = *read;
    result.span = tokens_.since(result.span);
    if (tokens_.at(TokenKind::equal_equal)) {
      tokens_.fail(tokens_.current().span, ErrorCode::invalid_scope, "`is` and `==` do not go together",
                   "an entity names its type already: leave out the `is`");
    }
    if (!tokens_.at_word("in")) {
      reject_operator(variable);
      return result;
    }
    result.kind = ScopeConstraint::Kind::is_in;
  } else if (tokens_.at(TokenKind::equal_equal)) {
    result.kind = ScopeConstraint::Kind::equal;
  } else if (tokens_.at_word("in")) {
    result.kind = ScopeConstraint::Kind::in;
  } else {
    reject_operator(variable);
    return result;
  }
  tokens_.take();
  const SourceSpan first = result.kind == ScopeConstraint::Kind::is_in ? result.span : tokens_.current().span;
  const Target target = entity_or_slot(variable);
  result.entity = target.entity;
  result.slot = target.slot;
  result.span = tokens_.since(first);
  if (tokens_.at_word("is")) {
    tokens_.fail(tokens_.current().span, ErrorCode::invalid_scope, "`is` stands before `in`",
                 fmt::format("write `{} is Type in entity`", variable));
  }
  return result;
}

std::optional<TypeId> ScopeParser::type() {
  if (!tokens_.at(TokenKind::identifier)) {
    tokens_.unexpected("an entity type", tokens_.at(TokenKind::string) ? "remove the quotes" : "");
    return std::nullopt;
  }
  const NameOrUid name = read_name_or_uid(tokens_);
  if (name.id) {
    tokens_.report(name.span, ErrorCode::invalid_scope, "`is` takes an entity type, not an entity", "use `==` or `in`");
  }
  return names_.type(name.name);
}

EntityId ScopeParser::entity() {
  const Token first = tokens_.current();
  if (first.kind == TokenKind::left_paren) {
    const Nesting open(tokens_);
    tokens_.take();
    const EntityId inner = entity();
    tokens_.expect(TokenKind::right_paren, "`)`");
    return inner;
  }
  if (first.kind != TokenKind::identifier) {
    std::string help;
    if (first.kind == TokenKind::string) help = fmt::format("write its type before it: `Type::{}`", first.text);
    if (first.kind == TokenKind::left_bracket) help = "only `action in` takes a list";
    tokens_.unexpected("an entity", std::move(help));
    return {};
  }
  const NameOrUid name = read_name_or_uid(tokens_);
  if (!name.id) {
    tokens_.fail(name.span, ErrorCode::invalid_scope, fmt::format("{} is not an entity", shown(name.name)),
                 fmt::format("write `{}::\"…\"`, or `is` to ask for a type", name.name));
    return {};
  }
  return names_.entity(names_.type(name.name), *name.id);
}

ScopeParser::Target ScopeParser::entity_or_slot(std::string_view variable) {
  if (tokens_.at(TokenKind::left_paren)) {
    const Nesting open(tokens_);
    tokens_.take();
    const Target inner = entity_or_slot(variable);
    tokens_.expect(TokenKind::right_paren, "`)`");
    return inner;
  }
  if (!tokens_.at(TokenKind::slot)) return {entity(), false};
  const Token slot = tokens_.take();
  if (slot.text.substr(1) != variable) {
    tokens_.report(slot.span, ErrorCode::invalid_slot, fmt::format("{} may not stand here", shown(slot.text)),
                   fmt::format("the slot of `{0}` is `?{0}`", variable));
  }
  return {{}, true};
}

EntityId ScopeParser::action_entity() {
  const SourceSpan start = tokens_.current().span;
  if (tokens_.at(TokenKind::slot)) {
    tokens_.fail(start, ErrorCode::invalid_slot, "there are no slots for actions", "name the action: `Action::\"…\"`");
    return {};
  }
  const EntityId result = entity();
  if (result.valid() && !is_action_type(type_of(result))) {
    tokens_.report(tokens_.since(start), ErrorCode::invalid_scope,
                   fmt::format("{} is not an action", shown(to_text(result))), "the type of actions is `Action`");
  }
  return result;
}

ActionConstraint ScopeParser::action() {
  ActionConstraint result;
  if (tokens_.at_word("is")) {
    tokens_.fail(tokens_.current().span, ErrorCode::invalid_scope, "`is` may not stand on `action`",
                 "actions have one type; name them with `==` or `in`");
    return result;
  }
  if (tokens_.accept(TokenKind::equal_equal)) {
    result.kind = ActionConstraint::Kind::equal;
    add_action(result);
  } else if (tokens_.accept_word("in")) {
    result.kind = ActionConstraint::Kind::in;
    action_list(result);
  } else {
    reject_operator("action");
  }
  return result;
}

void ScopeParser::action_list(ActionConstraint& constraint) {
  const Nesting open(tokens_);
  if (tokens_.accept(TokenKind::left_bracket)) {
    constraint.is_list = true;
    while (!tokens_.accept(TokenKind::right_bracket)) {
      add_action(constraint);
      if (tokens_.accept(TokenKind::comma)) continue;
      tokens_.expect(TokenKind::right_bracket, "`,` or `]`");
      break;
    }
  } else if (tokens_.accept(TokenKind::left_paren)) {
    action_list(constraint);
    tokens_.expect(TokenKind::right_paren, "`)`");
  } else {
    add_action(constraint);
  }
}

void ScopeParser::add_action(ActionConstraint& constraint) {
  const SourceSpan start = tokens_.current().span;
  constraint.entities.push_back(action_entity());
  constraint.spans.push_back(tokens_.since(start));
}

}  // namespace quis
