// Lowering: from the syntax tree of a policy's conditions to a run of instructions.
//
// `lower` compiles one expression to leave its value in a given slot, and returns the value instead, emitting nothing,
// when it is a constant. So constants meet and fold on the way up, in one pass, and only what is left becomes code.
//
// What folds, and what must not, is said in folding.cpp. An operand is dropped only where Cedar would not evaluate it,
// after the deciding operand of `&&` and `||` and in the branch of `if` not taken, or where it is a constant boolean
// that decides nothing.

#include "engine/compiler.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/folding.hpp"

namespace quis {
namespace {

class Lowering {
 public:
  explicit Lowering(Program& program) noexcept : program_(program) {}

  void policy(const PolicyBody& body) {
    scratch_ = 0;
    const std::size_t begin = program_.code.size();
    if (body.principal.kind == ScopeConstraint::Kind::is_in) check_type(Variable::principal, body.principal.type);
    if (body.resource.kind == ScopeConstraint::Kind::is_in) check_type(Variable::resource, body.resource.type);
    for (const Condition& condition : body.conditions) {
      const Constant constant = lower(*condition.body, 0);
      if (constant && constant->is(Value::Kind::boolean) && constant->as_boolean() != condition.negated) continue;
      materialise(constant, 0);
      emit(condition.negated ? Opcode::require_false : Opcode::require_true, 0);
    }
    // Nothing jumps to behind the last requirement, so the two can be one.
    Instruction* const last = program_.code.size() > begin ? &program_.code.back() : nullptr;
    if (last != nullptr && last->opcode == Opcode::require_true) {
      last->opcode = Opcode::decide;
    } else {
      emit(Opcode::satisfied, 0);
    }
    program_.scratch_bytes = std::max(program_.scratch_bytes, scratch_);
  }

 private:
  /// What the index does not check of `is T in e`.
  void check_type(Variable variable, TypeId type) {
    emit(Opcode::load_variable, 0).variable = variable;
    emit(Opcode::is_type, 0).operand = type.value;
    emit(Opcode::require_true, 0);
  }

  [[gnu::noinline]] Instruction& emit(Opcode opcode, std::uint32_t slot) {
    program_.slots = std::max(program_.slots, slot + 2);
    Instruction& instruction = program_.code.emplace_back();
    instruction.opcode = opcode;
    instruction.slot = slot;
    return instruction;
  }

  [[gnu::noinline]] void materialise(const Constant& constant, std::uint32_t slot) {
    if (!constant) return;
    emit(Opcode::load_constant, slot).operand = static_cast<std::uint32_t>(program_.constants.size());
    program_.constants.push_back(*constant);
  }

  /// A jump whose target is set by `land`.
  std::size_t jump(Opcode opcode, std::uint32_t slot) {
    emit(opcode, slot);
    return program_.code.size() - 1;
  }
  void land(std::size_t jump) { program_.code[jump].operand = static_cast<std::uint32_t>(program_.code.size()); }

  /// Recursion is as deep as the expression. What it calls is not inlined, so that only the locals of the case at hand
  /// stand on the stack at each level.
  Constant lower(const Expr& e, std::uint32_t slot) {
    switch (e.op) {
      case Op::literal: return e.value;
      case Op::variable: emit(Opcode::load_variable, slot).variable = e.variable; return std::nullopt;
      case Op::and_:
      case Op::or_: return junction(e, slot);
      case Op::if_: return conditional(e, slot);
      case Op::set:
      case Op::record:
      case Op::call: return variadic(e, slot);
      case Op::get_attribute:
      case Op::has_attribute: return attribute(e, slot);
      case Op::not_:
      case Op::negate:
      case Op::is:
      case Op::like:
      case Op::is_empty: return unary(e, slot);
      case Op::is_in: return is_in(e, slot);
      default: return binary(e, slot);
    }
  }

