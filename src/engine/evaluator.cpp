// The compiled evaluator: a loop over flat instructions.
//
// It must give what the reference interpreter gives, value for value and error for error. It differs where the
// definition leaves room: ancestors are looked up in closed lists, sets are searched in their canonical order, and `in`
// over a set goes by the smaller side.
//
// Speed comes from four habits. Every test ends in the same few instructions, in which the outcome of a policy is a bit
// and not a branch: which of the policies of a request hold is what no processor can predict. A test first tries what
// cannot fail; whatever is an error is found a second time, out of line, by the operations that the reference
// interpreter uses too. Operands that are variables or their attributes are read where they are, and a field of a
// record is first looked for where it most often is.
//
// An error in a test that counts, of a policy that is satisfied already, is none: Cedar does not evaluate what stands
// behind the operand of `||` that holds, and here it was evaluated only because that is quicker than not to.
//
// Rejected: computed goto (GCC turns the switch into the same jump table, and clang's tail merging undoes the rest), a
// virtual call or closure per node (no faster on these short programs, and they cannot be printed).

#include "engine/evaluator.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/set_operations.hpp"
#include "engine/test_outcomes.hpp"

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

void ProgramRun::reserve() {
  if (program_.slots > kInlineSlots) {
    auto& slots = ThreadScratch::get().slots;
    if (slots.size() < program_.slots) slots.resize(program_.slots);
    slots_ = slots.data();
  }
  if (program_.scratch_bytes > kInlineScratch) {
    auto& bytes = ThreadScratch::get().bytes;
    if (bytes.size() < program_.scratch_bytes) bytes.resize(program_.scratch_bytes);
    scratch_.emplace(std::span(bytes));
  } else if (program_.scratch_bytes != 0) {
    scratch_.emplace(std::span(inline_scratch_));
  }
}

inline ProgramRun::Holds ProgramRun::membership(Variable variable, const Value& target) const noexcept {
  const EntityRecord& record = *records_[static_cast<std::size_t>(variable)];
  if (target.is(Value::Kind::entity)) return holds(is_in(id_of(variable), record, target.as_entity()));
  if (!target.is(Value::Kind::set) || !target.as_set().entities_only) return Holds::error;
  return holds(is_in_any(id_of(variable), record, target.as_set()));
}

[[gnu::noinline]] Evaluated ProgramRun::test(const Instruction& i) const noexcept {
  return outcome_of(
      i, program_, entities_, request_.names, [&](std::uint32_t slot) -> const Value& { return slots_[slot]; },
      [&](Variable variable) { return value_of(variable); });
}

Value ProgramRun::make_record(std::span<const SymbolId> keys, std::span<const Value> values) {
  // Sorted here and in scratch memory, because the arena would allocate to sort many fields.
  const auto fields = scratch_->allocate_array<std::pair<SymbolId, Value>>(keys.size());
  for (std::size_t i = 0; i < fields.size(); ++i) std::construct_at(&fields[i], keys[i], values[i]);
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return *scratch_->record(fields);  // the parsers refuse a key that stands twice
}

[[gnu::noinline]] Evaluated ProgramRun::make(const Instruction& i) {
  const Value& slot = slots_[i.slot];
  const Value& next = slots_[i.slot + 1];
  const std::span<const Value> values(&slot, i.count);
  switch (i.opcode) {
    case Opcode::load_attribute: return quis::get_attribute(entities_, value_of(i.other), SymbolId{i.operand});
    case Opcode::get_attribute: return quis::get_attribute(entities_, slot, SymbolId{i.operand});
    case Opcode::negate: return quis::negate(slot);
    case Opcode::arithmetic: return quis::arithmetic(static_cast<Op>(i.operand), slot, next);
    case Opcode::get_tag: return quis::get_tag(entities_, slot, next);
    case Opcode::make_set: return scratch_->set(values);
    case Opcode::make_record: return make_record(program_.record_keys[i.operand], values);
    default: return call_extension(static_cast<ExtensionFunction>(i.operand), values, *scratch_);
  }
}

