// The compiled evaluator: runs flat instructions, one after the other.
//
// It must give what the reference interpreter gives, value for value and error for error. It differs where the
// definition leaves room: ancestors are looked up in closed lists, sets are searched in their canonical order, and `in`
// over a set goes by the smaller side.
//
// Speed comes from five habits. Every test ends in the same few instructions, in which the outcome of a policy is a bit
// and not a branch: which of the policies of a request hold is what no processor can predict. Each opcode, for each
// thing that may follow a test, is a piece of code of its own that jumps to the next one: it need not look at what
// follows, and the processor learns what follows what. A test first tries what cannot fail; whatever is an error is
// found a second time, out of line, by the operations that the reference interpreter uses too. Operands that are
// variables or their attributes are read where they are, and a field of a record is first looked for where it most
// often is.
//
// An error in a test that counts, of a policy that is satisfied already, is none: Cedar does not evaluate what stands
// behind the operand of `||` that holds, and here it was evaluated only because that is quicker than not to.
//
// Rejected: a loop around a switch (one jump for all: 4 ns more on github), a virtual call or closure per node (no
// faster on these short programs, and they cannot be printed), a chain of tail calls (GCC 12 promises none).

#include "engine/evaluator.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "engine/test_outcomes.hpp"

namespace quis {

using detail::Holds;
using detail::holds;

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

void ProgramRun::prepare() {
  if (program_.reads_action) look_up(Variable::action);
  if (program_.slots > kInlineSlots) {
    auto& kept = ThreadScratch::get().slots;
    if (kept.size() < program_.slots) kept.resize(program_.slots);
    slots = kept.data();
  }
  if (const std::size_t needed = program_.record_bytes + program_.scratch_bytes; needed > kInlineScratch) {
    auto& bytes = ThreadScratch::get().bytes;
    if (bytes.size() < needed) bytes.resize(needed);
  }
  if (program_.scratch_bytes == 0) return;
  // Never destroyed: what it serves fits into the room, so it owns nothing, and a run is over without a look at it.
  scratch = ::new (static_cast<void*>(arena_)) ValueArena(room().subspan(program_.record_bytes));
}

[[gnu::noinline]] Evaluated ProgramRun::test(const Instruction& i) const noexcept {
  return outcome_of(
      i, program_, entities, request.names, [&](std::uint32_t slot) -> const Value& { return slots[slot]; },
      [&](Variable variable) { return value_of(variable); });
}

/// For records, and behind them for the arena.
std::span<std::byte> ProgramRun::room() noexcept {
  const bool is_inline = program_.record_bytes + program_.scratch_bytes <= kInlineScratch;
  return is_inline ? std::span<std::byte>(inline_scratch_) : std::span<std::byte>(ThreadScratch::get().bytes);
}

Value ProgramRun::make_record(const RecordForm& form, const Value* values) noexcept {
  auto* const record = reinterpret_cast<RecordData*>(room().data() + form.place);
  auto* const fields = reinterpret_cast<Value*>(record + 1);
  const std::size_t size = form.keys.size();
  for (std::size_t i = 0; i < size; ++i) std::construct_at(fields + i, values[form.slots[i]]);
  std::construct_at(record, RecordData{static_cast<std::uint32_t>(size), form.keys.data(), fields});
  return Value::record(record);
}

Holds ProgramRun::judge(const Instruction& i) const noexcept {
  const auto first = [&]() -> const Value& { return slots[i.slot]; };
  const auto second = [&]() -> const Value& { return slots[i.slot + 1]; };
  const auto of_sets = [&](const auto& test) {
    if (!first().is(Value::Kind::set) || !second().is(Value::Kind::set)) return Holds::error;
    return holds(test(first().as_set(), second().as_set()));
  };
  switch (i.opcode) {
    case Opcode::has_attribute:
      if (!first().is(Value::Kind::record) && !first().is(Value::Kind::entity)) break;
      return holds(detail::attribute_of(*this, first(), i) != nullptr);
    case Opcode::is_type:
      if (!first().is(Value::Kind::entity)) break;
      return holds(type_of(first().as_entity(), request.names) == TypeId{i.operand});
    case Opcode::like:
      if (!first().is(Value::Kind::string)) break;
      return holds(matches(program_.patterns[i.operand], first().as_string()));
    case Opcode::is_empty:
      if (!first().is(Value::Kind::set)) break;
      return holds(first().as_set().size == 0);
    case Opcode::in:
      if (!first().is(Value::Kind::entity)) break;
      return detail::membership(first().as_entity(), entities.facts_of(first().as_entity()), second());
    case Opcode::has_tag:
      if (!first().is(Value::Kind::entity) || !second().is(Value::Kind::string)) break;
      return holds(find_tag(entities.find(first().as_entity()), second()) != nullptr);
    case Opcode::contains_all: return of_sets([](const SetData& a, const SetData& b) { return has_all(a, b); });
    case Opcode::contains_any: return of_sets([](const SetData& a, const SetData& b) { return has_any(a, b); });
    default: break;
  }
  return Holds::error;
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
    case Opcode::load_tag:
      return quis::get_tag(entities, value_of(i.variable), Value::string(text_of(SymbolId{i.operand})));
    case Opcode::make_set: return scratch->set(values);
    default: {
      ValueArena nothing;  // all but an address is made in its slot, so programs without those have no scratch
      return call_extension(static_cast<ExtensionFunction>(i.operand), values, scratch != nullptr ? *scratch : nothing);
    }
  }
}

