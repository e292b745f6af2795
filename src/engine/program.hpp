#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/decision.hpp>
#include <quis/policy/ast.hpp>

#include "engine/decision_sink.hpp"
#include "engine/scope_index.hpp"

/// The compiled form of a policy set.
///
/// A policy's conditions become a run of instructions over numbered slots. Slots are where a stack machine's operands
/// would be at that point, worked out at compile time: an instruction reads its operands at `slot`, `slot + 1`, … and
/// leaves its result in `slot`. There are no loops, so every instruction runs at most once and both the number of slots
/// and the scratch memory for sets and records have known bounds.
namespace quis {

enum class Opcode : std::uint8_t {
  // values
  load_constant,   ///< slot = constants[operand]
  load_variable,   ///< slot = variable
  load_attribute,  ///< slot = variable.name        (variable, then get_attribute, in one step)
  get_attribute,   ///< slot = slot.name
  has_attribute,   ///< slot = slot has name
  variable_has,    ///< slot = variable has name
  // control
  jump,              ///< to operand
  jump_if_false,     ///< to operand when slot is false; slot must be a boolean
  jump_if_true,      ///< to operand when slot is true; slot must be a boolean
  jump_unless_type,  ///< to operand unless slot is of the type `count`; slot must be an entity, and keeps it
  check_boolean,     ///< slot must be a boolean
  require_true,      ///< the policy is not satisfied unless slot is true; slot must be a boolean
  require_false,     ///< the policy is not satisfied unless slot is false; slot must be a boolean
  decide,            ///< the end of a policy: it is satisfied when slot is true; slot must be a boolean
  satisfied,         ///< the end of a policy that nothing has stopped
  // unary
  negate_boolean,
  negate_integer,
  is_type,  ///< slot = slot is type
  like,     ///< slot = slot like patterns[operand]
  is_empty,
  // binary: slot, slot + 1
  equal,
  not_equal,
  order,       ///< by `op`
  arithmetic,  ///< by `op`
  in,
  variable_in,            ///< slot = variable in slot
  variable_in_attribute,  ///< slot = variable in other.name  (load_attribute, then variable_in, in one step)
  equal_variable,         ///< slot = slot == variable
  contains,
  contains_all,
  contains_any,
  get_tag,
  has_tag,
  // any number: slot, slot + 1, …, slot + count - 1
  make_set,
  make_record,  ///< keys at record_keys[operand]
  call,         ///< function `operand`
};

struct Instruction {
  Opcode opcode = Opcode::satisfied;
  Op op = Op::literal;  ///< of `order` and `arithmetic`
  Variable variable = Variable::principal;
  Variable other = Variable::principal;  ///< of `variable_in_attribute`
  std::uint32_t slot = 0;
  std::uint32_t operand = 0;  ///< constant, target, symbol, type, pattern, keys or function
  std::uint32_t count = 0;    ///< operands of make_set, make_record and call; a type id
};
static_assert(sizeof(Instruction) == 16);

/// A policy in the program: links of one template share their code.
struct CompiledPolicy {
  std::uint32_t code = 0;  ///< index of its first instruction
  Force force = Force::permit;
};

class Program {
 public:
  std::vector<Instruction> code;
  std::vector<CompiledPolicy> policies;                ///< by PolicyIndex
  std::vector<Value> constants;                        ///< borrowed from `arena` and from the policies' own arenas
  std::vector<Pattern> patterns;                       ///< borrowed from the policies
  std::vector<std::span<const SymbolId>> record_keys;  ///< borrowed from the policies
  ValueArena arena;                                    ///< owns folded constants
  ScopeIndex index;
  std::uint32_t slots = 1;        ///< that the most demanding policy needs
  std::size_t scratch_bytes = 0;  ///< likewise, for the values that one run makes

  /// One line an instruction, for people.
  [[nodiscard]] std::string to_text() const;
};

}  // namespace quis