  [[gnu::noinline]] Constant junction(const Expr& e, std::uint32_t slot) {
    const bool stop = e.op == Op::or_;
    std::vector<std::size_t> exits;
    bool emitted = false;
    for (std::size_t i = 0; i < e.operands.size(); ++i) {
      const bool last = i + 1 == e.operands.size();
      const Constant constant = lower(*e.operands[i], slot);
      if (constant && constant->is(Value::Kind::boolean)) {
        if (constant->as_boolean() != stop && !last) continue;  // decides nothing and cannot fail
        if (!emitted) return constant;
        materialise(constant, slot);
        break;
      }
      materialise(constant, slot);
      emitted = true;
      if (last) {
        emit(Opcode::check_boolean, slot);
      } else {
        exits.push_back(jump(stop ? Opcode::jump_if_true : Opcode::jump_if_false, slot));
      }
    }
    for (const std::size_t exit : exits) land(exit);
    return std::nullopt;
  }

  [[gnu::noinline]] Constant conditional(const Expr& e, std::uint32_t slot) {
    const Constant condition = lower(*e.operands[0], slot);
    if (condition && condition->is(Value::Kind::boolean))
      return lower(*e.operands[condition->as_boolean() ? 1 : 2], slot);
    materialise(condition, slot);
    const std::size_t otherwise = jump(Opcode::jump_if_false, slot);
    materialise(lower(*e.operands[1], slot), slot);
    const std::size_t end = jump(Opcode::jump, slot);
    land(otherwise);
    materialise(lower(*e.operands[2], slot), slot);
    land(end);
    return std::nullopt;
  }

  [[gnu::noinline]] Constant variadic(const Expr& e, std::uint32_t slot) {
    const auto count = static_cast<std::uint32_t>(e.operands.size());
    std::vector<Constant> constants(count);
    for (std::uint32_t i = 0; i < count; ++i) constants[i] = lower(*e.operands[i], slot + i);
    if (std::all_of(constants.begin(), constants.end(), [](const Constant& c) { return c.has_value(); })) {
      if (const Constant folded = fold_variadic(e, constants, program_.arena)) return folded;
    }
    for (std::uint32_t i = 0; i < count; ++i) materialise(constants[i], slot + i);
    program_.slots = std::max(program_.slots, slot + count + 1);
    switch (e.op) {
      case Op::set:
        emit(Opcode::make_set, slot).count = count;
        scratch_ += 64 + std::size_t{count} * sizeof(Value);
        break;
      case Op::record: {
        Instruction& make = emit(Opcode::make_record, slot);
        make.count = count;
        make.operand = static_cast<std::uint32_t>(program_.record_keys.size());
        program_.record_keys.push_back(e.keys);
        scratch_ += 128 + std::size_t{count} * (sizeof(std::pair<SymbolId, Value>) + sizeof(Value) + sizeof(SymbolId));
        break;
      }
      default: {
        Instruction& call = emit(Opcode::call, slot);
        call.count = count;
        call.operand = static_cast<std::uint32_t>(e.function);
        scratch_ += 64;
        break;
      }
    }
    return std::nullopt;
  }

  [[gnu::noinline]] Constant attribute(const Expr& e, std::uint32_t slot) {
    const Expr& subject = *e.operands[0];
    const bool get = e.op == Op::get_attribute;
    if (subject.op == Op::variable) {
      Instruction& instruction = emit(get ? Opcode::load_attribute : Opcode::variable_has, slot);
      instruction.variable = subject.variable;
      instruction.operand = e.name.value;
      return std::nullopt;
    }
    const Constant constant = lower(subject, slot);
    if (constant) {
      if (const Constant folded = fold_attribute(e, *constant)) return folded;
    }
    materialise(constant, slot);
    emit(get ? Opcode::get_attribute : Opcode::has_attribute, slot).operand = e.name.value;
    return std::nullopt;
  }

  [[gnu::noinline]] Constant unary(const Expr& e, std::uint32_t slot) {
    const Constant constant = lower(*e.operands[0], slot);
    if (constant) {
      if (const Constant folded = fold_unary(e, *constant)) return folded;
      materialise(constant, slot);
    }
    switch (e.op) {
      case Op::not_: emit(Opcode::negate_boolean, slot); break;
      case Op::negate: emit(Opcode::negate_integer, slot); break;
      case Op::is_empty: emit(Opcode::is_empty, slot); break;
      case Op::is: emit(Opcode::is_type, slot).operand = e.type.value; break;
      default:
        emit(Opcode::like, slot).operand = static_cast<std::uint32_t>(program_.patterns.size());
        program_.patterns.push_back(e.pattern);
        break;
    }
    return std::nullopt;
  }

