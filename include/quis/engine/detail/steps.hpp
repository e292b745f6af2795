#pragma once

#include <cstdint>
#include <optional>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/detail/entity_facts.hpp>
#include <quis/engine/detail/instruction.hpp>
#include <quis/engine/detail/order.hpp>
#include <quis/engine/detail/run_facts.hpp>

/// What an instruction does. The evaluator and the code that `quis compile --emit-cpp` writes both consist of
/// `step`: the one with instructions that it reads as it goes, the other with instructions whose shape it knows. So
/// there is one meaning of each.
///
/// A step tries what cannot fail. Whatever is an error, or not worth being quick, is left to `retry`, out of line.
namespace quis::detail {

/// What a test finds, as far as it can be told without an error.
enum class Holds : std::uint8_t { no = 0, yes = 1, error };
/// No choice between two, of which a compiler would make a branch: nobody can guess which it is.
[[nodiscard]] inline Holds holds(bool it) noexcept { return static_cast<Holds>(it); }

/// What follows a step.
enum class Flow : std::uint8_t {
  next,  ///< the next instruction
  jump,  ///< the one at `target`
  end,   ///< nothing: the code ran to its end
  fail,  ///< nothing: a policy errs
};

/// Makes the value of an instruction, or what its test finds, by the operations that the reference interpreter uses
/// too. REQUIRES: `run` is the evaluator's.
[[nodiscard]] Holds retry(RunFacts& run, const Instruction& i, std::uint64_t satisfied);

/// The instruction itself, where code knows only a part of it.
[[nodiscard]] inline const Instruction& whole_of(const Instruction& i) noexcept { return i; }

/// The field that the instruction names, or null.
template <class AnyInstruction>
[[nodiscard]] inline const Value* field_of(const RecordData& record, const AnyInstruction& i) noexcept {
  if (i.place < record.size && record.keys[i.place] == SymbolId{i.operand}) [[likely]] {
    const Value* const field = record.values + i.place;
    if (field == nullptr) __builtin_unreachable();  // as the compiler would otherwise look
    return field;
  }
  return record.find(SymbolId{i.operand});
}
/// The attribute that the instruction reads, or null where there is none.
template <class AnyInstruction>
[[nodiscard]] inline const Value* attribute_of_other(const RunFacts& run, const AnyInstruction& i) noexcept {
  return field_of(*run.attributes[static_cast<std::size_t>(i.other)], i);
}
template <class AnyInstruction>
[[nodiscard]] inline const Value* attribute_of(const RunFacts& run, const Value& value,
                                               const AnyInstruction& i) noexcept {
  if (value.is(Value::Kind::entity)) return field_of(run.entities.facts_of(value.as_entity()).attributes, i);
  return value.is(Value::Kind::record) ? field_of(value.as_record(), i) : nullptr;
}
/// The tag of the variable that the instruction names, or null where there is none.
template <class AnyInstruction>
[[nodiscard]] inline const Value* tag_of_variable(const RunFacts& run, const AnyInstruction& i) noexcept {
  const RecordData* const tags = run.record_of(i.variable).tags;
  return tags != nullptr ? field_of(*tags, i) : nullptr;
}
/// What `find_out` says of `other.name`.
template <class AnyInstruction, class FindOut>
[[nodiscard, gnu::always_inline]] inline Holds of_attribute(const RunFacts& run, const AnyInstruction& i,
                                                            const FindOut& find_out) {
  if (const Value* value = attribute_of_other(run, i)) [[likely]]
    return find_out(*value);
  return i.may_be_absent ? Holds::no : Holds::error;
}

[[nodiscard]] inline Holds is_entity(const Value& value, EntityId entity) noexcept {
  return holds(value.is(Value::Kind::entity) && value.as_entity() == entity);
}
[[nodiscard]] inline Holds truth(const Value& value) noexcept {
  return value.is(Value::Kind::boolean) ? holds(value.as_boolean()) : Holds::error;
}
/// <, <=, > or >=.
[[nodiscard]] inline Holds ordered(Comparison comparison, const Value& left, const Value& right) noexcept {
  if (left.kind() != right.kind() || !is_ordered(left.kind())) [[unlikely]]
    return Holds::error;
  return holds(in_order(comparison, left.as_integer(), right.as_integer()));
}
/// A method that says yes or no. `argument` is looked at where it takes one.
[[nodiscard]] inline Holds says(ExtensionFunction function, const Value& receiver, const Value* argument) noexcept {
  const std::optional<bool> answer = call_predicate(function, receiver, argument);
  return answer ? holds(*answer) : Holds::error;
}
/// `record` is the entity's, or an empty one.
[[nodiscard]] inline Holds membership(EntityId entity, const EntityRecord& record, const Value& target) noexcept {
  if (target.is(Value::Kind::entity)) return holds(is_in(entity, record, target.as_entity()));
  if (!target.is(Value::Kind::set) || !target.as_set().entities_only) return Holds::error;
  return holds(is_in_any(entity, record, target.as_set()));
}
[[nodiscard]] inline Holds membership(const RunFacts& run, Variable variable, const Value& target) noexcept {
  return membership(run.id_of(variable), run.record_of(variable), target);
}

/// Does what the instruction says; `satisfied` has the bits that were counted so far. `opcode` and `then` are the
/// instruction's: apart, for who knows them before the rest.
template <class AnyInstruction>
[[nodiscard, gnu::always_inline]] inline Flow step(RunFacts& run, const AnyInstruction& i, Opcode opcode, Then then,
                                                   std::uint64_t& satisfied) {
  const auto slot = [&]() -> Value& { return run.slots[i.slot]; };
  Holds found = Holds::error;  // or not yet known
  switch (opcode) {
    case Opcode::end: return Flow::end;
    case Opcode::satisfied: satisfied |= std::uint64_t{1} << i.bit; return Flow::next;
    case Opcode::jump: return Flow::jump;
    case Opcode::new_scratch: run.scratch->reset(); return Flow::next;

    case Opcode::load_constant: slot() = run.constants[i.operand]; return Flow::next;
    case Opcode::load_variable: slot() = run.value_of(i.variable); return Flow::next;
    case Opcode::load_attribute:
      if (const Value* value = attribute_of_other(run, i)) [[likely]] {
        slot() = *value;
        return Flow::next;
      }
      if (!i.may_be_absent) break;
      return Flow::jump;
    case Opcode::get_attribute:
      if (const Value* value = attribute_of(run, slot(), i)) [[likely]] {
        slot() = *value;
        return Flow::next;
      }
      break;
    case Opcode::load_tag:
      if (const Value* value = tag_of_variable(run, i)) [[likely]] {
        slot() = *value;
        return Flow::next;
      }
      if (!i.may_be_absent) break;
      return Flow::jump;
    case Opcode::arithmetic:
      if (const Value& next = run.slots[i.slot + 1]; slot().is(Value::Kind::integer) && next.is(Value::Kind::integer)) {
        if (std::int64_t result = 0;
            compute(static_cast<Op>(i.operand), slot().as_integer(), next.as_integer(), result)) {
          slot() = Value::integer(result);
          return Flow::next;
        }
      }
      break;
    case Opcode::negate:
    case Opcode::get_tag:
    case Opcode::make_set:
    case Opcode::make_record:
    case Opcode::call: break;

    case Opcode::is_true: found = truth(slot()); break;
    case Opcode::attribute_is_true: found = of_attribute(run, i, truth); break;
    case Opcode::variable_has: found = holds(attribute_of_other(run, i) != nullptr); break;
    case Opcode::variable_has_tag: found = holds(tag_of_variable(run, i) != nullptr); break;
    case Opcode::variable_is_type:
      found = holds(type_of(run.id_of(i.variable), run.request.names) == TypeId{i.operand});
      break;
    case Opcode::equal: found = holds(slot() == run.slots[i.slot + 1]); break;
    case Opcode::equal_constant: found = holds(slot() == run.constants[i.operand]); break;
    case Opcode::equal_variable: found = is_entity(slot(), run.id_of(i.variable)); break;
    case Opcode::attribute_equals_variable:
      found = of_attribute(run, i, [&](const Value& value) { return is_entity(value, run.id_of(i.variable)); });
      break;
    case Opcode::order: found = ordered(i.comparison, slot(), run.slots[i.slot + 1]); break;
    case Opcode::order_constant: found = ordered(i.comparison, slot(), run.constants[i.operand]); break;
    case Opcode::attribute_order_constant:
      found = of_attribute(
          run, i, [&](const Value& value) { return ordered(i.comparison, value, run.constants[whole_of(i).slot]); });
      break;
    case Opcode::attribute_equals_constant:
      found = of_attribute(run, i, [&](const Value& value) { return holds(value == run.constants[whole_of(i).slot]); });
      break;
    case Opcode::method: found = says(whole_of(i).function, slot(), run.slots + i.slot + 1); break;
    case Opcode::method_with_constant: found = says(whole_of(i).function, slot(), run.constants + i.operand); break;
    case Opcode::variable_in: found = membership(run, i.variable, slot()); break;
    case Opcode::variable_in_constant: found = membership(run, i.variable, run.constants[i.operand]); break;
    case Opcode::variable_in_attribute:
      found = of_attribute(run, i, [&](const Value& target) { return membership(run, i.variable, target); });
      break;
    case Opcode::variable_in_slot_attribute:
      if (const Value* target = attribute_of(run, slot(), i)) [[likely]]
        found = membership(run, i.variable, *target);
      break;
    case Opcode::variable_is_entity: found = holds(run.id_of(i.variable) == EntityId{i.operand}); break;
    case Opcode::variable_in_entity:
      found = holds(is_in(run.id_of(i.variable), run.record_of(i.variable), EntityId{i.operand}));
      break;
    case Opcode::attribute_contains_variable:
      found = of_attribute(run, i, [&](const Value& set) {
        return set.is(Value::Kind::set) ? holds(contains(set.as_set(), run.id_of(i.variable))) : Holds::error;
      });
      break;
    case Opcode::contains:
      if (slot().is(Value::Kind::set)) {
        const Value& element = run.slots[i.slot + 1];
        const SetData& set = slot().as_set();
        found = holds(element.is(Value::Kind::entity) ? contains(set, element.as_entity()) : set.contains(element));
      }
      break;
    case Opcode::has_attribute:
    case Opcode::is_type:
    case Opcode::like:
    case Opcode::is_empty:
    case Opcode::in:
    case Opcode::contains_all:
    case Opcode::contains_any:
    case Opcode::has_tag: break;
    default: __builtin_unreachable();  // there are no others, and to look costs two instructions in each round
  }
  if (found == Holds::error) [[unlikely]] {
    found = retry(run, whole_of(i), satisfied);
    if (found == Holds::error) return Flow::fail;
    if (is_value(opcode)) return Flow::next;
  }
  const std::uint64_t hit = static_cast<std::uint64_t>(found) ^ unwanted(then);
  if (counts(then)) {
    satisfied |= hit << i.bit;
    return Flow::next;
  }
  return hit != 0 ? Flow::jump : Flow::next;
}

/// What a plan says of its policies: which are satisfied, as bits; nothing where `known` is false, because one errs.
struct PlanOutcome {
  std::uint64_t satisfied = 0;
  bool known = false;
};

}  // namespace quis::detail
