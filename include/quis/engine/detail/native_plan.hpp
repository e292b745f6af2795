#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quis/engine/detail/instruction.hpp>
#include <quis/engine/detail/run_facts.hpp>
#include <quis/engine/detail/steps.hpp>

/// Plans compiled ahead of time: the evaluator's work, unrolled over instructions of known shape.
///
/// Of an instruction a native plan knows the `Shape` alone. What it names (attributes, entities, constants, patterns)
/// it reads from the program that it runs for, as the evaluator does. So nothing is bound or linked to names: a native
/// plan is right for *every* program that has a plan of exactly this shape, whatever its policies are called and
/// whichever constants they compare with. Whoever pairs a plan with a function compares all of the shape, instruction
/// for instruction (`find_native`); a hash only says where to look. So no collision can pair a plan with a wrong
/// function, and policies that changed are found out by what they compile to.
namespace quis::detail {

/// Goes up whenever code that was generated for an older one must not run: opcodes are numbered anew, or a field of
/// `Instruction` counts that `Shape` has not.
inline constexpr std::uint32_t kShapeFormat = 4;

/// All that sets one plan's code apart from another's but what it reads at run time: `operand`, `place` or `function`,
/// and `slot` where that is the number of a constant.
struct Shape {
  Opcode opcode = Opcode::end;
  Then then = Then::jump_if_false;
  Variable variable = Variable::principal;
  Variable other = Variable::principal;
  bool may_be_absent = false;
  Comparison comparison = Comparison::less;
  std::uint32_t slot = 0;
  std::uint32_t target = 0;  ///< from the plan's first instruction; or `bit`, or `count`

  friend bool operator==(const Shape&, const Shape&) = default;
};

/// `first` is where the instruction's plan begins.
[[nodiscard]] constexpr Shape shape_of(const Instruction& i, std::uint32_t first) noexcept {
  return {i.opcode,
          i.then,
          i.variable,
          i.other,
          i.may_be_absent,
          i.comparison,
          slot_is_constant(i.opcode) ? 0 : i.slot,
          i.jumps() ? i.target - first : i.target};
}

/// As generated code writes it.
[[nodiscard]] constexpr Shape shape(unsigned opcode, unsigned then, unsigned variable, unsigned other,
                                    bool may_be_absent, unsigned comparison, std::uint32_t slot,
                                    std::uint32_t target) noexcept {
  return {static_cast<Opcode>(opcode),
          static_cast<Then>(then),
          static_cast<Variable>(variable),
          static_cast<Variable>(other),
          may_be_absent,
          static_cast<Comparison>(comparison),
          slot,
          target};
}

/// An instruction of known shape. Has the members of `Instruction` that steps read.
template <Shape kShape>
struct Shaped {
  static constexpr Variable variable = kShape.variable;
  static constexpr Variable other = kShape.other;
  static constexpr bool may_be_absent = kShape.may_be_absent;
  static constexpr Comparison comparison = kShape.comparison;
  static constexpr std::uint32_t slot = kShape.slot;
  static constexpr std::uint32_t bit = kShape.target % 64;  // of what jumps it means nothing

  explicit Shaped(const Instruction& instruction) noexcept
      : whole(instruction), operand(instruction.operand), place(instruction.place) {}

  const Instruction& whole;
  std::uint32_t operand;
  std::uint8_t place;
};
template <Shape kShape>
[[nodiscard]] const Instruction& whole_of(const Shaped<kShape>& i) noexcept {
  return i.whole;
}

template <Shape kShape>
[[nodiscard, gnu::always_inline]] inline Flow step(RunFacts& run, const Instruction& i, std::uint64_t& satisfied) {
  return step(run, Shaped<kShape>(i), kShape.opcode, kShape.then, satisfied);
}

/// Runs a plan. `code` is its first instruction, in the program that `run` is of; every variable was looked up.
using NativeFunction = PlanOutcome(RunFacts& run, const Instruction* code);

struct NativePlan {
  std::span<const Shape> shape;
  NativeFunction* function = nullptr;
};

}  // namespace quis::detail
