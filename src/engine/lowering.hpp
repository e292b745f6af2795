#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <quis/policy/policy.hpp>

#include "engine/folding.hpp"
#include "engine/program.hpp"

namespace quis {

/// Writes the instructions of policies. Values and conditions are lowered by two functions that call each other; both
/// return what they can compute now and then write nothing, so that constants meet and fold on the way up.
///
/// What folds, and what must not, is said in folding.cpp. An operand is dropped only where Cedar would not evaluate it,
/// after the deciding operand of `&&` and `||` and in the branch of `if` not taken, or where it is a constant boolean
/// that decides nothing.
///
/// Recursion is as deep as the expression. What the two functions call is not inlined, so that only the locals of the
/// case at hand stand on the stack at each level.
class Lowering {
 public:
  explicit Lowering(Program& program);

  /// Where the code of the policy begins.
  [[nodiscard]] std::uint32_t policy(const PolicyBody& body);

 private:
  /// Jumps whose target is not known yet: indices into the code.
  using Exits = std::vector<std::size_t>;
  /// Whether a condition holds, where that is the same in every request.
  using Known = std::optional<bool>;

  // Values (lowering.cpp): the value goes to `slot`, or is returned.
  Constant value(const Expr& e, std::uint32_t slot);
  Constant boolean_value(const Expr& e, std::uint32_t slot);
  Constant conditional_value(const Expr& e, std::uint32_t slot);
  Constant variadic(const Expr& e, std::uint32_t slot);
  Constant attribute(const Expr& e, std::uint32_t slot);
  Constant negation(const Expr& e, std::uint32_t slot);
  Constant tag(const Expr& e, std::uint32_t slot);
  [[nodiscard]] static bool is_tag_of_variable(const Expr& e);
  void name_tag(Instruction& instruction, const Expr& e);
  Constant binary_value(const Expr& e, std::uint32_t slot);

  // Conditions (lowering_conditions.cpp): jumps to where `exits` will lead if the condition comes out as `leave`, else
  // goes on behind; or the answer is returned. Slots from `slot` up are free to use.
  Known branch(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known junction(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known conditional(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known any_value(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known has(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known unary(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known has_tag(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known is_in(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known in(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known equality(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known contains(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known order(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known method(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);
  Known binary(const Expr& e, bool leave, Exits& exits, std::uint32_t slot);

  void conclude(Exits& failed);
  [[nodiscard]] std::size_t first_alternative() const;
  Instruction& emit(Opcode opcode, std::uint32_t slot);
  Instruction& test(Opcode opcode, std::uint32_t slot, bool leave, Exits& exits);
  Instruction& test_constant(Opcode of_attribute, Opcode of_slot, const Expr& subject, const Value& constant,
                             std::uint32_t slot, bool leave, Exits& exits);
  void jump(Exits& exits);
  void land(const Exits& exits);
  void materialise(const Constant& constant, std::uint32_t slot);
  std::uint32_t add_constant(const Value& constant);
  /// Notes that the entity behind a variable is read, not only its id.
  Variable read(Variable variable);
  void use_slots(std::uint32_t count);
  void begin_with_new_scratch();

  Program& program_;
  std::size_t begin_ = 0;    // of the policy
  std::size_t scratch_ = 0;  // bytes that the policy needs for sets and addresses
  std::size_t records_ = 0;  // and for records
};

}  // namespace quis
