#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <quis/engine/detail/steps.hpp>
#include <quis/engine/reference.hpp>
#include <quis/engine/request.hpp>
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
    attributes[static_cast<std::size_t>(Variable::action)] = &kNoEntity.attributes;
    if (program.reads_action) look_up(Variable::action);
    if (program.needs_memory) [[unlikely]]
      reserve();
  }

  /// Brings on its way what policies are most likely to read: attributes of the resource, ancestors of the principal.
  void prefetch() const noexcept {
    __builtin_prefetch(attributes[static_cast<std::size_t>(Variable::resource)]->values);
    __builtin_prefetch(record_of(Variable::principal).ancestors.slots().data());
  }

  /// Evaluates the policies and tells `findings` which are satisfied and which fail.
  void decide(std::span<const CompiledPolicy> policies, Findings& findings) {
    for (; policies.size() > kBlock; policies = policies.subspan(kBlock)) {
      decide_block(policies.first(kBlock), findings);
    }
    decide_block(policies, findings);
  }

  /// Tells which policies of a plan are satisfied.
  [[nodiscard]] detail::PlanOutcome decide(const Plan& plan) {
    if (plan.native != nullptr) return plan.native(*this, &program_.code[plan.code]);
    return interpret(plan);
  }

  /// Whether the conditions of one policy hold.
  [[nodiscard]] Verdict verdict(const CompiledPolicy& policy);

  /// Goes on with another resource, `record` being the store's or null.
  void turn_to(EntityId resource, const EntityRecord* record) noexcept {
    ids[static_cast<std::size_t>(Variable::resource)] = resource;
    attributes[static_cast<std::size_t>(Variable::resource)] =
        record != nullptr ? &record->attributes : &kNoEntity.attributes;
  }

 private:
  friend detail::Holds detail::retry(detail::RunFacts& run, const Instruction& i, std::uint64_t satisfied);
  static constexpr std::size_t kBlock = 64;  // policies, whose outcomes fit one word
  static constexpr std::size_t kInlineSlots = Program::kFewSlots;
  static constexpr std::size_t kInlineScratch = 512;

  void reserve();

  /// What a test finds, without care for speed.
  [[nodiscard]] Evaluated test(const Instruction& i) const noexcept;
  /// The value that an instruction makes.
  [[nodiscard]] Evaluated make(const Instruction& i);
  [[nodiscard]] detail::PlanOutcome interpret(const Plan& plan);
  [[nodiscard]] detail::PlanOutcome run(std::uint32_t begin);
  [[nodiscard]] EvaluationError error();
  void decide_block(std::span<const CompiledPolicy> policies, Findings& findings);
  [[nodiscard]] Value make_record(std::span<const SymbolId> keys, std::span<const Value> values);

  const Program& program_;
  const Instruction* failed_;                                            // where a policy failed, when one did
  std::optional<ValueArena> scratch_;                                    // only where the program makes values
  alignas(Value) std::byte inline_slots_[kInlineSlots * sizeof(Value)];  // deliberately not initialised
  alignas(std::max_align_t) std::byte inline_scratch_[kInlineScratch];
};

}  // namespace quis
