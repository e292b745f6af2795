#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <quis/engine/reference.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/operations.hpp"
#include "engine/program.hpp"

namespace quis {

/// Runs the policies of a program for one request. Lives on the stack for the time of one decision.
///
/// Its slots and scratch are on the stack while the program needs little of both; else they are the thread's, which
/// allocates them the first time and keeps them.
class ProgramRun {
 public:
  ProgramRun(const Program& program, const Entities& entities, const Request& request);

  /// Whether the conditions of a candidate hold. On `Verdict::error`, `error` says why.
  [[nodiscard]] Verdict run(const CompiledPolicy& policy, EvaluationError& error);

 private:
  static constexpr std::size_t kInlineSlots = 32;
  static constexpr std::size_t kInlineScratch = 512;
  static constexpr std::size_t kEntityVariables = 3;  // all but the context

  /// `in`, as far as it can be told without an error.
  enum class Membership : std::uint8_t { no, yes, error };

  [[nodiscard]] Value variable(Variable variable) const noexcept {
    return variable == Variable::context ? request_.context : Value::entity(ids_[static_cast<std::size_t>(variable)]);
  }
  /// The record of an entity variable, or null. Actions are seldom asked for theirs, so it is not kept.
  [[nodiscard]] const EntityRecord* record_of(Variable variable) const noexcept {
    if (variable == Variable::principal) return principal_;
    return variable == Variable::resource ? resource_ : entities_.find(request_.action);
  }
  /// The attribute of a variable, or null where reading it is an error.
  [[nodiscard]] const Value* find_attribute(Variable variable, SymbolId name) const noexcept;
  [[nodiscard]] Membership membership(EntityId entity, const EntityRecord* record, const Value& target) const noexcept;
  [[nodiscard]] Membership membership(Variable variable, const Value& target) const noexcept;
  [[nodiscard]] Evaluated in(const Value& entity, const Value& target) const noexcept;
  [[nodiscard]] Evaluated set_operation(Opcode opcode, const Value& left, const Value& right) const noexcept;
  [[nodiscard]] Value make_record(std::span<const SymbolId> keys, std::span<const Value> values);
  [[nodiscard]] Evaluated make(const Instruction& instruction);
  /// The instructions that need no care for speed.
  [[nodiscard]] Evaluated compute(const Instruction& instruction);

  const Program& program_;
  const Entities& entities_;
  const Request& request_;
  EntityId ids_[kEntityVariables];  // by Variable
  const EntityRecord* principal_;   // null where the store has none
  const EntityRecord* resource_;
  Value* slots_;
  std::optional<ValueArena> scratch_;                                    // only where the program makes values
  alignas(Value) std::byte inline_slots_[kInlineSlots * sizeof(Value)];  // deliberately not initialised
  alignas(std::max_align_t) std::byte inline_scratch_[kInlineScratch];
};

}  // namespace quis
