// The evaluator for sixty-four resources at a time.
//
// An instruction runs once for all lanes that reach it. A test divides them: some jump, and wait where they jump to;
// the others go on. Jumps lead forward only, so one walk over the code meets every lane at each of its instructions.
// Attributes of the resource are compared by their codes, which is a few operations for all lanes together. A test that
// asks nothing of the resource is made once.
//
// What keeps it exact is that it may give up, lane by lane. A lane for which it has no quick way, because an
// instruction is of another kind, the code is too long or a value has come to a slot on two ways, is left *open*: its
// outcome is forgotten and the policy is decided for it from the beginning, by the evaluator for one request
// (evaluator.cpp). Code has no effects, so nothing is lost. Whatever is not said here is open, and nothing is guessed.
//
// Errors are as there: a lane whose test fails is out, but for a test that counts of a policy that is satisfied already
// (see evaluator.cpp).

#include "engine/block_run.hpp"

#include "engine/test_outcomes.hpp"
#include "model/entity_columns.hpp"

namespace quis {
namespace {

/// How many slots an instruction reads, from its own on. Of those that are not named here two at most: what reads more
/// is not run here.
[[nodiscard]] constexpr std::uint32_t slots_read(Opcode opcode) noexcept {
  switch (opcode) {
    case Opcode::load_constant:
    case Opcode::load_variable:
    case Opcode::load_attribute:
    case Opcode::attribute_is_true:
    case Opcode::variable_has:
    case Opcode::variable_is_type:
    case Opcode::attribute_equals_variable:
    case Opcode::variable_in_constant:
    case Opcode::variable_in_attribute:
    case Opcode::attribute_contains_variable: return 0;
    case Opcode::get_attribute:
    case Opcode::is_true:
    case Opcode::has_attribute:
    case Opcode::is_type:
    case Opcode::like:
    case Opcode::is_empty:
    case Opcode::equal_constant:
    case Opcode::equal_variable:
    case Opcode::variable_in:
    case Opcode::variable_in_slot_attribute: return 1;
    default: return 2;
  }
}

}  // namespace

BlockRun::Outcomes BlockRun::run(const CompiledPolicy& policy, Lanes lanes, bool tells_failed) {
  begin_ = program_.code.data() + policy.code;
  if (is_test(begin_->opcode) && counts(begin_->then) && begin_[1].opcode == Opcode::end)
    return run_test(*begin_, lanes, tells_failed);
  outcomes_ = {};
  written_ = 0;
  Lanes here = lanes;
  for (std::size_t at = 0;; ++at) {
    if (at == kLongest) {
      outcomes_.open |= here;
      break;
    }
    here |= arriving_[at];
    arriving_[at] = 0;
    const Instruction& i = begin_[at];
    if (i.opcode == Opcode::end) break;
    if (here == 0) continue;
    if (is_test(i.opcode)) {
      here = branch(i, here);
    } else if (i.opcode == Opcode::satisfied) {
      outcomes_.satisfied |= here;
    } else if (i.opcode == Opcode::jump) {
      jump(i, here);
      here = 0;
    } else {
      here = load(i, here);
    }
  }
  outcomes_.satisfied &= ~outcomes_.failed & ~outcomes_.open;
  outcomes_.failed &= ~outcomes_.open;
  return outcomes_;
}

/// A policy of one test: what lists are filtered by, most often. That a lane failed makes no difference where it would
/// have to hold.
inline BlockRun::Outcomes BlockRun::run_test(const Instruction& i, Lanes lanes, bool tells_failed) {
  written_ = 0;
  const Found found = find(i, lanes, tells_failed || !wants(i.then));
  const Lanes known = lanes & ~found.failed & ~found.open;
  return {wants(i.then) ? known & found.yes : known & ~found.yes, found.failed & ~found.open, found.open};
}

/// A test, and what follows it.
inline Lanes BlockRun::branch(const Instruction& i, Lanes here) {
  const Found found = find(i, here, true);
  // An error of a test that counts is none where the policy is satisfied already.
  const Lanes failed = counts(i.then) ? found.failed & ~outcomes_.satisfied : found.failed;
  outcomes_.failed |= failed;
  outcomes_.open |= found.open;
  const Lanes known = here & ~found.failed & ~found.open;
  const Lanes hit = wants(i.then) ? known & found.yes : known & ~found.yes;
  here &= ~failed & ~found.open;
  if (counts(i.then)) {
    outcomes_.satisfied |= hit;
    return here;
  }
  jump(i, hit);
  return here & ~hit;
}

inline void BlockRun::jump(const Instruction& i, Lanes lanes) noexcept {
  const std::size_t at = i.target - static_cast<std::size_t>(begin_ - program_.code.data());
  (at < kLongest ? arriving_[at] : outcomes_.open) |= lanes;
}

inline void BlockRun::set(const Instruction& i, const Slot& slot) noexcept {
  if (i.slot >= kSlots) return;  // who reads it finds it unreadable
  slots_[i.slot] = slot;
  written_ |= 1U << i.slot;
}

/// Those of `here` for which a slot that the instruction reads is not known.
inline Lanes BlockRun::unreadable(const Instruction& i, Lanes here) const noexcept {
  Lanes unreadable = 0;
  for (std::uint32_t slot = i.slot; slot < i.slot + slots_read(i.opcode); ++slot) {
    unreadable |= is_written(slot) ? here & ~slots_[slot].lanes : here;
  }
  return unreadable;
}

/// Whether a slot that the instruction reads is this of one resource and that of another. REQUIRES: it is readable.
inline bool BlockRun::reads_what_varies(const Instruction& i) const noexcept {
  bool varies = false;
  for (std::uint32_t slot = i.slot; slot < i.slot + slots_read(i.opcode); ++slot) {
    varies |= slots_[slot].kind != Slot::Kind::same;
  }
  return varies;
}

Lanes BlockRun::load(const Instruction& i, Lanes here) {
  Slot slot;
  slot.lanes = here;
  switch (i.opcode) {
    case Opcode::load_constant: slot.value = program_.constants[i.operand]; break;
    case Opcode::load_variable:
      if (i.variable == Variable::resource) slot.kind = Slot::Kind::resource;
      if (i.variable != Variable::resource) slot.value = value_of(i.variable, 0);
      break;
    case Opcode::load_attribute: {
      const SymbolId name{i.operand};
      Lanes absent = 0;
      if (i.other == Variable::resource) {
        slot.kind = Slot::Kind::attribute;
        slot.name = name;
        absent = here & lanes_equal(block_.codes(name), attribute_code::kAbsent);
      } else if (const Evaluated value = get_attribute(entities_, value_of(i.other, 0), name)) {
        slot.value = *value;
      } else {
        absent = here;
      }
      if (i.may_be_absent) {
        jump(i, absent);
      } else {
        outcomes_.failed |= absent;
      }
      slot.lanes = here & ~absent;
      break;
    }
    case Opcode::get_attribute: {
      const Lanes unknown = unreadable(i, here);
      if (unknown == here || slots_[i.slot].kind != Slot::Kind::same) {
        outcomes_.open |= here;
        return 0;
      }
      outcomes_.open |= unknown;
      slot.lanes = here & ~unknown;
      const Evaluated value = get_attribute(entities_, slots_[i.slot].value, SymbolId{i.operand});
      if (!value) {
        outcomes_.failed |= slot.lanes;
        return 0;
      }
      slot.value = *value;
      break;
    }
    default: outcomes_.open |= here; return 0;
  }
  set(i, slot);
  return slot.lanes;
}

inline BlockRun::Found BlockRun::find(const Instruction& i, Lanes here, bool tells_failed) {
  bool varies = i.variable == Variable::resource || i.other == Variable::resource;
  Lanes open = 0;
  if (slots_read(i.opcode) != 0) {
    open = unreadable(i, here);
    here &= ~open;
    if (here == 0) return {0, 0, open};
    varies = varies || reads_what_varies(i);
  }
  Found found;
  if (varies) {
    found = find_by_code(i, here, tells_failed);
  } else if (const Evaluated same = outcome(i, 0)) {
    found.yes = same->as_boolean() ? here : 0;
  } else {
    found.failed = here;
  }
  found.open |= open;
  return found;
}

/// REQUIRES: the test may find this of one resource and that of another, and what it reads is readable.
inline BlockRun::Found BlockRun::find_by_code(const Instruction& i, Lanes here, bool tells_failed) {
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
    case Opcode::order: return ordered(i, here);
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
BlockRun::Found BlockRun::ordered(const Instruction& i, Lanes here) {
  const bool is_left = slots_[i.slot].kind == Slot::Kind::attribute;
  const Slot& attribute = slots_[is_left ? i.slot : i.slot + 1];
  const Slot& other = slots_[is_left ? i.slot + 1 : i.slot];
  if (attribute.kind != Slot::Kind::attribute || other.kind != Slot::Kind::same ||
      !other.value.is(Value::Kind::integer))
    return find_one_by_one(i, here);
  const std::uint32_t* const codes = block_.codes(attribute.name);
  const Lanes integers = here & ~lanes_below(codes, attribute_code::kFirstInteger);
  const std::uint32_t code = attribute_code::of(other.value);
  const bool is_large = !attribute_code::is_exact(code);  // larger or smaller than what has a code
  const Lanes equal = is_large ? 0 : integers & lanes_equal(codes, code);
  const Lanes less = integers & (!is_large ? lanes_below(codes, code) : other.value.as_integer() > 0 ? ~Lanes{0} : 0);
  const Lanes greater = integers & ~less & ~equal;
  Found found = find_one_by_one(i, here & ~integers);
  switch (static_cast<Op>(i.operand)) {
    case Op::less: found.yes |= is_left ? less : greater; break;
    case Op::less_equal: found.yes |= equal | (is_left ? less : greater); break;
    case Op::greater: found.yes |= is_left ? greater : less; break;
    default: found.yes |= equal | (is_left ? greater : less); break;
  }
  return found;
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
