#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>

#include "engine/scope_index.hpp"

/// The compiled form of a policy set.
///
/// A policy's conditions become a run of instructions of two kinds. *Values* are computed into numbered slots. Slots
/// are where a stack machine's operands would be at that point, worked out at compile time: an instruction reads its
/// operands at `slot`, `slot + 1`, … and leaves its result in `slot`. *Tests* find out whether something holds and say
/// by `then` what follows: a jump, or the end of the policy. So `&&`, `||`, `!` and `if` are jumps between tests, and a
/// boolean becomes a value only where something reads it as one.
///
/// There are no loops, so every instruction runs at most once and both the number of slots and the scratch memory for
/// sets and records have known bounds.
namespace quis {

enum class Opcode : std::uint8_t {
  // the end of a policy
  satisfied,
  not_satisfied,
  // control
  jump,         ///< to `target`
  new_scratch,  ///< forgets the sets and records that policies before this one made
  // values
  load_constant,   ///< slot = constants[operand]
  load_variable,   ///< slot = variable
  load_attribute,  ///< slot = variable.name        (variable, then get_attribute, in one step)
  get_attribute,   ///< slot = slot.name
  negate,          ///< slot = -slot
  arithmetic,      ///< by the `Op` in `operand`: slot, slot + 1
  get_tag,         ///< slot, slot + 1
  make_set,        ///< slot, slot + 1, …, slot + count - 1, as the two that follow
  make_record,     ///< keys at record_keys[operand]
  call,            ///< function `operand`
  // tests
  is_true,                     ///< slot, which must be a boolean
  attribute_is_true,           ///< variable.name, which must be a boolean
  has_attribute,               ///< slot has name
  variable_has,                ///< variable has name
  is_type,                     ///< slot is type
  variable_is_type,            ///< variable is type
  like,                        ///< slot like patterns[operand]
  is_empty,                    ///< slot.isEmpty()
  equal,                       ///< slot == slot + 1
  equal_constant,              ///< slot == constants[operand]
  equal_variable,              ///< slot == variable
  attribute_equals_variable,   ///< other.name == variable
  order,                       ///< by the `Op` in `operand`: slot, slot + 1
  in,                          ///< slot in slot + 1
  variable_in,                 ///< variable in slot
  variable_in_constant,        ///< variable in constants[operand]
  variable_in_attribute,       ///< variable in other.name
  variable_in_slot_attribute,  ///< variable in slot.name
  contains,                    ///< slot, slot + 1, as the three that follow
  contains_all,
  contains_any,
  has_tag,
  attribute_contains_variable,  ///< other.name.contains(variable)
};

/// Whether `target` means anything.
[[nodiscard]] constexpr bool may_jump(Opcode opcode) noexcept {
  return opcode == Opcode::jump || opcode >= Opcode::is_true;
}

/// What follows a test.
enum class Then : std::uint8_t {
  jump_if_false,       ///< to `target`, else on to the next instruction
  jump_if_true,        ///< likewise
  satisfied_if_false,  ///< the end of the policy, satisfied or not
  satisfied_if_true,   ///< likewise
};
[[nodiscard]] constexpr bool wants(Then then) noexcept { return (static_cast<unsigned>(then) & 1U) != 0; }
[[nodiscard]] constexpr bool ends_policy(Then then) noexcept { return (static_cast<unsigned>(then) & 2U) != 0; }

struct Instruction {
  Opcode opcode = Opcode::satisfied;
  Then then = Then::jump_if_false;  ///< of a test
  Variable variable = Variable::principal;
  Variable other = Variable::principal;  ///< of tests that read two variables
  std::uint32_t slot = 0;
  std::uint32_t operand = 0;  ///< constant, symbol, type, pattern, keys, function or operator
  union {
    std::uint32_t target = 0;  ///< of `jump` and tests: an index into the code
    std::uint32_t count;       ///< operands of make_set, make_record and call
  };
};
static_assert(sizeof(Instruction) == 16);

class Program {
 public:
  /// Where policies begin that always hold and that never do.
  static constexpr std::uint32_t kSatisfied = 0;
  static constexpr std::uint32_t kNotSatisfied = 1;

  std::vector<Instruction> code;
  std::vector<Value> constants;                        ///< borrowed from `arena` and from the policies' own arenas
  std::vector<Pattern> patterns;                       ///< borrowed from the policies
  std::vector<std::span<const SymbolId>> record_keys;  ///< borrowed from the policies
  ValueArena arena;                                    ///< owns folded constants
  ScopeIndex index;
  bool reads_action = false;      ///< some policy asks for the action's attributes or ancestors
  std::uint32_t slots = 1;        ///< that the most demanding policy needs
  std::size_t scratch_bytes = 0;  ///< likewise, for the values that one run makes

  /// One line an instruction, for people.
  [[nodiscard]] std::string to_text() const;
};

}  // namespace quis
