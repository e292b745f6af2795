#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

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
class ProgramRun {
 public:
  ProgramRun(const Program& program, const Entities& entities, const Request& request)
      : program_(program),
        entities_(entities),
        request_(request),
        ids_{request.principal, request.action, request.resource},
        records_{record(request.principal), program.reads_action ? record(request.action) : &kNoEntity,
                 record(request.resource)},
        attributes_{&records_[0]->attributes, &records_[1]->attributes, &records_[2]->attributes,
                    request.context.is(Value::Kind::record) ? &request.context.as_record() : &kNoEntity.attributes},
        slots_(reinterpret_cast<Value*>(inline_slots_)) {
    if (program.needs_memory) [[unlikely]]
      reserve();
  }

  /// Evaluates the policies and tells `findings` which are satisfied and which fail.
  void decide(std::span<const CompiledPolicy> policies, Findings& findings) {
    for (; policies.size() > kBlock; policies = policies.subspan(kBlock)) {
      decide_block(policies.first(kBlock), findings);
    }
    decide_block(policies, findings);
  }

  /// Tells which policies of a plan are satisfied, as bits. False when one of them fails: then nothing is known.
  [[nodiscard]] bool decide(const Plan& plan, std::uint64_t& satisfied);

  /// Whether the conditions of one policy hold.
  [[nodiscard]] Verdict verdict(const CompiledPolicy& policy);

  /// Goes on with another resource, `record` being the store's or null.
  void turn_to(EntityId resource, const EntityRecord* record) noexcept {
    ids_[static_cast<std::size_t>(Variable::resource)] = resource;
    records_[static_cast<std::size_t>(Variable::resource)] = record != nullptr ? record : &kNoEntity;
    attributes_[static_cast<std::size_t>(Variable::resource)] =
        &records_[static_cast<std::size_t>(Variable::resource)]->attributes;
  }

 private:
  static constexpr std::size_t kBlock = 64;  // policies, whose outcomes fit one word
  static constexpr std::size_t kInlineSlots = Program::kFewSlots;
  static constexpr std::size_t kInlineScratch = 512;
  static constexpr std::size_t kEntityVariables = 3;  // all but the context
  static constexpr EntityRecord kNoEntity = {};       // stands for those that the store does not hold

  /// What a test finds, as far as it can be told without an error.
  enum class Holds : std::uint8_t { no, yes, error };
  [[nodiscard]] static Holds holds(bool it) noexcept { return it ? Holds::yes : Holds::no; }

  void reserve();
  [[nodiscard]] EntityId id_of(Variable variable) const noexcept { return ids_[static_cast<std::size_t>(variable)]; }
  [[nodiscard]] Value value_of(Variable variable) const noexcept {
    return variable == Variable::context ? request_.context : Value::entity(id_of(variable));
  }
  [[nodiscard]] const EntityRecord* record(EntityId entity) const noexcept {
    const EntityRecord* found = entities_.find(entity);
    return found != nullptr ? found : &kNoEntity;
  }
  /// The field that the instruction names, or null.
  [[nodiscard]] static const Value* field_of(const RecordData& record, const Instruction& i) noexcept {
    if (i.place < record.size && record.keys[i.place] == SymbolId{i.operand}) [[likely]]
      return record.values + i.place;
    return record.find(SymbolId{i.operand});
  }
  /// The attribute that the instruction reads, or null where there is none.
  [[nodiscard]] const Value* attribute_of_other(const Instruction& i) const noexcept {
    return field_of(*attributes_[static_cast<std::size_t>(i.other)], i);
  }
  [[nodiscard]] const Value* attribute_of(const Value& value, const Instruction& i) const noexcept {
    if (value.is(Value::Kind::entity)) return field_of(record(value.as_entity())->attributes, i);
    return value.is(Value::Kind::record) ? field_of(value.as_record(), i) : nullptr;
  }
  [[nodiscard]] Holds membership(Variable variable, const Value& target) const noexcept;

  /// What a test finds, without care for speed.
  [[nodiscard]] Evaluated test(const Instruction& i) const noexcept;
  /// The value that an instruction makes.
  [[nodiscard]] Evaluated make(const Instruction& i);
  [[nodiscard]] bool run(std::uint32_t begin, std::uint64_t& outcome);
  [[nodiscard]] Holds retry(const Instruction& i, std::uint64_t satisfied);
  [[nodiscard]] EvaluationError error();
  void decide_block(std::span<const CompiledPolicy> policies, Findings& findings);
  [[nodiscard]] Value make_record(std::span<const SymbolId> keys, std::span<const Value> values);

  const Program& program_;
  const Entities& entities_;
  const Request& request_;
  EntityId ids_[kEntityVariables];  // by Variable, as the two that follow
  const EntityRecord* records_[kEntityVariables];
  const RecordData* attributes_[kEntityVariables + 1];
  Value* slots_;
  const Instruction* failed_;                                            // where a policy failed, when one did
  std::optional<ValueArena> scratch_;                                    // only where the program makes values
  alignas(Value) std::byte inline_slots_[kInlineSlots * sizeof(Value)];  // deliberately not initialised
  alignas(std::max_align_t) std::byte inline_scratch_[kInlineScratch];
};

}  // namespace quis
