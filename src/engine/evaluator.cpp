// The compiled evaluator: a loop over flat instructions.
//
// It must give what the reference interpreter gives, value for value and error for error. It differs where the
// definition leaves room: ancestors are looked up in closed lists, sets are searched in their canonical order, and `in`
// over a set goes by the smaller side.
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
      ids_{request.principal, request.action, request.resource},
      principal_(entities.find(request.principal)),
      resource_(entities.find(request.resource)),
      slots_(reinterpret_cast<Value*>(inline_slots_)) {
  if (program.slots > kInlineSlots) {
    auto& slots = ThreadScratch::get().slots;
    if (slots.size() < program.slots) slots.resize(program.slots);
    slots_ = slots.data();
  }
  if (program.scratch_bytes > kInlineScratch) {
    auto& bytes = ThreadScratch::get().bytes;
    if (bytes.size() < program.scratch_bytes) bytes.resize(program.scratch_bytes);
    scratch_.emplace(std::span(bytes));
  } else if (program.scratch_bytes != 0) {
    scratch_.emplace(std::span(inline_scratch_));
  }
}

const Value* ProgramRun::find_attribute(Variable variable, SymbolId name) const noexcept {
  if (variable == Variable::context) {
    return request_.context.is(Value::Kind::record) ? request_.context.as_record().find(name) : nullptr;
  }
  const EntityRecord* record = record_of(variable);
  return record != nullptr ? record->attributes.find(name) : nullptr;
}

ProgramRun::Membership ProgramRun::membership(EntityId entity, const EntityRecord* record,
                                              const Value& target) const noexcept {
  const auto holds = [](bool is_member) { return is_member ? Membership::yes : Membership::no; };
  if (target.is(Value::Kind::entity)) {
    const EntityId id = target.as_entity();
    return holds(entity == id || (record != nullptr && record->ancestors.contains(id)));
  }
  if (!target.is(Value::Kind::set) || !target.as_set().entities_only) return Membership::error;
  const SetData& targets = target.as_set();
  if (targets.contains_entity(entity)) return Membership::yes;
  const std::uint32_t ancestors = record != nullptr ? record->ancestors.size() : 0;
  if (ancestors == 0 || targets.size == 0) return Membership::no;
  bool found = false;
  if (targets.size <= ancestors) {
    for (std::uint32_t i = 0; i < targets.size && !found; ++i) {
      found = record->ancestors.contains(targets.elements[i].as_entity());
    }
  } else {
    record->ancestors.for_each([&](EntityId ancestor) { found = found || targets.contains_entity(ancestor); });
  }
  return holds(found);
}

ProgramRun::Membership ProgramRun::membership(Variable variable, const Value& target) const noexcept {
  return membership(ids_[static_cast<std::size_t>(variable)], record_of(variable), target);
}

Evaluated ProgramRun::in(const Value& entity, const Value& target) const noexcept {
  if (!entity.is(Value::Kind::entity)) return mismatch(entity, Value::Kind::entity);
  const EntityId id = entity.as_entity();
  const Membership known = membership(id, entities_.find(id), target);
  if (known != Membership::error) return Value::boolean(known == Membership::yes);
  if (!target.is(Value::Kind::set)) return mismatch(target, Value::Kind::set);
  const auto elements = target.as_set().span();
  const auto other =
      std::find_if(elements.begin(), elements.end(), [](const Value& v) { return !v.is(Value::Kind::entity); });
  return mismatch(*other, Value::Kind::entity);
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
  const auto fields = scratch_->allocate_array<std::pair<SymbolId, Value>>(keys.size());
  for (std::size_t i = 0; i < fields.size(); ++i) std::construct_at(&fields[i], keys[i], values[i]);
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return *scratch_->record(fields);  // the parsers refuse a key that stands twice
}

Evaluated ProgramRun::make(const Instruction& instruction) {
  const std::span<const Value> values(slots_ + instruction.slot, instruction.count);
  switch (instruction.opcode) {
    case Opcode::make_set: return scratch_->set(values);
    case Opcode::make_record: return make_record(program_.record_keys[instruction.operand], values);
    default: return call_extension(static_cast<ExtensionFunction>(instruction.operand), values, *scratch_);
  }
}