// All opcodes, in order: what is no test, for which `then` means nothing, and the tests.
#define QUIS_FOR_EACH_OTHER(DO, then) \
  DO(end, then)                       \
  DO(satisfied, then)                 \
  DO(jump, then)                      \
  DO(new_scratch, then)               \
  DO(load_constant, then)             \
  DO(load_variable, then)             \
  DO(load_attribute, then)            \
  DO(get_attribute, then)             \
  DO(negate, then)                    \
  DO(arithmetic, then)                \
  DO(get_tag, then)                   \
  DO(load_tag, then)                  \
  DO(make_set, then)                  \
  DO(make_record, then)               \
  DO(call, then)
#define QUIS_FOR_EACH_TEST(DO, then)    \
  DO(is_true, then)                     \
  DO(attribute_is_true, then)           \
  DO(has_attribute, then)               \
  DO(variable_has, then)                \
  DO(is_type, then)                     \
  DO(variable_is_type, then)            \
  DO(like, then)                        \
  DO(is_empty, then)                    \
  DO(equal, then)                       \
  DO(equal_constant, then)              \
  DO(equal_variable, then)              \
  DO(attribute_equals_variable, then)   \
  DO(order, then)                       \
  DO(in, then)                          \
  DO(variable_in, then)                 \
  DO(variable_in_constant, then)        \
  DO(variable_in_attribute, then)       \
  DO(variable_in_slot_attribute, then)  \
  DO(variable_is_entity, then)          \
  DO(variable_in_entity, then)          \
  DO(contains, then)                    \
  DO(contains_all, then)                \
  DO(contains_any, then)                \
  DO(has_tag, then)                     \
  DO(attribute_contains_variable, then) \
  DO(variable_has_tag, then)            \
  DO(attribute_equals_constant, then)   \
  DO(order_constant, then)              \
  DO(attribute_order_constant, then)    \
  DO(method, then)                      \
  DO(method_with_constant, then)

#define QUIS_OPCODE(name, then) Opcode::name,
constexpr Opcode kListed[] = {QUIS_FOR_EACH_OTHER(QUIS_OPCODE, ) QUIS_FOR_EACH_TEST(QUIS_OPCODE, )};
#undef QUIS_OPCODE
static_assert(
    [] {
      for (std::size_t i = 0; i < std::size(kListed); ++i) {
        if (static_cast<std::size_t>(kListed[i]) != i) return false;
      }
      return kListed[std::size(kListed) - 1] == detail::kLastOpcode;
    }(),
    "every opcode has the place that is its number");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"  // labels as values: GCC has them, and clang

