#pragma once

#include <cstdint>

#include <quis/base/extension.hpp>
#include <quis/engine/detail/order.hpp>
#include <quis/policy/ast.hpp>

/// What a compiled policy consists of. Here for the code that `quis compile --emit-cpp` writes, which is compiled
/// against this header; hosts have no use for it, and it changes without notice. What instructions do stands in
/// `steps.hpp`.
namespace quis::detail {

enum class Opcode : std::uint8_t {
  // the end of a policy, and of a plan
  end,
  satisfied,  ///< sets `bit`
  // control
  jump,         ///< to `target`
  new_scratch,  ///< forgets the sets and addresses that policies before this one made
  // values
  load_constant,   ///< slot = constants[operand]
  load_variable,   ///< slot = variable
  load_attribute,  ///< slot = other.name           (load_variable, then get_attribute, in one step)
  get_attribute,   ///< slot = slot.name
  negate,          ///< slot = -slot
  arithmetic,      ///< by the `Op` in `operand`: slot, slot + 1
  get_tag,         ///< slot, slot + 1
  load_tag,        ///< slot = variable.getTag(name)
  make_set,        ///< slot, slot + 1, …, slot + count - 1, as the two that follow
  make_record,     ///< as records[operand] says
  call,            ///< function `operand`
  // tests
  is_true,                     ///< slot, which must be a boolean
  attribute_is_true,           ///< other.name, which must be a boolean
  has_attribute,               ///< slot has name
  variable_has,                ///< other has name
  is_type,                     ///< slot is type
  variable_is_type,            ///< variable is type
  like,                        ///< slot like patterns[operand]
  is_empty,                    ///< slot.isEmpty()
  equal,                       ///< slot == slot + 1
  equal_constant,              ///< slot == constants[operand]
  equal_variable,              ///< slot == variable
  attribute_equals_variable,   ///< other.name == variable
  order,                       ///< by `comparison`: slot, slot + 1
  in,                          ///< slot in slot + 1
  variable_in,                 ///< variable in slot
  variable_in_constant,        ///< variable in constants[operand]
  variable_in_attribute,       ///< variable in other.name
  variable_in_slot_attribute,  ///< variable in slot.name
  variable_is_entity,          ///< variable == the entity `operand`; this and the next are of scopes
  variable_in_entity,          ///< variable in the entity `operand`
  contains,                    ///< slot, slot + 1, as the three that follow
  contains_all,
  contains_any,
  has_tag,
  attribute_contains_variable,  ///< other.name.contains(variable)
  variable_has_tag,             ///< variable.hasTag(name)
  attribute_equals_constant,    ///< other.name == constants[slot]
  order_constant,               ///< by `comparison`: slot, constants[operand]
  attribute_order_constant,     ///< by `comparison`: other.name, constants[slot]
  method,                       ///< slot.function(slot + 1), of those that say yes or no
  method_with_constant,         ///< slot.function(constants[operand]), or slot.function() where it takes nothing
};

inline constexpr Opcode kLastOpcode = Opcode::method_with_constant;

[[nodiscard]] constexpr bool is_test(Opcode opcode) noexcept { return opcode >= Opcode::is_true; }
[[nodiscard]] constexpr bool is_value(Opcode opcode) noexcept {
  return opcode >= Opcode::load_constant && opcode < Opcode::is_true;
}
/// Whether a test reads `other.name` where it is.
[[nodiscard]] constexpr bool tests_attribute(Opcode opcode) noexcept {
  return opcode == Opcode::attribute_is_true || opcode == Opcode::attribute_equals_variable ||
         opcode == Opcode::variable_in_attribute || opcode == Opcode::attribute_contains_variable ||
         opcode == Opcode::attribute_equals_constant || opcode == Opcode::attribute_order_constant;
}
/// Whether `operand` is the name of a tag.
[[nodiscard]] constexpr bool names_tag(Opcode opcode) noexcept {
  return opcode == Opcode::load_tag || opcode == Opcode::variable_has_tag;
}
/// Whether `slot` is no slot but the number of a constant.
[[nodiscard]] constexpr bool slot_is_constant(Opcode opcode) noexcept {
  return opcode == Opcode::attribute_equals_constant || opcode == Opcode::attribute_order_constant;
}
/// Whether `operand` is the name of an attribute.
[[nodiscard]] constexpr bool names_attribute(Opcode opcode) noexcept {
  return tests_attribute(opcode) || opcode == Opcode::load_attribute || opcode == Opcode::get_attribute ||
         opcode == Opcode::has_attribute || opcode == Opcode::variable_has ||
         opcode == Opcode::variable_in_slot_attribute;
}

/// What follows a test.
enum class Then : std::uint8_t {
  jump_if_true,    ///< to `target`, else on to the next instruction
  jump_if_false,   ///< likewise
  count_if_true,   ///< sets `bit` or does not; in any case on to the next instruction
  count_if_false,  ///< likewise
};
/// What a test must not find, as a number.
[[nodiscard]] constexpr unsigned unwanted(Then then) noexcept { return static_cast<unsigned>(then) & 1U; }
[[nodiscard]] constexpr bool wants(Then then) noexcept { return unwanted(then) == 0; }
[[nodiscard]] constexpr bool counts(Then then) noexcept { return (static_cast<unsigned>(then) & 2U) != 0; }
/// What a jump becomes that leads to where the policy is satisfied.
[[nodiscard]] constexpr Then counting(Then then) noexcept {
  return wants(then) ? Then::count_if_true : Then::count_if_false;
}

/// Which piece of the evaluator executes an instruction: by its opcode and what follows, so that neither is asked for
/// again.
using Handler = std::uint16_t;
inline constexpr unsigned kThenShift = 8;  // a byte each, as they lie in an instruction: both are one load

struct Instruction {
  Opcode opcode = Opcode::end;
  Then then = Then::jump_if_false;  ///< of a test
  Variable variable : 2 = Variable::principal;
  /// Of what reads `other.name`, and of `load_tag`: an attribute or tag that is not there is no error. A test does not
  /// hold then; a load jumps to `target`. So `x has a && x.a == y` is one test.
  bool may_be_absent : 1 = false;
  Comparison comparison : 2 = Comparison::less;  ///< of what orders
  std::uint8_t : 1;                              // so that `other` ends the byte: a shift finds it
  Variable other : 2 = Variable::principal;      ///< whose attribute is read
  union {
    std::uint8_t place = 0;      ///< where among the fields of a record the attribute or tag is likely to be
    ExtensionFunction function;  ///< of `method` and `method_with_constant`
  };
  std::uint32_t slot = 0;
  std::uint32_t operand = 0;  ///< constant, symbol, type, entity, pattern, record, function or operator
  union {
    std::uint32_t target = 0;  ///< of what jumps: an index into the code
    std::uint32_t bit;         ///< of what counts: the policy's
    std::uint32_t count;       ///< operands of make_set, make_record and call
  };

  [[nodiscard]] constexpr Handler handler() const noexcept {
    return static_cast<Handler>(static_cast<unsigned>(opcode) | static_cast<unsigned>(then) << kThenShift);
  }
  /// Whether `target` means anything.
  [[nodiscard]] constexpr bool jumps() const noexcept {
    return opcode == Opcode::jump || (is_test(opcode) && !counts(then)) ||
           ((opcode == Opcode::load_attribute || opcode == Opcode::load_tag) && may_be_absent);
  }
};
static_assert(sizeof(Instruction) == 16);

}  // namespace quis::detail
