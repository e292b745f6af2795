#include <string>
#include <string_view>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis {

namespace {

void print_constraint(std::string& out, std::string_view variable, const ScopeConstraint& constraint) {
  using Kind = ScopeConstraint::Kind;
  out += variable;
  if (constraint.kind == Kind::is || constraint.kind == Kind::is_in) {
    out += " is ";
    out += text_of(constraint.type);
  }
  if (constraint.kind == Kind::any || constraint.kind == Kind::is) return;
  out += constraint.kind == Kind::equal ? " == " : " in ";
  if (constraint.slot) {
    out += '?';
    out += variable;
  } else {
    out += to_text(constraint.entity);
  }
}

void print_actions(std::string& out, const ActionConstraint& constraint) {
  out += "action";
  if (constraint.kind == ActionConstraint::Kind::any) return;
  out += constraint.kind == ActionConstraint::Kind::equal ? " == " : " in ";
  if (constraint.is_list) out += '[';
  for (std::size_t i = 0; i < constraint.entities.size(); ++i) {
    if (i > 0) out += ", ";
    out += to_text(constraint.entities[i]);
  }
  if (constraint.is_list) out += ']';
}

}  // namespace

std::string to_text(const PolicyBody& body) {
  std::string out;
  for (const Annotation& annotation : body.annotations) {
    out += '@' + annotation.key;
    if (!annotation.bare) out += '(' + quoted(annotation.value) + ')';
    out += '\n';
  }
  out += body.effect == Effect::permit ? "permit(\n  " : "forbid(\n  ";
  print_constraint(out, "principal", body.principal);
  out += ",\n  ";
  print_actions(out, body.action);
  out += ",\n  ";
  print_constraint(out, "resource", body.resource);
  out += "\n)";
  for (const Condition& condition : body.conditions) {
    out += condition.negated ? " unless {\n  " : " when {\n  ";
    out += to_text(*condition.body);
    out += "\n}";
  }
  out += ';';
  return out;
}

}  // namespace quis
