// Lowering of policies and of values.

#include "engine/lowering.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "engine/guards.hpp"

namespace quis {
namespace {

RecordForm form_of(std::span<const SymbolId> keys) {
  RecordForm form;
  form.slots.resize(keys.size());
  std::iota(form.slots.begin(), form.slots.end(), 0U);
  std::ranges::sort(form.slots, {}, [&](std::uint32_t slot) { return keys[slot]; });
  for (const std::uint32_t slot : form.slots) form.keys.push_back(keys[slot]);
  return form;
}

}  // namespace

Lowering::Lowering(Program& program) : program_(program) {
  emit(Opcode::satisfied, 0);
  emit(Opcode::end, 0);
}

std::uint32_t Lowering::policy(const PolicyBody& body) {
  begin_ = program_.code.size();
  scratch_ = 0;
  records_ = 0;
  Exits failed;
  // What the index does not check of `is T in e`.
  const auto check_type = [&](const ScopeConstraint& constraint, Variable variable) {
    if (constraint.kind != ScopeConstraint::Kind::is_in) return;
    Instruction& check = test(Opcode::variable_is_type, 0, false, failed);
    check.variable = variable;
    check.operand = constraint.type.value;
  };
  check_type(body.principal, Variable::principal);
  check_type(body.resource, Variable::resource);
  bool never = false;
  for (const Condition& condition : body.conditions) {
    const Known known = branch(*condition.body, condition.negated, failed, 0);
    never = known && *known == condition.negated;
    if (never) break;
  }
  if (program_.code.size() == begin_) return never ? Program::kNotSatisfied : Program::kSatisfied;
  if (!never) conclude(failed);
  land(failed);
  emit(Opcode::end, 0);
  merge_guards(program_.code, begin_);
  if (scratch_ != 0) begin_with_new_scratch();
  program_.record_bytes = std::max(program_.record_bytes, records_);
  return static_cast<std::uint32_t>(begin_);
}

/// Ends the code of a policy that is satisfied here: by its last test, if that may be.
void Lowering::conclude(Exits& failed) {
  const auto here = static_cast<std::uint32_t>(program_.code.size());
  const bool ends_in_test = is_test(program_.code.back().opcode) && !failed.empty() && failed.back() + 1 == here;
  const std::size_t first = ends_in_test ? first_alternative() : here;
  const bool is_reached = std::any_of(program_.code.begin() + static_cast<std::ptrdiff_t>(begin_),
                                      program_.code.begin() + static_cast<std::ptrdiff_t>(first),
                                      [&](const Instruction& i) { return i.jumps() && i.target == here; });
  if (!ends_in_test || is_reached) {
    emit(Opcode::satisfied, 0);
    return;
  }
  Instruction& last = program_.code.back();
  last.then = wants(last.then) ? Then::jump_if_false : Then::jump_if_true;  // to where the policy is satisfied
  for (std::size_t at = first; at < here; ++at) {
    program_.code[at].then = counting(program_.code[at].then);
    program_.code[at].bit = 0;
  }
  failed.pop_back();
}

/// Where `a || b || c` at the end of a policy begins, if each is one quick test: then all of them are made and counted,
/// for that is less work than to guess wrongly which of them holds. If there is no such thing, the last test. An
/// error in what would have been left out is none; see `ProgramRun::run`.
std::size_t Lowering::first_alternative() const {
  constexpr std::size_t kMost = 4;
  const auto is_quick = [](const Instruction& i) {
    return tests_attribute(i.opcode) || i.opcode == Opcode::variable_in_constant ||
           i.opcode == Opcode::variable_is_type || i.opcode == Opcode::variable_has;
  };
  const std::size_t here = program_.code.size();
  std::size_t first = here - 1;
  while (first > begin_ && here - first < kMost && is_quick(program_.code[first])) {
    const Instruction& before = program_.code[first - 1];
    if (!is_quick(before) || !before.jumps() || before.target != here) break;
    --first;
  }
  return first;
}

/// Whether a policy makes values is known only when it was lowered.
void Lowering::begin_with_new_scratch() {
  program_.scratch_bytes = std::max(program_.scratch_bytes, scratch_);
  const auto first = program_.code.begin() + static_cast<std::ptrdiff_t>(begin_);
  for (auto i = first; i != program_.code.end(); ++i) {
    if (i->jumps()) ++i->target;
  }
  Instruction reset;
  reset.opcode = Opcode::new_scratch;
  program_.code.insert(first, reset);
}

[[gnu::noinline]] Instruction& Lowering::emit(Opcode opcode, std::uint32_t slot) {
  use_slots(slot + 2);
  Instruction& instruction = program_.code.emplace_back();
  instruction.opcode = opcode;
  instruction.slot = slot;
  return instruction;
}

void Lowering::jump(Exits& exits) {
  exits.push_back(program_.code.size());
  emit(Opcode::jump, 0);
}

void Lowering::land(const Exits& exits) {
  for (const std::size_t exit : exits) program_.code[exit].target = static_cast<std::uint32_t>(program_.code.size());
}

[[gnu::noinline]] void Lowering::materialise(const Constant& constant, std::uint32_t slot) {
  if (!constant) return;
  const std::uint32_t number = add_constant(*constant);
  emit(Opcode::load_constant, slot).operand = number;
}

std::uint32_t Lowering::add_constant(const Value& constant) {
  program_.constants.push_back(constant);
  return static_cast<std::uint32_t>(program_.constants.size() - 1);
}

Variable Lowering::read(Variable variable) {
  program_.reads_action |= variable == Variable::action;
  return variable;
}

void Lowering::use_slots(std::uint32_t count) { program_.slots = std::max(program_.slots, count); }

Constant Lowering::value(const Expr& e, std::uint32_t slot) {
  switch (e.op) {
    case Op::literal: return e.value;
    case Op::variable: emit(Opcode::load_variable, slot).variable = e.variable; return std::nullopt;
    case Op::if_: return conditional_value(e, slot);
    case Op::set:
    case Op::record:
    case Op::call: return variadic(e, slot);
    case Op::get_attribute: return attribute(e, slot);
    case Op::negate: return negation(e, slot);
    case Op::add:
    case Op::subtract:
    case Op::multiply: return binary_value(e, slot);
    case Op::get_tag: return is_tag_of_variable(e) ? tag(e, slot) : binary_value(e, slot);
    default: return boolean_value(e, slot);
  }
}

/// A condition that is read as a value.
[[gnu::noinline]] Constant Lowering::boolean_value(const Expr& e, std::uint32_t slot) {
  Exits otherwise;
  if (const Known known = branch(e, false, otherwise, slot)) return Value::boolean(*known);
  Exits end;
  materialise(Value::boolean(true), slot);
  jump(end);
  land(otherwise);
  materialise(Value::boolean(false), slot);
  land(end);
  return std::nullopt;
}

[[gnu::noinline]] Constant Lowering::conditional_value(const Expr& e, std::uint32_t slot) {
  Exits otherwise;
  if (const Known known = branch(*e.operands[0], false, otherwise, slot)) {
    return value(*e.operands[*known ? 1 : 2], slot);
  }
  Exits end;
  materialise(value(*e.operands[1], slot), slot);
  jump(end);
  land(otherwise);
  materialise(value(*e.operands[2], slot), slot);
  land(end);
  return std::nullopt;
}

[[gnu::noinline]] Constant Lowering::variadic(const Expr& e, std::uint32_t slot) {
  const auto count = static_cast<std::uint32_t>(e.operands.size());
  std::vector<Constant> constants(count);
  for (std::uint32_t i = 0; i < count; ++i) constants[i] = value(*e.operands[i], slot + i);
  if (std::all_of(constants.begin(), constants.end(), [](const Constant& c) { return c.has_value(); })) {
    if (const Constant folded = fold_variadic(e, constants, program_.arena)) return folded;
  }
  for (std::uint32_t i = 0; i < count; ++i) materialise(constants[i], slot + i);
  use_slots(slot + count + 1);
  switch (e.op) {
    case Op::set:
      emit(Opcode::make_set, slot).count = count;
      scratch_ += 128 + std::size_t{count} * (sizeof(Value) + sizeof(EntityId));
      break;
    case Op::record: {
      Instruction& make = emit(Opcode::make_record, slot);
      make.count = count;
      make.operand = static_cast<std::uint32_t>(program_.records.size());
      RecordForm& form = program_.records.emplace_back(form_of(e.keys));
      form.place = records_;
      records_ += form.bytes();
      break;
    }
    default: {
      Instruction& call = emit(Opcode::call, slot);
      call.count = count;
      call.operand = static_cast<std::uint32_t>(e.function);
      if (e.function == ExtensionFunction::ip) scratch_ += 64;  // all else is made in its slot
      break;
    }
  }
  return std::nullopt;
}

[[gnu::noinline]] Constant Lowering::attribute(const Expr& e, std::uint32_t slot) {
  const Expr& subject = *e.operands[0];
  if (subject.op == Op::variable) {
    Instruction& load = emit(Opcode::load_attribute, slot);
    load.other = read(subject.variable);
    load.operand = e.name.value;
    return std::nullopt;
  }
  const Constant constant = value(subject, slot);
  if (constant) {
    if (const Constant folded = fold_attribute(e, *constant)) return folded;
  }
  materialise(constant, slot);
  emit(Opcode::get_attribute, slot).operand = e.name.value;
  return std::nullopt;
}

/// A tag of principal, action or resource whose name stands in the policy: known by its symbol from then on.
bool Lowering::is_tag_of_variable(const Expr& e) {
  const Expr& subject = *e.operands[0];
  const Expr& name = *e.operands[1];
  return subject.op == Op::variable && subject.variable != Variable::context && name.op == Op::literal &&
         name.value.is(Value::Kind::string);
}

[[gnu::noinline]] Constant Lowering::tag(const Expr& e, std::uint32_t slot) {
  name_tag(emit(Opcode::load_tag, slot), e);
  return std::nullopt;
}

void Lowering::name_tag(Instruction& instruction, const Expr& e) {
  instruction.variable = read(e.operands[0]->variable);
  instruction.operand = intern_symbol(e.operands[1]->value.as_string()).value;
}

[[gnu::noinline]] Constant Lowering::negation(const Expr& e, std::uint32_t slot) {
  const Constant constant = value(*e.operands[0], slot);
  if (constant) {
    if (const Constant folded = fold_unary(e, *constant)) return folded;
  }
  materialise(constant, slot);
  emit(Opcode::negate, slot);
  return std::nullopt;
}

[[gnu::noinline]] Constant Lowering::binary_value(const Expr& e, std::uint32_t slot) {
  const Constant left = value(*e.operands[0], slot);
  const Constant right = value(*e.operands[1], slot + 1);
  if (left && right) {
    if (const Constant folded = fold_binary(e.op, *left, *right)) return folded;
  }
  materialise(left, slot);
  materialise(right, slot + 1);
  const Opcode opcode = e.op == Op::get_tag ? Opcode::get_tag : Opcode::arithmetic;
  emit(opcode, slot).operand = static_cast<std::uint32_t>(e.op);
  return std::nullopt;
}

}  // namespace quis
