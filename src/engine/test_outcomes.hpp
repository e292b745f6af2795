#pragma once

#include <span>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/operations.hpp"
#include "engine/program.hpp"
#include "engine/set_operations.hpp"

namespace quis {

/// What a test finds, by the operations that the reference interpreter uses too: without care for speed, and with the
/// right error. `slot(n)` is what slot `n` holds, `variable(v)` the value of a variable.
template <class Slot, class VariableValue>
[[nodiscard]] Evaluated outcome_of(const Instruction& i, const Program& program, const Entities& entities,
                                   const LocalNames* names, const Slot& slot, const VariableValue& variable) {
  const auto attribute = [&](const Value& subject) { return get_attribute(entities, subject, SymbolId{i.operand}); };
  const auto variable_in = [&](const Value& target) { return in(entities, variable(i.variable), target); };
  const auto method = [&](const Value& receiver, const auto& argument) -> Evaluated {
    const std::uint8_t arity = signature_of(i.function).arity;
    const Value arguments[] = {receiver, arity > 1 ? argument() : Value()};
    ValueArena nothing;  // is made by what says yes or no
    return call_extension(i.function, std::span(arguments).first(arity), nothing);
  };
  if (i.may_be_absent && tests_attribute(i.opcode)) {
    const Evaluated has = has_attribute(entities, variable(i.other), SymbolId{i.operand});
    if (!has || !has->as_boolean()) return has;
  }
  switch (i.opcode) {
    case Opcode::is_true: return boolean(slot(i.slot));
    case Opcode::attribute_is_true: return attribute(variable(i.other)).and_then(boolean);
    case Opcode::has_attribute: return has_attribute(entities, slot(i.slot), SymbolId{i.operand});
    case Opcode::variable_has: return has_attribute(entities, variable(i.other), SymbolId{i.operand});
    case Opcode::is_type: return is_type(slot(i.slot), TypeId{i.operand}, names);
    case Opcode::variable_is_type: return is_type(variable(i.variable), TypeId{i.operand}, names);
    case Opcode::like: return like(slot(i.slot), program.patterns[i.operand]);
    case Opcode::is_empty:
      if (!slot(i.slot).is(Value::Kind::set)) return mismatch(slot(i.slot), Value::Kind::set);
      return Value::boolean(slot(i.slot).as_set().size == 0);
    case Opcode::equal: return Value::boolean(slot(i.slot) == slot(i.slot + 1));
    case Opcode::equal_constant: return Value::boolean(slot(i.slot) == program.constants[i.operand]);
    case Opcode::equal_variable: return Value::boolean(slot(i.slot) == variable(i.variable));
    case Opcode::attribute_equals_variable:
      return attribute(variable(i.other)).map([&](const Value& value) {
        return Value::boolean(value == variable(i.variable));
      });
    case Opcode::variable_has_tag:
      return has_tag(entities, variable(i.variable), Value::string(text_of(SymbolId{i.operand})));
    case Opcode::attribute_equals_constant:
      return attribute(variable(i.other)).map([&](const Value& value) {
        return Value::boolean(value == program.constants[i.slot]);
      });
    case Opcode::order: return order(detail::op_of(i.comparison), slot(i.slot), slot(i.slot + 1));
    case Opcode::order_constant: return order(detail::op_of(i.comparison), slot(i.slot), program.constants[i.operand]);
    case Opcode::attribute_order_constant:
      return attribute(variable(i.other)).and_then([&](const Value& value) {
        return order(detail::op_of(i.comparison), value, program.constants[i.slot]);
      });
    case Opcode::method: return method(slot(i.slot), [&] { return slot(i.slot + 1); });
    case Opcode::method_with_constant: return method(slot(i.slot), [&] { return program.constants[i.operand]; });
    case Opcode::in: return in(entities, slot(i.slot), slot(i.slot + 1));
    case Opcode::variable_in: return variable_in(slot(i.slot));
    case Opcode::variable_in_constant: return variable_in(program.constants[i.operand]);
    case Opcode::variable_in_attribute: return attribute(variable(i.other)).and_then(variable_in);
    case Opcode::variable_in_slot_attribute: return attribute(slot(i.slot)).and_then(variable_in);
    case Opcode::variable_is_entity: return Value::boolean(variable(i.variable) == Value::entity(EntityId{i.operand}));
    case Opcode::variable_in_entity: return variable_in(Value::entity(EntityId{i.operand}));
    case Opcode::contains: return contains(slot(i.slot), slot(i.slot + 1));
    case Opcode::contains_all: return contains_all(slot(i.slot), slot(i.slot + 1));
    case Opcode::contains_any: return contains_any(slot(i.slot), slot(i.slot + 1));
    case Opcode::has_tag: return has_tag(entities, slot(i.slot), slot(i.slot + 1));
    case Opcode::attribute_contains_variable:
      return attribute(variable(i.other)).and_then([&](const Value& set) {
        return contains(set, variable(i.variable));
      });
    default: return Value::boolean(false);  // no test
  }
}

}  // namespace quis
