#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <quis/engine/reference.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/operations.hpp"
#include "engine/program.hpp"

namespace quis {

/// Runs the policies of a program for one request. Lives on the stack for the time of one decision.
///
/// Its slots and scratch are on the stack while the program needs little of both; else they are the thread's, which allocates
/// them the first time and keeps them.
class ProgramRun {
 public:
  ProgramRun(const Program& program, const Entities& entities, const Request& request);

  /// Whether the conditions of a candidate hold. On `Verdict::error`, `error` says why.
  [[nodiscard]] Verdict run(const CompiledPolicy& policy, EvaluationError& error);

 private:
  static constexpr std::size_t kInlineSlots = 32;
  static constexpr std::size_t kInlineScratch = 512;

  [[nodiscard]] Value variable(Variable variable) const noexcept;
  [[nodiscard]] Evaluated attribute_of(Variable variable, SymbolId name) const noexcept;
  [[nodiscard]] Evaluated in(const Value& entity, const Value& target) const noexcept;
  [[nodiscard]] bool in_set(EntityId entity, const SetData& targets) const noexcept;
  [[nodiscard]] Evaluated set_operation(Opcode opcode, const Value& left, const Value& right) const noexcept;
  [[nodiscard]] Value make_record(std::span<const SymbolId> keys, std::span<const Value> values);
  [[nodiscard]] Evaluated make(const Instruction& instruction);

  const Program& program_;
  const Entities& entities_;
  const Request& request_;
  EntityId variables_[3];               // by Variable
  Value* slots_;
  ValueArena scratch_;
  alignas(Value) std::byte inline_slots_[kInlineSlots * sizeof(Value)];  // deliberately not initialised
  alignas(std::max_align_t) std::byte inline_scratch_[kInlineScratch];
};

}  // namespace quis
