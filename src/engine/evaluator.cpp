// The compiled evaluator: a loop over flat instructions.
//
// It must give what the reference interpreter gives, value for value and error for error. It differs where the definition
// leaves room: ancestors are looked up in closed lists, sets are searched in their canonical order, and `in` over a set goes
// by the smaller side.
//
// Rejected for this form: computed goto (GCC turns the switch into the same jump table, and clang's tail merging undoes
// the rest), a virtual call or closure per node (no faster on these short programs, and they cannot be printed).

#include "engine/evaluator.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/operations.hpp"

namespace quis {
namespace {

/// Slots and scratch for programs that do not fit the stack; kept by the thread.
struct ThreadScratch {
  std::vector<Value> slots;
  std::vector<std::byte> bytes;

  static ThreadScratch& get() noexcept {
    thread_local ThreadScratch scratch;
    return scratch;
  }
};

}  // namespace

ProgramRun::ProgramRun(const Program& program, const Entities& entities, const Request& request)
    : program_(program),
      entities_(entities),
      request_(request),
      variables_{request.principal, request.action, request.resource},
      slots_(reinterpret_cast<Value*>(inline_slots_)) {
  if (program.slots > kInlineSlots) {
    auto& slots = ThreadScratch::get().slots;
    if (slots.size() < program.slots) slots.resize(program.slots);
    slots_ = slots.data();
  }
  if (program.scratch_bytes > kInlineScratch) {
    auto& bytes = ThreadScratch::get().bytes;
    if (bytes.size() < program.scratch_bytes) bytes.resize(program.scratch_bytes);
    scratch_ = ValueArena(std::span(bytes));
  } else if (program.scratch_bytes != 0) {
    scratch_ = ValueArena(std::span(inline_scratch_));
  }
}

Value ProgramRun::variable(Variable variable) const noexcept {
  if (variable == Variable::context) return request_.context;
  return Value::entity(variables_[static_cast<std::size_t>(variable)]);
}

Evaluated ProgramRun::attribute_of(Variable variable, SymbolId name) const noexcept {
  return get_attribute(entities_, this->variable(variable), name);
}

bool ProgramRun::in_set(EntityId entity, const SetData& targets) const noexcept {
  const EntityRecord* record = entities_.find(entity);
  const std::uint32_t ancestors = record != nullptr ? record->ancestors.size() : 0;
  if (targets.size <= ancestors + 1) {
    for (const Value& target : targets.span()) {
      const EntityId id = target.as_entity();
      if (id == entity || (ancestors != 0 && record->ancestors.contains(id))) return true;
    }
    return false;
  }
  if (targets.contains(Value::entity(entity))) return true;
  bool found = false;
  if (ancestors != 0) {
    record->ancestors.for_each([&](EntityId ancestor) { found = found || targets.contains(Value::entity(ancestor)); });
  }
  return found;
}

Evaluated ProgramRun::in(const Value& entity, const Value& target) const noexcept {
  if (!entity.is(Value::Kind::entity)) return mismatch(entity, Value::Kind::entity);
  if (target.is(Value::Kind::entity)) return Value::boolean(entities_.is_in(entity.as_entity(), target.as_entity()));
  if (!target.is(Value::Kind::set)) return mismatch(target, Value::Kind::set);
  const SetData& targets = target.as_set();
  if (!targets.entities_only) {
    const auto elements = targets.span();
    const auto other = std::find_if(elements.begin(), elements.end(), [](const Value& v) { return !v.is(Value::Kind::entity); });
    return mismatch(*other, Value::Kind::entity);
  }
  return Value::boolean(in_set(entity.as_entity(), targets));
}

Evaluated ProgramRun::set_operation(Opcode opcode, const Value& left, const Value& right) const noexcept {
  if (!left.is(Value::Kind::set)) return mismatch(left, Value::Kind::set);
  const SetData& elements = left.as_set();
  if (opcode == Opcode::contains) return Value::boolean(elements.contains(right));
  if (!right.is(Value::Kind::set)) return mismatch(right, Value::Kind::set);
  const SetData& others = right.as_set();
  if (opcode == Opcode::contains_all) {
    if (others.size > elements.size) return Value::boolean(false);
    const auto all = others.span();
    return Value::boolean(std::all_of(all.begin(), all.end(), [&](const Value& v) { return elements.contains(v); }));
  }
  const SetData& fewer = others.size < elements.size ? others : elements;
  const SetData& more = others.size < elements.size ? elements : others;
  const auto any = fewer.span();
  return Value::boolean(std::any_of(any.begin(), any.end(), [&](const Value& v) { return more.contains(v); }));
}

Value ProgramRun::make_record(std::span<const SymbolId> keys, std::span<const Value> values) {
  // Sorted here and in scratch memory, because the arena would allocate to sort many fields.
  const auto fields = scratch_.allocate_array<std::pair<SymbolId, Value>>(keys.size());
  for (std::size_t i = 0; i < fields.size(); ++i) std::construct_at(&fields[i], keys[i], values[i]);
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return *scratch_.record(fields);  // the parsers refuse a key that stands twice
}

Evaluated ProgramRun::make(const Instruction& instruction) {
  const std::span<const Value> values(slots_ + instruction.slot, instruction.count);
  switch (instruction.opcode) {
    case Opcode::make_set: return scratch_.set(values);
    case Opcode::make_record: return make_record(program_.record_keys[instruction.operand], values);
    default: return call_extension(static_cast<ExtensionFunction>(instruction.operand), values, scratch_);
  }
}

Verdict ProgramRun::run(const CompiledPolicy& policy, EvaluationError& error) {
  if (program_.scratch_bytes != 0) scratch_.reset();
  const auto boolean = [&error](const Value& value) {
    if (value.is(Value::Kind::boolean)) return true;
    error = EvaluationError::mismatch(value.kind(), Value::Kind::boolean);
    return false;
  };
  for (const Instruction* pc = program_.code.data() + policy.code;; ++pc) {
    const Instruction& i = *pc;
    Value& slot = slots_[i.slot];
    const Value& next = slots_[i.slot + 1];
    Evaluated result = Value();
    switch (i.opcode) {
      case Opcode::load_constant: slot = program_.constants[i.operand]; continue;
      case Opcode::load_variable: slot = variable(i.variable); continue;
      case Opcode::jump: pc = program_.code.data() + i.operand - 1; continue;
      case Opcode::jump_if_false:
        if (!boolean(slot)) return Verdict::error;
        if (!slot.as_boolean()) pc = program_.code.data() + i.operand - 1;
        continue;
      case Opcode::jump_if_true:
        if (!boolean(slot)) return Verdict::error;
        if (slot.as_boolean()) pc = program_.code.data() + i.operand - 1;
        continue;
      case Opcode::jump_unless_type:
        result = is_type(slot, TypeId{i.count}, request_.names);
        if (!result) break;
        if (!result->as_boolean()) pc = program_.code.data() + i.operand - 1;
        continue;
      case Opcode::check_boolean:
        if (!boolean(slot)) return Verdict::error;
        continue;
      case Opcode::require_true:
        if (!boolean(slot)) return Verdict::error;
        if (!slot.as_boolean()) return Verdict::not_satisfied;
        continue;
      case Opcode::require_false:
        if (!boolean(slot)) return Verdict::error;
        if (slot.as_boolean()) return Verdict::not_satisfied;
        continue;
      case Opcode::satisfied: return Verdict::satisfied;
      case Opcode::negate_boolean:
        if (!boolean(slot)) return Verdict::error;
        slot = Value::boolean(!slot.as_boolean());
        continue;
      case Opcode::equal: slot = Value::boolean(slot == next); continue;
      case Opcode::not_equal: slot = Value::boolean(!(slot == next)); continue;
      case Opcode::equal_variable:
        slot = Value::boolean(slot.is(Value::Kind::entity) &&
                              slot.as_entity() == variables_[static_cast<std::size_t>(i.variable)]);
        continue;
      case Opcode::load_attribute: result = attribute_of(i.variable, SymbolId{i.operand}); break;
      case Opcode::get_attribute: result = get_attribute(entities_, slot, SymbolId{i.operand}); break;
      case Opcode::has_attribute: result = has_attribute(entities_, slot, SymbolId{i.operand}); break;
      case Opcode::variable_has: result = has_attribute(entities_, variable(i.variable), SymbolId{i.operand}); break;
      case Opcode::variable_in: result = in(variable(i.variable), slot); break;
      case Opcode::in: result = in(slot, next); break;
      case Opcode::negate_integer: result = negate(slot); break;
      case Opcode::is_type: result = is_type(slot, TypeId{i.operand}, request_.names); break;
      case Opcode::like: result = like(slot, program_.patterns[i.operand]); break;
      case Opcode::is_empty:
        if (slot.is(Value::Kind::set)) {
          slot = Value::boolean(slot.as_set().size == 0);
          continue;
        }
        result = mismatch(slot, Value::Kind::set);
        break;
      case Opcode::order: result = order(i.op, slot, next); break;
      case Opcode::arithmetic: result = arithmetic(i.op, slot, next); break;
      case Opcode::contains:
      case Opcode::contains_all:
      case Opcode::contains_any: result = set_operation(i.opcode, slot, next); break;
      case Opcode::get_tag: result = get_tag(entities_, slot, next); break;
      case Opcode::has_tag: result = has_tag(entities_, slot, next); break;
      case Opcode::make_set:
      case Opcode::make_record:
      case Opcode::call: result = make(i); break;
    }
    if (!result) {
      error = result.error();
      return Verdict::error;
    }
    slot = *result;
  }
}

}  // namespace quis