Evaluated ProgramRun::compute(const Instruction& i) {
  const Value& slot = slots_[i.slot];
  const Value& next = slots_[i.slot + 1];
  switch (i.opcode) {
    case Opcode::load_attribute: return get_attribute(entities_, variable(i.variable), SymbolId{i.operand});
    case Opcode::get_attribute: return get_attribute(entities_, slot, SymbolId{i.operand});
    case Opcode::has_attribute: return has_attribute(entities_, slot, SymbolId{i.operand});
    case Opcode::variable_has: return has_attribute(entities_, variable(i.variable), SymbolId{i.operand});
    case Opcode::variable_in: return in(variable(i.variable), slot);
    case Opcode::variable_in_attribute: {
      const Evaluated target = get_attribute(entities_, variable(i.other), SymbolId{i.operand});
      return target ? in(variable(i.variable), *target) : target;
    }
    case Opcode::in: return in(slot, next);
    case Opcode::negate_integer: return negate(slot);
    case Opcode::is_type: return is_type(slot, TypeId{i.operand}, request_.names);
    case Opcode::like: return like(slot, program_.patterns[i.operand]);
    case Opcode::is_empty:
      if (!slot.is(Value::Kind::set)) return mismatch(slot, Value::Kind::set);
      return Value::boolean(slot.as_set().size == 0);
    case Opcode::order: return order(i.op, slot, next);
    case Opcode::arithmetic: return arithmetic(i.op, slot, next);
    case Opcode::contains:
    case Opcode::contains_all:
    case Opcode::contains_any: return set_operation(i.opcode, slot, next);
    case Opcode::get_tag: return get_tag(entities_, slot, next);
    case Opcode::has_tag: return has_tag(entities_, slot, next);
    default: return make(i);
  }
}

Verdict ProgramRun::run(const CompiledPolicy& policy, EvaluationError& error) {
  if (scratch_) scratch_->reset();
  const Instruction* const code = program_.code.data();
  const auto boolean = [&error](const Value& value) {
    if (value.is(Value::Kind::boolean)) return true;
    error = EvaluationError::mismatch(value.kind(), Value::Kind::boolean);
    return false;
  };
  for (const Instruction* pc = code + policy.code;; ++pc) {
    const Instruction& i = *pc;
    Value& slot = slots_[i.slot];
    // The frequent instructions first try what cannot fail; what is left is computed below, with its error.
    switch (i.opcode) {
      case Opcode::load_constant: slot = program_.constants[i.operand]; continue;
      case Opcode::load_variable: slot = variable(i.variable); continue;
      case Opcode::load_attribute:
        if (const Value* found = find_attribute(i.variable, SymbolId{i.operand})) {
          slot = *found;
          continue;
        }
        break;
      case Opcode::variable_in:
        if (const Membership known = membership(i.variable, slot); known != Membership::error) {
          slot = Value::boolean(known == Membership::yes);
          continue;
        }
        break;
      case Opcode::variable_in_attribute:
        if (const Value* target = find_attribute(i.other, SymbolId{i.operand})) {
          if (const Membership known = membership(i.variable, *target); known != Membership::error) {
            slot = Value::boolean(known == Membership::yes);
            continue;
          }
        }
        break;
      case Opcode::equal: slot = Value::boolean(slot == slots_[i.slot + 1]); continue;
      case Opcode::not_equal: slot = Value::boolean(!(slot == slots_[i.slot + 1])); continue;
      case Opcode::equal_variable:
        slot = Value::boolean(slot.is(Value::Kind::entity) &&
                              slot.as_entity() == ids_[static_cast<std::size_t>(i.variable)]);
        continue;
      case Opcode::jump: pc = code + i.operand - 1; continue;
      case Opcode::jump_unless_type: {
        const Evaluated typed = is_type(slot, TypeId{i.count}, request_.names);
        if (!typed) {
          error = typed.error();
          return Verdict::error;
        }
        if (!typed->as_boolean()) pc = code + i.operand - 1;
        continue;
      }
      case Opcode::jump_if_false:
      case Opcode::jump_if_true:
        if (!boolean(slot)) return Verdict::error;
        if (slot.as_boolean() == (i.opcode == Opcode::jump_if_true)) pc = code + i.operand - 1;
        continue;
      case Opcode::check_boolean:
        if (!boolean(slot)) return Verdict::error;
        continue;
      case Opcode::require_true:
      case Opcode::require_false:
        if (!boolean(slot)) return Verdict::error;
        if (slot.as_boolean() != (i.opcode == Opcode::require_true)) return Verdict::not_satisfied;
        continue;
      case Opcode::decide:
        if (!boolean(slot)) return Verdict::error;
        return slot.as_boolean() ? Verdict::satisfied : Verdict::not_satisfied;
      case Opcode::satisfied: return Verdict::satisfied;
      case Opcode::negate_boolean:
        if (!boolean(slot)) return Verdict::error;
        slot = Value::boolean(!slot.as_boolean());
        continue;
      default: break;
    }
    const Evaluated result = compute(i);
    if (!result) {
      error = result.error();
      return Verdict::error;
    }
    slot = *result;
  }
}

}  // namespace quis