/// Executes the code that begins there. False when a policy fails, and then `failed_` says where.
[[gnu::always_inline]] inline bool ProgramRun::run(std::uint32_t begin, std::uint64_t& outcome) {
  const Instruction* const code = program_.code.data();
  std::uint64_t satisfied = 0;  // in a register: `outcome` may lie in memory that slots could share
  const auto truth = [](const Value& value) {
    return value.is(Value::Kind::boolean) ? holds(value.as_boolean()) : Holds::error;
  };
  for (const Instruction* i = code + begin;; ++i) {
    const auto slot = [&]() -> Value& { return slots_[i->slot]; };
    // What `find_out` says of `other.name`.
    const auto of_attribute = [&](const auto& find_out) {
      if (const Value* value = attribute_of_other(*i)) [[likely]]
        return find_out(*value);
      return i->may_be_absent ? Holds::no : Holds::error;
    };
    Holds found = Holds::error;  // or not yet known
    switch (i->opcode) {
      case Opcode::end: outcome = satisfied; return true;
      case Opcode::satisfied: satisfied |= std::uint64_t{1} << i->bit; continue;
      case Opcode::jump: i = code + i->target - 1; continue;
      case Opcode::new_scratch: scratch_->reset(); continue;

      case Opcode::load_constant: slot() = program_.constants[i->operand]; continue;
      case Opcode::load_variable: slot() = value_of(i->variable); continue;
      case Opcode::load_attribute:
        if (const Value* value = attribute_of_other(*i)) [[likely]] {
          slot() = *value;
          continue;
        }
        if (!i->may_be_absent) break;
        i = code + i->target - 1;
        continue;
      case Opcode::get_attribute:
        if (const Value* value = attribute_of(slot(), *i)) [[likely]] {
          slot() = *value;
          continue;
        }
        break;
      case Opcode::negate:
      case Opcode::arithmetic:
      case Opcode::get_tag:
      case Opcode::make_set:
      case Opcode::make_record:
      case Opcode::call: break;

      case Opcode::is_true: found = truth(slot()); break;
      case Opcode::attribute_is_true: found = of_attribute(truth); break;
      case Opcode::variable_has: found = holds(attribute_of_other(*i) != nullptr); break;
      case Opcode::variable_is_type:
        found = holds(type_of(id_of(i->variable), request_.names) == TypeId{i->operand});
        break;
      case Opcode::equal: found = holds(slot() == slots_[i->slot + 1]); break;
      case Opcode::equal_constant: found = holds(slot() == program_.constants[i->operand]); break;
      case Opcode::equal_variable: found = holds(slot() == Value::entity(id_of(i->variable))); break;
      case Opcode::attribute_equals_variable:
        found = of_attribute([&](const Value& value) { return holds(value == Value::entity(id_of(i->variable))); });
        break;
      case Opcode::order:
        if (const Value& next = slots_[i->slot + 1]; slot().is(Value::Kind::integer) && next.is(Value::Kind::integer)) {
          found = holds(in_order(static_cast<Op>(i->operand), slot().as_integer(), next.as_integer()));
        }
        break;
      case Opcode::variable_in: found = membership(i->variable, slot()); break;
      case Opcode::variable_in_constant: found = membership(i->variable, program_.constants[i->operand]); break;
      case Opcode::variable_in_attribute:
        found = of_attribute([&](const Value& target) { return membership(i->variable, target); });
        break;
      case Opcode::variable_in_slot_attribute:
        if (const Value* target = attribute_of(slot(), *i)) [[likely]]
          found = membership(i->variable, *target);
        break;
      case Opcode::variable_is_entity: found = holds(id_of(i->variable) == EntityId{i->operand}); break;
      case Opcode::variable_in_entity: {
        const EntityRecord& record = *records_[static_cast<std::size_t>(i->variable)];
        found = holds(is_in(id_of(i->variable), record, EntityId{i->operand}));
        break;
      }
      case Opcode::attribute_contains_variable:
        found = of_attribute([&](const Value& set) {
          return set.is(Value::Kind::set) ? holds(contains(set.as_set(), id_of(i->variable))) : Holds::error;
        });
        break;
      case Opcode::has_attribute:
      case Opcode::is_type:
      case Opcode::like:
      case Opcode::is_empty:
      case Opcode::in:
      case Opcode::contains:
      case Opcode::contains_all:
      case Opcode::contains_any:
      case Opcode::has_tag: break;
      default: __builtin_unreachable();  // there are no others, and to look costs two instructions in each round
    }
    if (found == Holds::error) [[unlikely]] {
      found = retry(*i, satisfied);
      if (found == Holds::error) {
        failed_ = i;
        return false;
      }
      if (is_value(i->opcode)) continue;
    }
    const bool hit = (found == Holds::yes) == wants(i->then);
    if (counts(i->then)) {
      satisfied |= std::uint64_t{hit} << i->bit;
    } else if (hit) {
      i = code + i->target - 1;
    }
  }
}

/// An instruction that did not come to its end in the loop: makes its value, or what the test finds.
[[gnu::noinline]] ProgramRun::Holds ProgramRun::retry(const Instruction& i, std::uint64_t satisfied) {
  const Evaluated outcome = is_value(i.opcode) ? make(i) : test(i);
  if (!outcome) {
    const bool is_needless = is_test(i.opcode) && counts(i.then) && (satisfied >> i.bit & 1U) != 0;
    return is_needless ? holds(!wants(i.then)) : Holds::error;
  }
  if (is_test(i.opcode)) return holds(outcome->as_boolean());
  slots_[i.slot] = *outcome;
  return Holds::yes;
}

/// Of the instruction that failed: slots are as they were, so it fails again.
EvaluationError ProgramRun::error() {
  const Evaluated outcome = is_value(failed_->opcode) ? make(*failed_) : test(*failed_);
  return outcome.error();
}

bool ProgramRun::decide(const Plan& plan, std::uint64_t& satisfied) { return run(plan.code, satisfied); }

Verdict ProgramRun::verdict(const CompiledPolicy& policy) {
  std::uint64_t satisfied = 0;
  if (!run(policy.code, satisfied)) return Verdict::error;
  return satisfied != 0 ? Verdict::satisfied : Verdict::not_satisfied;
}

void ProgramRun::decide_block(std::span<const CompiledPolicy> policies, Findings& findings) {
  std::uint64_t satisfied = 0;
  for (std::size_t place = 0; place < policies.size(); ++place) {
    const CompiledPolicy& policy = policies[place];
    std::uint64_t outcome = 0;
    if (!run(policy.code, outcome)) [[unlikely]] {
      findings.failed(policy.index, policy.force, error());
      continue;
    }
    satisfied |= outcome << place;
  }
  for_each_bit(satisfied, [&](std::size_t place) { findings.satisfied(policies[place].index, policies[place].force); });
}

}  // namespace quis
