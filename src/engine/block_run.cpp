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
    case Opcode::attribute_contains_variable:
    case Opcode::variable_has_tag:
    case Opcode::attribute_equals_constant:
    case Opcode::attribute_order_constant: return 0;
    case Opcode::get_attribute:
    case Opcode::is_true:
    case Opcode::has_attribute:
    case Opcode::is_type:
    case Opcode::like:
    case Opcode::is_empty:
    case Opcode::equal_constant:
    case Opcode::order_constant:
    case Opcode::method_with_constant:
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

/// Of lanes that have not what is to be loaded.
inline void BlockRun::leave(const Instruction& i, Lanes lanes) noexcept {
  if (i.may_be_absent) {
    jump(i, lanes);
  } else {
    outcomes_.failed |= lanes;
  }
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
        slot = attribute_slot(name, here);
        absent = here & ~slot.lanes;
      } else if (const Evaluated value = get_attribute(entities_, value_of(i.other, 0), name)) {
        slot.value = *value;
      } else {
        absent = here;
      }
      leave(i, absent);
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
    case Opcode::load_tag: {
      const Value name = Value::string(text_of(SymbolId{i.operand}));
      if (i.variable == Variable::resource) {
        const Lanes tagged = lanes_where(here, [&](std::size_t lane) {
          return find_tag(entities_.find(value_of(i.variable, lane).as_entity()), name) != nullptr;
        });
        leave(i, here & ~tagged);
        outcomes_.open |= tagged;  // no slot has a tag of the resource
        return 0;
      }
      if (const Evaluated value = get_tag(entities_, value_of(i.variable, 0), name)) {
        slot.value = *value;
        break;
      }
      leave(i, here);
      return 0;
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

}  // namespace quis
