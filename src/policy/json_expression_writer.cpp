// Expressions to JSON.
//
// The tree that policies are kept in is flatter than Cedar's JSON in two places, and both are undone here.
//
// Chains. `a && b && c` is one node; JSON nests it to the left, one level an operand. A chain may be as long as its
// text, so the nesting is written in a loop, all openings first, and never by recursion.
//
// Paths. `x has a.b` is kept as `x has a && x.a has b`, yet written `{"has": {"left": x, "attr": ["a", "b"]}}`. What
// tells it from the same two tests written out is that its parts share the node of `x`; two operands read from text
// never do.
#include "policy/json_expression_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include <quis/base/extension.hpp>
#include <quis/base/vocabulary.hpp>

#include "policy/json_operators.hpp"
#include "policy/json_writer.hpp"

namespace quis {
namespace {

using Operands = std::span<const Expr* const>;

void write(JsonEmitter& out, const Expr& expr);

void write_member(JsonEmitter& out, std::string_view key, const Expr& expr) {
  out.key(key);
  write(out, expr);
}

void write_literal(JsonEmitter& out, const Value& value) {
  out.key("Value");
  switch (value.kind()) {
    case Value::Kind::boolean: return out.boolean(value.as_boolean());
    case Value::Kind::integer: return out.integer(value.as_integer());
    case Value::Kind::string: return out.string(value.as_string());
    default:  // an entity: literals have no other kind
      out.begin_object();
      out.key("__entity");
      write_entity_json(out, value.as_entity());
      out.end_object();
  }
}

/// Whether `next` is the test that follows `test` in a `has` with a path.
bool continues_path(const Expr& test, const Expr& next) {
  if (test.op != Op::has_attribute || next.op != Op::has_attribute) return false;
  const Expr& step = *next.operands.front();
  return step.op == Op::get_attribute && step.name == test.name && step.operands.front() == test.operands.front();
}

/// How many operands from the first on make one `has` with a path; 1 when the first is something else.
std::size_t path_length(Operands operands) {
  std::size_t length = 1;
  while (length < operands.size() && continues_path(*operands[length - 1], *operands[length])) ++length;
  return length;
}

void write_path(JsonEmitter& out, Operands tests) {
  out.begin_object();
  out.key("has");
  out.begin_object();
  write_member(out, "left", *tests.front()->operands.front());
  out.key("attr");
  out.begin_array();
  for (const Expr* test : tests) out.string(text_of(test->name));
  out.end_array();
  out.end_object();
  out.end_object();
}

/// Takes the next operand of a chain from `rest`: usually one, several when they are a path.
Operands next_operand(Op op, Operands& rest) {
  const std::size_t length = op == Op::and_ ? path_length(rest) : 1;
  const Operands taken = rest.first(length);
  rest = rest.subspan(length);
  return taken;
}

void write_operand(JsonEmitter& out, Operands operand) {
  if (operand.size() > 1) {
    write_path(out, operand);
  } else {
    write(out, *operand.front());
  }
}

void write_chain(JsonEmitter& out, const Expr& chain) {
  const std::string_view name = chain.op == Op::and_ ? "&&" : "||";
  std::size_t count = 0;
  for (Operands rest = chain.operands; !rest.empty(); ++count) (void)next_operand(chain.op, rest);

  for (std::size_t i = 1; i < count; ++i) {
    out.begin_object();
    out.key(name);
    out.begin_object();
    out.key("left");
  }
  Operands rest = chain.operands;
  write_operand(out, next_operand(chain.op, rest));
  while (!rest.empty()) {
    out.key("right");
    write_operand(out, next_operand(chain.op, rest));
    out.end_object();
    out.end_object();
  }
}

/// The wildcards, and the texts between them one code point at a time, as Cedar has them.
void write_pattern(JsonEmitter& out, Pattern pattern) {
  const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  out.begin_array();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i > 0) out.string("Wildcard");
    for (std::string_view rest = pattern[i]; !rest.empty();) {
      const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_continuation);
      const auto length = static_cast<std::size_t>(end - rest.begin());
      out.begin_object();
      out.key("Literal");
      out.string(rest.substr(0, length));
      out.end_object();
      rest.remove_prefix(length);
    }
  }
  out.end_array();
}

void write_list(JsonEmitter& out, Operands items) {
  out.begin_array();
  for (const Expr* item : items) write(out, *item);
  out.end_array();
}

void write_operator(JsonEmitter& out, const Expr& expr) {
  const auto is_operator = [&expr](const JsonOperator& each) { return each.op == expr.op; };
  if (const auto* unary = std::find_if(kJsonUnary.begin(), kJsonUnary.end(), is_operator); unary != kJsonUnary.end()) {
    out.key(unary->name);
    out.begin_object();
    write_member(out, "arg", *expr.operands[0]);
  } else {
    out.key(std::find_if(kJsonBinary.begin(), kJsonBinary.end(), is_operator)->name);
    out.begin_object();
    write_member(out, "left", *expr.operands[0]);
    write_member(out, "right", *expr.operands[1]);
  }
  out.end_object();
}

/// What stands in the object of an expression: its one key and the value of that.
void write_body(JsonEmitter& out, const Expr& expr) {
  switch (expr.op) {
    case Op::literal: return write_literal(out, expr.value);
    case Op::variable: out.key("Var"); return out.string(kJsonVariables[static_cast<std::size_t>(expr.variable)].name);
    case Op::set: out.key("Set"); return write_list(out, expr.operands);
    case Op::call: out.key(signature_of(expr.function).name); return write_list(out, expr.operands);
    case Op::record:
      out.key("Record");
      out.begin_object();
      for (std::size_t i = 0; i < expr.keys.size(); ++i) write_member(out, text_of(expr.keys[i]), *expr.operands[i]);
      return out.end_object();
    case Op::if_:
      out.key("if-then-else");
      out.begin_object();
      write_member(out, "if", *expr.operands[0]);
      write_member(out, "then", *expr.operands[1]);
      write_member(out, "else", *expr.operands[2]);
      return out.end_object();
    case Op::get_attribute:
    case Op::has_attribute:
      out.key(expr.op == Op::get_attribute ? "." : "has");
      out.begin_object();
      // Paths nest as deeply as expressions may, and sorting moves all that they hold, so they come in order.
      if (!out.canonical()) write_member(out, "left", *expr.operands[0]);
      out.key("attr");
      out.string(text_of(expr.name));
      if (out.canonical()) write_member(out, "left", *expr.operands[0]);
      return out.end_object();
    case Op::is:
    case Op::is_in:
      out.key("is");
      out.begin_object();
      write_member(out, "left", *expr.operands[0]);
      out.key("entity_type");
      out.string(text_of(expr.type));
      if (expr.op == Op::is_in) write_member(out, "in", *expr.operands[1]);
      return out.end_object();
    case Op::like:
      out.key("like");
      out.begin_object();
      write_member(out, "left", *expr.operands[0]);
      out.key("pattern");
      write_pattern(out, expr.pattern);
      return out.end_object();
    default: return write_operator(out, expr);
  }
}

void write(JsonEmitter& out, const Expr& expr) {
  if (expr.op == Op::and_ || expr.op == Op::or_) return write_chain(out, expr);
  out.begin_object();
  write_body(out, expr);
  out.end_object();
}

}  // namespace

void write_expression_json(JsonEmitter& out, const Expr& expression) { write(out, expression); }

}  // namespace quis
