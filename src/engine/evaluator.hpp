#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <quis/base/detail/prefetch.hpp>
#include <quis/engine/detail/steps.hpp>
#include <quis/engine/reference.hpp>
#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>
#include <quis/model/entities.hpp>

#include "engine/compiled_policy.hpp"
#include "engine/findings.hpp"
#include "engine/operations.hpp"
#include "engine/program.hpp"

namespace quis {

/// Runs policies of a program for one request, or for one after the other that differ in their resource. Lives on the
/// stack for the time of that.
///
/// Its slots and scratch are on the stack while the program needs little of both; else they are the thread's, which
/// allocates them the first time and keeps them.
class ProgramRun : private detail::RunFacts {
 public:
  ProgramRun(const Program& program, const Entities& store, const Request& asked)
      : RunFacts(store, asked, program.constants.data(), reinterpret_cast<Value*>(inline_slots_)), program_(program) {
    look_up(Variable::principal);
    look_up(Variable::resource);
    look_up(Variable::context);
    attributes[static_cast<std::size_t>(Variable::action)] = &kNobody.attributes;
    if (program.asks_more) [[unlikely]]
      prepare();
  }

  ProgramRun(const ProgramRun&) = delete;  // it points into itself
  ProgramRun& operator=(const ProgramRun&) = delete;

  /// Brings on its way what policies are most likely to read: what lies in both records, before anything waits for one
  /// of them, and attributes of the resource.
  void prefetch() const noexcept {
    detail::prefetch(record_of(Variable::principal).near);
    detail::prefetch(record_of(Variable::resource).near);
    detail::prefetch(attributes[static_cast<std::size_t>(Variable::resource)]->values);
  }

  /// What one plan says of a request, where that is the whole answer (see `ScopeIndex::planned_action`).
  struct Planned {
    const detail::PairTable* table = nullptr;  ///< of the plan; null where no plan can tell
    std::uint64_t satisfied = 0;               ///< places in the plan's list, as bits
  };
  /// The way of most decisions, in one function. REQUIRES: policies may decide the request.
  [[nodiscard]] static Planned decide(const World& world, const Request& request);

  /// Evaluates the policies and tells `findings` which are satisfied and which fail.
  void decide(std::span<const CompiledPolicy> policies, Findings& findings) {
    if (policies.size() == 1 && policies.front().code == Program::kSatisfied) {  // as most that name both entities
      return findings.satisfied(policies.front().index, policies.front().force);
    }
    for (; policies.size() > kBlock; policies = policies.subspan(kBlock)) {
      decide_block(policies.first(kBlock), findings);
    }
    decide_block(policies, findings);
  }

  /// Tells which policies of a plan are satisfied.
  [[nodiscard]] detail::PlanOutcome decide(const Plan& plan) { return decide(plan, plan.first); }

  /// Whether the conditions of one policy hold.
  [[nodiscard]] Verdict verdict(const CompiledPolicy& policy);

  /// Goes on with another resource, `record` being its facts.
  void turn_to(EntityId resource, const EntityRecord& record) noexcept {
    ids[static_cast<std::size_t>(Variable::resource)] = resource;
    attributes[static_cast<std::size_t>(Variable::resource)] = &record.attributes;
  }

 private:
  friend detail::Holds detail::retry(detail::RunFacts& run, const Instruction& i, std::uint64_t satisfied);
  static constexpr std::size_t kBlock = 64;  // policies, whose outcomes fit one word
  static constexpr std::size_t kInlineSlots = Program::kFewSlots;
  static constexpr std::size_t kInlineScratch = 512;
  static constexpr EntityRecord kNobody = {};

  /// Does what few programs ask for: looks the action up, finds room for many slots or for values that are made.
  void prepare();

  /// What a test finds, without care for speed.
  [[nodiscard]] Evaluated test(const Instruction& i) const noexcept;
  /// The same for what steps leave to `retry`, at once; an error is not told from what it leaves to `test`.
  [[nodiscard]] detail::Holds judge(const Instruction& i) const noexcept;
  /// The value that an instruction makes, if it is no record (see `retry`).
  [[nodiscard]] Evaluated make(const Instruction& i);
  [[nodiscard]] detail::PlanOutcome decide(const Plan& plan, detail::Handler first) {
    return plan.native != nullptr ? plan.native(*this, &program_.code[plan.code]) : run(plan.code, first);
  }
  [[nodiscard]] detail::PlanOutcome run(std::uint32_t begin, detail::Handler first);
  [[nodiscard]] detail::PlanOutcome run(std::uint32_t begin) { return run(begin, program_.code[begin].handler()); }
  [[nodiscard]] EvaluationError error();
  void decide_block(std::span<const CompiledPolicy> policies, Findings& findings);
  [[nodiscard]] Value make_record(const RecordForm& form, const Value* values) noexcept;
  [[nodiscard]] std::span<std::byte> room() noexcept;

  const Program& program_;
  const Instruction* failed_ = nullptr;                                  // where a policy failed, when one did
  alignas(Value) std::byte inline_slots_[kInlineSlots * sizeof(Value)];  // deliberately not initialised
  alignas(std::max_align_t) std::byte inline_scratch_[kInlineScratch];
  alignas(ValueArena) std::byte arena_[sizeof(ValueArena)];  // only where the program makes values; see `prepare`
};
static_assert(std::is_trivially_destructible_v<ProgramRun>);

[[gnu::always_inline]] inline ProgramRun::Planned ProgramRun::decide(const World& world, const Request& request) {
  const Program& program = world.program();
  const detail::PlannedAction* const planned = program.index.planned_action(request, world.entities());
  if (planned == nullptr) [[unlikely]]
    return {};
  // Before the plan is known: what it will read is on its way while the processor finds out where to go on.
  ProgramRun run(program, world.entities(), request);
  run.prefetch();
  const detail::PairTable& table = *planned->table;
  const detail::PlanOutcome outcome = run.decide(table.plan, planned->first);
  if (!outcome.known) [[unlikely]]
    return {};
  return {&table, outcome.satisfied};
}

}  // namespace quis
