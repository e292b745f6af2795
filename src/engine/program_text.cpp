#include <iterator>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

#include "engine/program.hpp"

namespace quis {
namespace {

constexpr std::string_view kVariables[] = {"principal", "action", "resource", "context"};

std::string_view symbol_of(Op op) noexcept {
  switch (op) {
    case Op::less: return "<";
    case Op::less_equal: return "<=";
    case Op::greater: return ">";
    case Op::greater_equal: return ">=";
    case Op::add: return "+";
    case Op::subtract: return "-";
    default: return "*";
  }
}

std::string text_of_pattern(Pattern pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i != 0) text += '*';
    text += pattern[i];
  }
  return text;
}

/// `r3` is slot 3; what an instruction reads besides its slots stands behind its name.
std::string line_of(const Program& program, const Instruction& i) {
  const std::uint32_t a = i.slot;
  const std::uint32_t b = i.slot + 1;
  const std::string_view variable = kVariables[static_cast<std::size_t>(i.variable)];
  const auto attribute = [&] { return quoted(text_of(SymbolId{i.operand})); };
  switch (i.opcode) {
    case Opcode::load_constant: return fmt::format("r{} = {}", a, to_text(program.constants[i.operand]));
    case Opcode::load_variable: return fmt::format("r{} = {}", a, variable);
    case Opcode::load_attribute: return fmt::format("r{} = {}[{}]", a, variable, attribute());
    case Opcode::get_attribute: return fmt::format("r{} = r{}[{}]", a, a, attribute());
    case Opcode::has_attribute: return fmt::format("r{} = r{} has {}", a, a, attribute());
    case Opcode::variable_has: return fmt::format("r{} = {} has {}", a, variable, attribute());
    case Opcode::jump: return fmt::format("jump {}", i.operand);
    case Opcode::jump_if_false: return fmt::format("jump {} if not r{}", i.operand, a);
    case Opcode::jump_if_true: return fmt::format("jump {} if r{}", i.operand, a);
    case Opcode::jump_unless_type:
      return fmt::format("jump {} unless r{} is {}", i.operand, a, text_of(TypeId{i.count}));
    case Opcode::check_boolean: return fmt::format("check r{} is a bool", a);
    case Opcode::require_true: return fmt::format("require r{}", a);
    case Opcode::require_false: return fmt::format("require not r{}", a);
    case Opcode::decide: return fmt::format("satisfied if r{}", a);
    case Opcode::satisfied: return "satisfied";
    case Opcode::negate_boolean: return fmt::format("r{} = !r{}", a, a);
    case Opcode::negate_integer: return fmt::format("r{} = -r{}", a, a);
    case Opcode::is_type: return fmt::format("r{} = r{} is {}", a, a, text_of(TypeId{i.operand}));
    case Opcode::like:
      return fmt::format("r{} = r{} like {}", a, a, quoted(text_of_pattern(program.patterns[i.operand])));
    case Opcode::is_empty: return fmt::format("r{} = r{}.isEmpty()", a, a);
    case Opcode::equal: return fmt::format("r{} = r{} == r{}", a, a, b);
    case Opcode::not_equal: return fmt::format("r{} = r{} != r{}", a, a, b);
    case Opcode::order:
    case Opcode::arithmetic: return fmt::format("r{} = r{} {} r{}", a, a, symbol_of(i.op), b);
    case Opcode::in: return fmt::format("r{} = r{} in r{}", a, a, b);
    case Opcode::variable_in: return fmt::format("r{} = {} in r{}", a, variable, a);
    case Opcode::variable_in_attribute:
      return fmt::format("r{} = {} in {}[{}]", a, variable, kVariables[static_cast<std::size_t>(i.other)], attribute());
    case Opcode::equal_variable: return fmt::format("r{} = r{} == {}", a, a, variable);
    case Opcode::contains: return fmt::format("r{} = r{}.contains(r{})", a, a, b);
    case Opcode::contains_all: return fmt::format("r{} = r{}.containsAll(r{})", a, a, b);
    case Opcode::contains_any: return fmt::format("r{} = r{}.containsAny(r{})", a, a, b);
    case Opcode::get_tag: return fmt::format("r{} = r{}.getTag(r{})", a, a, b);
    case Opcode::has_tag: return fmt::format("r{} = r{}.hasTag(r{})", a, a, b);
    case Opcode::make_set: return fmt::format("r{} = set of {} from r{}", a, i.count, a);
    case Opcode::make_record: return fmt::format("r{} = record of {} from r{}", a, i.count, a);
    case Opcode::call:
      return fmt::format("r{} = {} of {} from r{}", a, signature_of(static_cast<ExtensionFunction>(i.operand)).name,
                         i.count, a);
  }
  return {};
}

}  // namespace

std::string Program::to_text() const {
  std::string text;
  for (std::size_t at = 0; at < code.size(); ++at) {
    fmt::format_to(std::back_inserter(text), "{:5}  {}\n", at, line_of(*this, code[at]));
  }
  return text;
}

}  // namespace quis
