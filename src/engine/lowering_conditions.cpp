// Lowering of conditions: tests and the jumps between them.
//
// `branch` takes the outcome at which to leave, so that `!` costs nothing and an operand of `&&` in an `||` jumps
// straight to where the whole is decided. Where a variable or one of its attributes is an operand there is a test that
// reads it in place; reading a variable cannot fail, so those need not keep the order of evaluation. All others do.

#include <algorithm>
#include <cassert>

#include "engine/lowering.hpp"

namespace quis {
namespace {

bool is_entity_variable(const Expr& e) { return e.op == Op::variable && e.variable != Variable::context; }

/// `principal.name`, of any variable.
bool is_variable_attribute(const Expr& e) { return e.op == Op::get_attribute && e.operands[0]->op == Op::variable; }

bool is_boolean(const Constant& constant) { return constant && constant->is(Value::Kind::boolean); }

}  // namespace

Lowering::Known Lowering::branch(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  switch (e.op) {
    case Op::and_:
    case Op::or_: return junction(e, leave, exits, slot);
    case Op::not_: {
      const Known known = branch(*e.operands[0], !leave, exits, slot);
      return known ? Known(!*known) : std::nullopt;
    }
    case Op::if_: return conditional(e, leave, exits, slot);
    case Op::has_attribute: return has(e, leave, exits, slot);
    case Op::is:
    case Op::like:
    case Op::is_empty: return unary(e, leave, exits, slot);
    case Op::is_in: return is_in(e, leave, exits, slot);
    case Op::in: return in(e, leave, exits, slot);
    case Op::equal:
    case Op::not_equal: return equality(e, leave, exits, slot);
    case Op::contains: return contains(e, leave, exits, slot);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return order(e, leave, exits, slot);
    case Op::call: return method(e, leave, exits, slot);
    case Op::contains_all:
    case Op::contains_any: return binary(e, leave, exits, slot);
    case Op::has_tag: return has_tag(e, leave, exits, slot);
    default: return any_value(e, leave, exits, slot);
  }
}

[[gnu::noinline]] Instruction& Lowering::test(Opcode opcode, std::uint32_t slot, bool leave, Exits& exits) {
  exits.push_back(program_.code.size());
  Instruction& instruction = emit(opcode, slot);
  instruction.then = leave ? Then::jump_if_true : Then::jump_if_false;
  return instruction;
}

[[gnu::noinline]] Lowering::Known Lowering::junction(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const bool decisive = e.op == Op::or_;  // an operand with this outcome decides
  const std::size_t begin = program_.code.size();
  Exits decided;  // when what decides is not what to leave at, it leads behind
  Exits& when_decided = leave == decisive ? exits : decided;
  Known last;
  for (std::size_t i = 0; i < e.operands.size() && last != decisive; ++i) {
    const bool is_last = i + 1 == e.operands.size();
    last = branch(*e.operands[i], is_last ? leave : decisive, is_last ? exits : when_decided, slot);
  }
  if (last && program_.code.size() == begin) return last;
  if (last == leave) jump(exits);
  land(decided);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::conditional(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  Exits otherwise;
  if (const Known known = branch(*e.operands[0], false, otherwise, slot)) {
    return branch(*e.operands[*known ? 1 : 2], leave, exits, slot);
  }
  Exits end;
  const Known then = branch(*e.operands[1], leave, exits, slot);
  jump(then == leave ? exits : end);
  land(otherwise);
  if (branch(*e.operands[2], leave, exits, slot) == leave) jump(exits);
  land(end);
  return std::nullopt;
}

/// What may be no boolean.
[[gnu::noinline]] Lowering::Known Lowering::any_value(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  if (is_variable_attribute(e)) {
    Instruction& fused = test(Opcode::attribute_is_true, slot, leave, exits);
    fused.other = read(e.operands[0]->variable);
    fused.operand = e.name.value;
    return std::nullopt;
  }
  const Constant constant = value(e, slot);
  if (is_boolean(constant)) return constant->as_boolean();
  materialise(constant, slot);
  test(Opcode::is_true, slot, leave, exits);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::has(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const Expr& subject = *e.operands[0];
  if (subject.op == Op::variable) {
    Instruction& fused = test(Opcode::variable_has, slot, leave, exits);
    fused.other = read(subject.variable);
    fused.operand = e.name.value;
    return std::nullopt;
  }
  const Constant constant = value(subject, slot);
  if (constant) {
    if (const Constant folded = fold_attribute(e, *constant)) return folded->as_boolean();
  }
  materialise(constant, slot);
  test(Opcode::has_attribute, slot, leave, exits).operand = e.name.value;
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::unary(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const Expr& subject = *e.operands[0];
  if (e.op == Op::is && is_entity_variable(subject)) {
    Instruction& fused = test(Opcode::variable_is_type, slot, leave, exits);
    fused.variable = subject.variable;
    fused.operand = e.type.value;
    return std::nullopt;
  }
  const Constant constant = value(subject, slot);
  if (constant) {
    if (const Constant folded = fold_unary(e, *constant)) return folded->as_boolean();
  }
  materialise(constant, slot);
  switch (e.op) {
    case Op::is: test(Opcode::is_type, slot, leave, exits).operand = e.type.value; break;
    case Op::is_empty: test(Opcode::is_empty, slot, leave, exits); break;
    default:
      test(Opcode::like, slot, leave, exits).operand = static_cast<std::uint32_t>(program_.patterns.size());
      program_.patterns.push_back(e.pattern);
      break;
  }
  return std::nullopt;
}

/// `a is T in b`: `b` is not evaluated when `a` is of another type.
[[gnu::noinline]] Lowering::Known Lowering::is_in(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  Exits other_type;
  if (is_entity_variable(*e.operands[0])) {
    Instruction& fused = test(Opcode::variable_is_type, slot, false, leave ? other_type : exits);
    fused.variable = e.operands[0]->variable;
    fused.operand = e.type.value;
    (void)in(e, leave, exits, slot);  // unknown, as it asks the store
    land(other_type);
    return std::nullopt;
  }
  materialise(value(*e.operands[0], slot), slot);
  test(Opcode::is_type, slot, false, leave ? other_type : exits).operand = e.type.value;
  materialise(value(*e.operands[1], slot + 1), slot + 1);
  test(Opcode::in, slot, leave, exits);
  land(other_type);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::in(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const Expr& left = *e.operands[0];
  const Expr& right = *e.operands[1];
  if (!is_entity_variable(left)) return binary(e, leave, exits, slot);
  if (is_variable_attribute(right)) {
    Instruction& fused = test(Opcode::variable_in_attribute, slot, leave, exits);
    fused.variable = read(left.variable);
    fused.other = read(right.operands[0]->variable);
    fused.operand = right.name.value;
    return std::nullopt;
  }
  const Expr* const owner = right.op == Op::get_attribute ? right.operands[0] : nullptr;
  if (owner != nullptr && is_variable_attribute(*owner)) {
    materialise(value(*owner, slot), slot);
    Instruction& fused = test(Opcode::variable_in_slot_attribute, slot, leave, exits);
    fused.variable = read(left.variable);
    fused.operand = right.name.value;
    return std::nullopt;
  }
  const Constant constant = value(right, slot);
  Instruction& fused = test(constant ? Opcode::variable_in_constant : Opcode::variable_in, slot, leave, exits);
  fused.variable = read(left.variable);
  if (constant) fused.operand = add_constant(*constant);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::equality(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const bool equal = leave == (e.op == Op::equal);
  const Expr& left = *e.operands[0];
  const Expr& right = *e.operands[1];
  if (is_entity_variable(left) || is_entity_variable(right)) {
    const Expr& variable = is_entity_variable(left) ? left : right;
    const Expr& other = is_entity_variable(left) ? right : left;
    if (is_variable_attribute(other)) {
      Instruction& fused = test(Opcode::attribute_equals_variable, slot, equal, exits);
      fused.variable = variable.variable;
      fused.other = read(other.operands[0]->variable);
      fused.operand = other.name.value;
      return std::nullopt;
    }
    materialise(value(other, slot), slot);
    test(Opcode::equal_variable, slot, equal, exits).variable = variable.variable;
    return std::nullopt;
  }
  const Constant a = value(left, slot);
  const Constant b = value(right, a ? slot : slot + 1);
  if (a && b) return fold_binary(e.op, *a, *b)->as_boolean();
  if (a || b) {
    test_constant(Opcode::attribute_equals_constant, Opcode::equal_constant, a ? right : left, a ? *a : *b, slot, equal,
                  exits);
    return std::nullopt;
  }
  test(Opcode::equal, slot, equal, exits);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::contains(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const Expr& set = *e.operands[0];
  const Expr& element = *e.operands[1];
  if (!is_variable_attribute(set) || !is_entity_variable(element)) return binary(e, leave, exits, slot);
  Instruction& fused = test(Opcode::attribute_contains_variable, slot, leave, exits);
  fused.variable = element.variable;
  fused.other = read(set.operands[0]->variable);
  fused.operand = set.name.value;
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::has_tag(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  if (!is_tag_of_variable(e)) return binary(e, leave, exits, slot);
  name_tag(test(Opcode::variable_has_tag, slot, leave, exits), e);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::binary(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const auto opcode_of = [](Op op) {
    switch (op) {
      case Op::in: return Opcode::in;
      case Op::contains: return Opcode::contains;
      case Op::contains_all: return Opcode::contains_all;
      case Op::contains_any: return Opcode::contains_any;
      default: return Opcode::has_tag;
    }
  };
  const Constant a = value(*e.operands[0], slot);
  const Constant b = value(*e.operands[1], slot + 1);
  if (a && b) {
    if (const Constant folded = fold_binary(e.op, *a, *b)) return folded->as_boolean();
  }
  materialise(a, slot);
  materialise(b, slot + 1);
  test(opcode_of(e.op), slot, leave, exits);
  return std::nullopt;
}

[[gnu::noinline]] Lowering::Known Lowering::order(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const Constant a = value(*e.operands[0], slot);
  const Constant b = value(*e.operands[1], slot + 1);
  if (a && b) {
    if (const Constant folded = fold_binary(e.op, *a, *b)) return folded->as_boolean();
  }
  const detail::Comparison comparison = detail::comparison_of(e.op);
  if (!a && b) {
    test_constant(Opcode::attribute_order_constant, Opcode::order_constant, *e.operands[0], *b, slot, leave, exits)
        .comparison = comparison;
    return std::nullopt;
  }
  materialise(a, slot);
  materialise(b, slot + 1);
  test(Opcode::order, slot, leave, exits).comparison = comparison;
  return std::nullopt;
}

/// A test of `subject`, whose value was lowered just now, against a constant: of an attribute of a variable, if it is
/// one, for then what was emitted last is its load: a constant emits nothing.
[[gnu::noinline]] Instruction& Lowering::test_constant(Opcode of_attribute, Opcode of_slot, const Expr& subject,
                                                       const Value& constant, std::uint32_t slot, bool leave,
                                                       Exits& exits) {
  const std::uint32_t number = add_constant(constant);
  if (!is_variable_attribute(subject)) {
    Instruction& test_of_slot = test(of_slot, slot, leave, exits);
    test_of_slot.operand = number;
    return test_of_slot;
  }
  assert(program_.code.back().opcode == Opcode::load_attribute);
  program_.code.pop_back();
  Instruction& fused = test(of_attribute, slot, leave, exits);
  fused.other = subject.operands[0]->variable;
  fused.operand = subject.name.value;
  fused.slot = number;
  return fused;
}

/// A call of what says yes or no, and is called as it should be.
[[gnu::noinline]] Lowering::Known Lowering::method(const Expr& e, bool leave, Exits& exits, std::uint32_t slot) {
  const ExtensionSignature& signature = signature_of(e.function);
  if (signature.result != Value::Kind::boolean || signature.arity != e.operands.size()) {
    return any_value(e, leave, exits, slot);
  }
  const bool has_argument = signature.arity > 1;
  const Constant receiver = value(*e.operands[0], slot);
  const Constant argument = has_argument ? value(*e.operands[1], slot + 1) : std::nullopt;
  if (receiver && (argument || !has_argument)) {
    std::vector<Constant> constants{receiver};
    if (has_argument) constants.push_back(argument);
    if (const Constant folded = fold_variadic(e, constants, program_.arena)) return folded->as_boolean();
  }
  materialise(receiver, slot);
  const bool is_fused = argument || !has_argument;
  const std::uint32_t number = argument ? add_constant(*argument) : 0;
  Instruction& call = test(is_fused ? Opcode::method_with_constant : Opcode::method, slot, leave, exits);
  call.function = e.function;
  call.operand = number;
  return std::nullopt;
}

}  // namespace quis
