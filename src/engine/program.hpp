#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/detail/instruction.hpp>
#include <quis/policy/ast.hpp>

#include "engine/compiled_policy.hpp"
#include "engine/scope_index.hpp"

/// The compiled form of a policy set.
///
/// A policy's conditions become a run of instructions of two kinds. *Values* are computed into numbered slots. Slots
/// are where a stack machine's operands would be at that point, worked out at compile time: an instruction reads its
/// operands at `slot`, `slot + 1`, … and leaves its result in `slot`. *Tests* find out whether something holds and say
/// by `then` what follows: a jump, or that the policy is satisfied. So `&&`, `||`, `!` and `if` are jumps between
/// tests, and a boolean becomes a value only where something reads it as one.
///
/// That a policy is satisfied is a bit, which a test *counts* and goes on: the outcome of the last test of a policy is
/// never a branch. So the code of many policies, one behind the other, runs as one (see `Plan`).
///
/// There are no loops, so every instruction runs at most once, and the number of slots and the memory for records and
/// sets have known bounds.
namespace quis {

using detail::counting;
using detail::counts;
using detail::Instruction;
using detail::is_test;
using detail::is_value;
using detail::names_attribute;
using detail::names_tag;
using detail::Opcode;
using detail::tests_attribute;
using detail::Then;
using detail::wants;

/// How a record is made of values in slots. Each that a policy makes has a place of its own, and as no instruction runs
/// twice, no arena is needed; the next policy's records may lie there too.
struct RecordForm {
  std::vector<SymbolId> keys;        ///< sorted
  std::vector<std::uint32_t> slots;  ///< where the value of each is, counted from the first
  std::size_t place = 0;             ///< in the room for records, in bytes

  /// That the record takes: its head, and its values behind it.
  [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(RecordData) + keys.size() * sizeof(Value); }
};
static_assert(sizeof(RecordData) % alignof(Value) == 0 && alignof(RecordData) == alignof(Value));

class Program {
 public:
  /// Where policies begin that always hold and that never do.
  static constexpr std::uint32_t kSatisfied = 0;
  static constexpr std::uint32_t kNotSatisfied = 1;

  static constexpr std::uint32_t kFewSlots = 32;

  /// The code of a policy or of a plan, with its `end`.
  [[nodiscard]] std::span<const Instruction> code_of(const CompiledPolicy& policy) const noexcept {
    return code_from(policy.code);
  }
  [[nodiscard]] std::span<const Instruction> plan_code(const Plan& plan) const noexcept { return code_from(plan.code); }

  // In the order in which a decision reads them.
  ScopeIndex index;
  std::vector<Instruction> code;
  std::vector<Value> constants;     ///< borrowed from `arena` and from the policies' own arenas
  std::vector<Pattern> patterns;    ///< borrowed from the policies
  std::vector<RecordForm> records;  ///< records that policies make keep their keys here
  ValueArena arena;                 ///< owns folded constants
  bool reads_action = false;        ///< some policy asks for the action's attributes or ancestors
  std::uint32_t slots = 1;          ///< that the most demanding policy needs
  std::size_t record_bytes = 0;     ///< likewise, for the records that it makes
  std::size_t scratch_bytes = 0;    ///< likewise, for the sets and addresses that it makes
  bool asks_more = false;           ///< than few programs do: of the action, `kFewSlots`, or any of those bytes

  /// One line an instruction, for people.
  [[nodiscard]] std::string to_text() const;
  /// The line of one.
  [[nodiscard]] std::string line(const Instruction& i) const;

 private:
  [[nodiscard]] std::span<const Instruction> code_from(std::uint32_t first) const noexcept {
    std::size_t last = first;
    while (code[last].opcode != Opcode::end) ++last;
    return std::span(code).subspan(first, last + 1 - first);
  }
};

}  // namespace quis
