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
    auto& kept = ThreadScratch::get().slots;
    if (kept.size() < program_.slots) kept.resize(program_.slots);
    slots = kept.data();
  }
  if (program_.scratch_bytes > kInlineScratch) {
    auto& bytes = ThreadScratch::get().bytes;
    if (bytes.size() < program_.scratch_bytes) bytes.resize(program_.scratch_bytes);
    scratch_.emplace(std::span(bytes));
  } else if (program_.scratch_bytes != 0) {
    scratch_.emplace(std::span(inline_scratch_));
  }
  if (scratch_) scratch = &*scratch_;
}

[[gnu::noinline]] Evaluated ProgramRun::test(const Instruction& i) const noexcept {
  return outcome_of(
      i, program_, entities, request.names, [&](std::uint32_t slot) -> const Value& { return slots[slot]; },
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
  const Value& slot = slots[i.slot];
  const Value& next = slots[i.slot + 1];
  const std::span<const Value> values(&slot, i.count);
  switch (i.opcode) {
    case Opcode::load_attribute: return quis::get_attribute(entities, value_of(i.other), SymbolId{i.operand});
    case Opcode::get_attribute: return quis::get_attribute(entities, slot, SymbolId{i.operand});
    case Opcode::negate: return quis::negate(slot);
    case Opcode::arithmetic: return quis::arithmetic(static_cast<Op>(i.operand), slot, next);
    case Opcode::get_tag: return quis::get_tag(entities, slot, next);
    case Opcode::make_set: return scratch_->set(values);
    case Opcode::make_record: return make_record(program_.record_keys[i.operand], values);
    default: return call_extension(static_cast<ExtensionFunction>(i.operand), values, *scratch_);
  }
}

/// Executes the code that begins there. Where a policy fails, `failed_` says at what.
[[gnu::always_inline]] inline detail::PlanOutcome ProgramRun::run(std::uint32_t begin) {
  const Instruction* const code = program_.code.data();
  std::uint64_t satisfied = 0;
  for (const Instruction* i = code + begin;; ++i) {
    switch (detail::step(*this, *i, satisfied)) {
      case detail::Flow::next: continue;
      case detail::Flow::jump: i = code + i->target - 1; continue;
      case detail::Flow::end: return {satisfied, true};
      case detail::Flow::fail: failed_ = i; return {};
    }
  }
}

/// An instruction that did not come to its end in a step: makes its value, or what the test finds.
[[gnu::noinline]] detail::Holds detail::retry(RunFacts& run, const Instruction& i, std::uint64_t satisfied) {
  ProgramRun& whole = static_cast<ProgramRun&>(run);
  const Evaluated outcome = is_value(i.opcode) ? whole.make(i) : whole.test(i);
  if (!outcome) {
    const bool is_needless = is_test(i.opcode) && counts(i.then) && (satisfied >> i.bit & 1U) != 0;
    return is_needless ? holds(!wants(i.then)) : Holds::error;
  }
  if (is_test(i.opcode)) return holds(outcome->as_boolean());
  run.slots[i.slot] = *outcome;
  return Holds::yes;
}

/// Of the instruction that failed: slots are as they were, so it fails again.
EvaluationError ProgramRun::error() {
  const Evaluated outcome = is_value(failed_->opcode) ? make(*failed_) : test(*failed_);
  return outcome.error();
}

detail::PlanOutcome ProgramRun::interpret(const Plan& plan) { return run(plan.code); }

Verdict ProgramRun::verdict(const CompiledPolicy& policy) {
  const detail::PlanOutcome outcome = run(policy.code);
  if (!outcome.known) return Verdict::error;
  return outcome.satisfied != 0 ? Verdict::satisfied : Verdict::not_satisfied;
}

void ProgramRun::decide_block(std::span<const CompiledPolicy> policies, Findings& findings) {
  // Of a hundred thousand policies the code of a few that follow each other here lies anywhere.
  for (std::size_t place = 1; place < policies.size(); ++place) {
    __builtin_prefetch(program_.code.data() + policies[place].code);
  }
  std::uint64_t satisfied = 0;
  for (std::size_t place = 0; place < policies.size(); ++place) {
    const CompiledPolicy& policy = policies[place];
    const detail::PlanOutcome outcome = run(policy.code);
    if (!outcome.known) [[unlikely]] {
      findings.failed(policy.index, policy.force, error());
      continue;
    }
    satisfied |= outcome.satisfied << place;
  }
  for_each_bit(satisfied, [&](std::size_t place) { findings.satisfied(policies[place].index, policies[place].force); });
}

}  // namespace quis