/// Executes the code that begins there, with that handler. Where a policy fails, `failed_` says at what.
detail::PlanOutcome ProgramRun::run(std::uint32_t begin, detail::Handler first) {
  constexpr std::size_t kRow = std::size_t{1} << detail::kThenShift;
#define QUIS_OTHER(name, then) &&do_##name,
#define QUIS_TEST(name, then) &&do_##name##_##then,
#define QUIS_ROW(then) \
  { QUIS_FOR_EACH_OTHER(QUIS_OTHER, then) QUIS_FOR_EACH_TEST(QUIS_TEST, then) }
  static const void* const kHandlers[][kRow] = {QUIS_ROW(jump_if_true), QUIS_ROW(jump_if_false),
                                                QUIS_ROW(count_if_true), QUIS_ROW(count_if_false)};
#undef QUIS_ROW
#undef QUIS_TEST
#undef QUIS_OTHER
  const auto label = [](detail::Handler handler) { return kHandlers[handler / kRow][handler % kRow]; };
  const Instruction* const code = program_.code.data();
  const Instruction* i = code + begin;
  std::uint64_t satisfied = 0;
  goto* label(first);

#define QUIS_DO(name, then)                                                   \
  switch (detail::step(*this, *i, Opcode::name, Then::then, satisfied)) {     \
    case detail::Flow::next: ++i; goto* label(i->handler());                  \
    case detail::Flow::jump: i = code + i->target; goto* label(i->handler()); \
    case detail::Flow::end: return {satisfied, true};                         \
    case detail::Flow::fail: failed_ = i; return {};                          \
  }
#define QUIS_OTHER(name, then) do_##name : QUIS_DO(name, then)
#define QUIS_TEST(name, then) do_##name##_##then : QUIS_DO(name, then)
  QUIS_FOR_EACH_OTHER(QUIS_OTHER, jump_if_false)
  QUIS_FOR_EACH_TEST(QUIS_TEST, jump_if_true)
  QUIS_FOR_EACH_TEST(QUIS_TEST, jump_if_false)
  QUIS_FOR_EACH_TEST(QUIS_TEST, count_if_true)
  QUIS_FOR_EACH_TEST(QUIS_TEST, count_if_false)
#undef QUIS_TEST
#undef QUIS_OTHER
#undef QUIS_DO
  __builtin_unreachable();  // no step ends otherwise
}

#pragma GCC diagnostic pop
#undef QUIS_FOR_EACH_TEST
#undef QUIS_FOR_EACH_OTHER

/// An instruction that did not come to its end in a step: makes its value, or what the test finds.
[[gnu::noinline]] detail::Holds detail::retry(RunFacts& run, const Instruction& i, std::uint64_t satisfied) {
  ProgramRun& whole = static_cast<ProgramRun&>(run);
  if (is_test(i.opcode)) {
    if (const Holds found = whole.judge(i); found != Holds::error) return found;
  } else if (i.opcode == Opcode::make_record) {  // cannot fail
    run.slots[i.slot] = whole.make_record(whole.program_.records[i.operand], &run.slots[i.slot]);
    return Holds::yes;
  }
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

Verdict ProgramRun::verdict(const CompiledPolicy& policy) {
  const detail::PlanOutcome outcome = run(policy.code);
  if (!outcome.known) return Verdict::error;
  return outcome.satisfied != 0 ? Verdict::satisfied : Verdict::not_satisfied;
}

void ProgramRun::decide_block(std::span<const CompiledPolicy> policies, Findings& findings) {
  // Of a hundred thousand policies the code of a few that follow each other here lies anywhere.
  for (std::size_t place = 1; place < policies.size(); ++place) {
    detail::prefetch(program_.code.data() + policies[place].code);
  }
  std::uint64_t satisfied = 0;
  for (std::size_t place = 0; place < policies.size(); ++place) {
    const CompiledPolicy& policy = policies[place];
    if (policy.code == Program::kSatisfied) {  // its scope is all it asks
      satisfied |= std::uint64_t{1} << place;
      continue;
    }
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
