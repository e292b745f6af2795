// What tests find of the resources of a block.
//
// Most ask for an attribute of the resource, and that is compared by its code for all lanes at once
// (model/entity_columns.hpp). Where a code does not say enough the value itself is looked at, for the lanes that it
// concerns; and a test that has no quick way is made for each lane, by the operations that all evaluators share
// (test_outcomes.hpp). So every lane gets what the evaluator for one request finds.

#include <optional>

#include "engine/block_run.hpp"
#include "engine/test_outcomes.hpp"
#include "model/entity_columns.hpp"

namespace quis {

/// REQUIRES: the test may find this of one resource and that of another, and what it reads is readable.
BlockRun::Found BlockRun::find_by_code(const Instruction& i, Lanes here, bool tells_failed) {
  const SymbolId name{i.operand};
  const bool of_resource = i.other == Variable::resource;
  const bool is_resource = i.variable == Variable::resource;
  switch (i.opcode) {
    case Opcode::attribute_is_true: {
      const std::uint32_t* const codes = block_.codes(name);
      const Lanes yes = here & lanes_equal(codes, attribute_code::kTrue);
      if (!tells_failed) return {yes, 0, 0};
      const Lanes no = lanes_equal(codes, attribute_code::kFalse);
      return {yes, here & ~yes & ~no & ~absent(i, here), 0};
    }
    case Opcode::attribute_equals_variable: {
      if (is_resource) break;
      const std::uint32_t code = attribute_code::of(value_of(i.variable, 0));
      if (!attribute_code::is_exact(code)) break;
      const std::uint32_t* const codes = block_.codes(name);
      const Lanes yes = here & lanes_equal(codes, code);
      if (!tells_failed || i.may_be_absent) return {yes, 0, 0};
      return {yes, here & lanes_equal(codes, attribute_code::kAbsent), 0};
    }
    case Opcode::variable_has: return {here & ~lanes_equal(block_.codes(name), attribute_code::kAbsent), 0, 0};
    case Opcode::variable_is_type: return {here & block_.of_type(TypeId{i.operand}), 0, 0};
    case Opcode::variable_in_constant: return resource_in(program_.constants[i.operand], here);
    case Opcode::variable_in:
      if (slots_[i.slot].kind != Slot::Kind::same) break;
      return resource_in(slots_[i.slot].value, here);
    case Opcode::variable_in_attribute:
      if (!of_resource) {
        if (i.may_be_absent) break;
        const Evaluated target = get_attribute(entities_, value_of(i.other, 0), name);
        return target ? resource_in(*target, here) : Found{0, here, 0};
      }
      if (i.variable != Variable::principal) break;
      return principal_in(i, here);
    case Opcode::attribute_contains_variable: {
      if (!of_resource || is_resource) break;
      const Value element = value_of(i.variable, 0);
      if (!element.is(Value::Kind::entity)) break;
      return find_in_sets(i, here, [&](const SetData& set) { return contains(set, element.as_entity()); });
    }
    case Opcode::attribute_equals_constant: {
      const Slot attribute = attribute_slot(name, here);
      const Lanes failed = i.may_be_absent ? 0 : here & ~attribute.lanes;
      return {equal(attribute, program_.constants[i.slot], attribute.lanes), failed, 0};
    }
    case Opcode::attribute_order_constant: {
      const Slot attribute = attribute_slot(name, here);
      Found found = ordered(i, attribute, program_.constants[i.slot], i.comparison, attribute.lanes);
      if (!i.may_be_absent) found.failed |= here & ~attribute.lanes;
      return found;
    }
    case Opcode::order_constant:
      if (slots_[i.slot].kind != Slot::Kind::attribute) break;
      return ordered(i, slots_[i.slot], program_.constants[i.operand], i.comparison, here);
    case Opcode::order: {
      const Slot& left = slots_[i.slot];
      const Slot& right = slots_[i.slot + 1];
      if (left.kind == Slot::Kind::attribute && right.kind == Slot::Kind::same) {
        return ordered(i, left, right.value, i.comparison, here);
      }
      if (right.kind == Slot::Kind::attribute && left.kind == Slot::Kind::same) {
        return ordered(i, right, left.value, detail::mirrored(i.comparison), here);
      }
      break;
    }
    case Opcode::equal_constant: return {equal(slots_[i.slot], program_.constants[i.operand], here), 0, 0};
    case Opcode::equal: {
      const Slot& left = slots_[i.slot];
      const Slot& right = slots_[i.slot + 1];
      if (right.kind == Slot::Kind::same) return {equal(left, right.value, here), 0, 0};
      if (left.kind == Slot::Kind::same) return {equal(right, left.value, here), 0, 0};
      break;
    }
    case Opcode::equal_variable:
      if (!is_resource || slots_[i.slot].kind != Slot::Kind::same) break;
      if (!slots_[i.slot].value.is(Value::Kind::entity)) return {};
      return {here & block_.equal(slots_[i.slot].value.as_entity()), 0, 0};
    default: break;
  }
  return find_one_by_one(i, here);
}

BlockRun::Found BlockRun::find_one_by_one(const Instruction& i, Lanes here) {
  Found found;
  for_each_bit(here, [&](std::size_t lane) {
    const Evaluated outcome = this->outcome(i, lane);
    if (!outcome) {
      found.failed |= Lanes{1} << lane;
    } else if (outcome->as_boolean()) {
      found.yes |= Lanes{1} << lane;
    }
  });
  return found;
}

/// Lanes without the attribute that a test reads, where that is no error.
inline Lanes BlockRun::absent(const Instruction& i, Lanes here) {
  return i.may_be_absent ? here & lanes_equal(block_.codes(SymbolId{i.operand}), attribute_code::kAbsent) : 0;
}

/// `principal in resource.name`.
inline BlockRun::Found BlockRun::principal_in(const Instruction& i, Lanes here) {
  const std::uint32_t* const codes = block_.codes(SymbolId{i.operand});
  const Lanes entities = here & ~lanes_with_top_bit(codes);
  Found found;
  found.yes = lanes_where(entities & groups_.candidates(codes),
                          [&](std::size_t lane) { return groups_.is_in(EntityId{codes[lane]}); });
  const Lanes others = here & ~entities;
  if (others == 0) return found;
  const Found in_sets = find_in_sets(i, others, [&](const SetData& set) -> std::optional<bool> {
    if (!set.entities_only) return std::nullopt;
    return groups_.is_in_any(set);
  });
  found.yes |= in_sets.yes;
  found.failed |= in_sets.failed;
  return found;
}

/// A test of an attribute of the resource that must be a set. It fails where `holds` tells nothing.
template <class Holds>
inline BlockRun::Found BlockRun::find_in_sets(const Instruction& i, Lanes here, const Holds& holds) {
  const SymbolId name{i.operand};
  const Lanes candidates = here & lanes_equal(block_.codes(name), attribute_code::kOther);
  Lanes told = absent(i, here);
  Found found;
  for_each_bit(candidates, [&](std::size_t lane) {
    const Value& value = block_.attribute(lane, name);
    if (!value.is(Value::Kind::set)) return;
    const std::optional<bool> outcome = holds(value.as_set());
    told |= Lanes{outcome.has_value()} << lane;
    found.yes |= Lanes{outcome.value_or(false)} << lane;
  });
  found.failed = here & ~told;
  return found;
}

/// An attribute of the resource against what is the same for all, where both are integers.
BlockRun::Found BlockRun::ordered(const Instruction& i, const Slot& attribute, const Value& other,
                                  detail::Comparison comparison, Lanes here) {
  if (!other.is(Value::Kind::integer)) return find_one_by_one(i, here);
  const std::uint32_t* const codes = block_.codes(attribute.name);
  const Lanes integers = here & ~lanes_below(codes, attribute_code::kFirstInteger);
  const std::uint32_t code = attribute_code::of(other);
  const bool is_large = !attribute_code::is_exact(code);  // larger or smaller than what has a code
  const Lanes equal = is_large ? 0 : integers & lanes_equal(codes, code);
  const Lanes less = integers & (!is_large ? lanes_below(codes, code) : other.as_integer() > 0 ? ~Lanes{0} : 0);
  const Lanes greater = integers & ~less & ~equal;
  Found found = find_one_by_one(i, here & ~integers);
  switch (comparison) {
    case detail::Comparison::less: found.yes |= less; break;
    case detail::Comparison::less_equal: found.yes |= equal | less; break;
    case detail::Comparison::greater: found.yes |= greater; break;
    case detail::Comparison::greater_equal: found.yes |= equal | greater; break;
  }
  return found;
}

/// The attribute of those that have it.
BlockRun::Slot BlockRun::attribute_slot(SymbolId name, Lanes here) {
  Slot slot;
  slot.kind = Slot::Kind::attribute;
  slot.name = name;
  slot.lanes = here & ~lanes_equal(block_.codes(name), attribute_code::kAbsent);
  return slot;
}

/// `resource in target`.
BlockRun::Found BlockRun::resource_in(const Value& target, Lanes here) {
  if (target.is(Value::Kind::entity)) return {in(target.as_entity(), here), 0, 0};
  if (!target.is(Value::Kind::set) || !target.as_set().entities_only) return {0, here, 0};
  return {lanes_where(
              here, [&](std::size_t lane) { return is_in_any(block_.id(lane), block_.record(lane), target.as_set()); }),
          0, 0};
}

Lanes BlockRun::in(EntityId target, Lanes lanes) {
  const AncestorSet* const ancestors = block_.ancestors();
  return lanes_where(lanes,
                     [&](std::size_t lane) { return block_.id(lane) == target || ancestors[lane].contains(target); });
}

/// What varies against what does not.
Lanes BlockRun::equal(const Slot& slot, const Value& value, Lanes here) {
  const auto is_equal = [&](std::size_t lane) { return value_of(slot, lane) == value; };
  if (slot.kind != Slot::Kind::attribute) return lanes_where(here, is_equal);
  const std::uint32_t code = attribute_code::of(value);
  const Lanes alike = here & lanes_equal(block_.codes(slot.name), code);
  return attribute_code::is_exact(code) ? alike : lanes_where(alike, is_equal);
}

Evaluated BlockRun::outcome(const Instruction& i, std::size_t lane) {
  return outcome_of(
      i, program_, entities_, request_.names, [&](std::uint32_t slot) { return value_of(slots_[slot], lane); },
      [&](Variable variable) { return value_of(variable, lane); });
}

Value BlockRun::value_of(Variable variable, std::size_t lane) const noexcept {
  switch (variable) {
    case Variable::principal: return Value::entity(request_.principal);
    case Variable::action: return Value::entity(request_.action);
    case Variable::resource: return Value::entity(block_.id(lane));
    case Variable::context: break;
  }
  return request_.context;
}

Value BlockRun::value_of(const Slot& slot, std::size_t lane) {
  switch (slot.kind) {
    case Slot::Kind::same: return slot.value;
    case Slot::Kind::resource: return Value::entity(block_.id(lane));
    case Slot::Kind::attribute: break;
  }
  return block_.attribute(lane, slot.name);
}

}  // namespace quis