  /// `a is T in b`: `b` is not evaluated when `a` is of another type.
  [[gnu::noinline]] Constant is_in(const Expr& e, std::uint32_t slot) {
    materialise(lower(*e.operands[0], slot), slot);
    const std::size_t other_type = jump(Opcode::jump_unless_type, slot);
    program_.code[other_type].count = e.type.value;
    materialise(lower(*e.operands[1], slot + 1), slot + 1);
    emit(Opcode::in, slot);
    const std::size_t end = jump(Opcode::jump, slot);
    land(other_type);
    materialise(Value::boolean(false), slot);
    land(end);
    return std::nullopt;
  }

  [[gnu::noinline]] Constant binary(const Expr& e, std::uint32_t slot) {
    const Expr& left = *e.operands[0];
    const Expr& right = *e.operands[1];
    // `principal in x` and `x == principal` need no slot for the variable: reading one cannot fail.
    if (e.op == Op::in && is_entity_variable(left)) {
      if (right.op == Op::get_attribute && right.operands[0]->op == Op::variable) {
        Instruction& fused = emit(Opcode::variable_in_attribute, slot);
        fused.variable = left.variable;
        fused.other = right.operands[0]->variable;
        fused.operand = right.name.value;
        return std::nullopt;
      }
      materialise(lower(right, slot), slot);
      emit(Opcode::variable_in, slot).variable = left.variable;
      return std::nullopt;
    }
    if (e.op == Op::equal && (is_entity_variable(left) || is_entity_variable(right))) {
      const bool variable_left = is_entity_variable(left);
      materialise(lower(variable_left ? right : left, slot), slot);
      emit(Opcode::equal_variable, slot).variable = (variable_left ? left : right).variable;
      return std::nullopt;
    }
    const Constant a = lower(left, slot);
    const Constant b = lower(right, slot + 1);
    if (a && b) {
      if (const Constant folded = fold_binary(e.op, *a, *b)) return folded;
    }
    materialise(a, slot);
    materialise(b, slot + 1);
    Instruction& instruction = emit(binary_opcode(e.op), slot);
    instruction.op = e.op;
    program_.slots = std::max(program_.slots, slot + 3);
    return std::nullopt;
  }

  static bool is_entity_variable(const Expr& e) { return e.op == Op::variable && e.variable != Variable::context; }

  static Opcode binary_opcode(Op op) {
    switch (op) {
      case Op::equal: return Opcode::equal;
      case Op::not_equal: return Opcode::not_equal;
      case Op::add:
      case Op::subtract:
      case Op::multiply: return Opcode::arithmetic;
      case Op::in: return Opcode::in;
      case Op::contains: return Opcode::contains;
      case Op::contains_all: return Opcode::contains_all;
      case Op::contains_any: return Opcode::contains_any;
      case Op::get_tag: return Opcode::get_tag;
      case Op::has_tag: return Opcode::has_tag;
      default: return Opcode::order;
    }
  }

  Program& program_;
  std::size_t scratch_ = 0;
};

}  // namespace

Program compile(const PolicySet& policies, const Entities& entities) {
  Program program;
  Lowering lowering(program);
  std::unordered_map<const PolicyBody*, std::uint32_t> known;
  known.reserve(policies.policies().size());
  program.policies.reserve(policies.policies().size());
  for (const Policy& policy : policies.policies()) {
    const auto [found, added] = known.try_emplace(policy.body.get(), static_cast<std::uint32_t>(program.code.size()));
    if (added) lowering.policy(*policy.body);
    program.policies.push_back({found->second, force_of(*policy.body)});
  }
  program.index.build(policies.policies(), entities);
  return program;
}

}  // namespace quis
