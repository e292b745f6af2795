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

std::string_view name_of(Variable variable) noexcept { return kVariables[static_cast<std::size_t>(variable)]; }

/// `resource["owner"]`, and with a question mark where it may be absent.
std::string attribute_of(const Instruction& i) {
  return fmt::format("{}[{}]{}", name_of(i.other), quoted(text_of(SymbolId{i.operand})), i.may_be_absent ? "?" : "");
}

/// What a test asks. `r3` is slot 3; what an instruction reads besides its slots stands behind its name.
std::string condition_of(const Program& program, const Instruction& i) {
  const std::uint32_t a = i.slot;
  const std::uint32_t b = i.slot + 1;
  const std::string_view variable = name_of(i.variable);
  const auto name = [&] { return quoted(text_of(SymbolId{i.operand})); };
  const auto type = [&] { return text_of(TypeId{i.operand}); };
  const auto constant = [&] { return to_text(program.constants[i.operand]); };
  const auto symbol = [&] { return symbol_of(detail::op_of(i.comparison)); };
  switch (i.opcode) {
    case Opcode::attribute_is_true: return attribute_of(i);
    case Opcode::has_attribute: return fmt::format("r{} has {}", a, name());
    case Opcode::variable_has: return fmt::format("{} has {}", name_of(i.other), name());
    case Opcode::is_type: return fmt::format("r{} is {}", a, type());
    case Opcode::variable_is_type: return fmt::format("{} is {}", variable, type());
    case Opcode::like: return fmt::format("r{} like {}", a, quoted(text_of_pattern(program.patterns[i.operand])));
    case Opcode::is_empty: return fmt::format("r{}.isEmpty()", a);
    case Opcode::equal: return fmt::format("r{} == r{}", a, b);
    case Opcode::equal_constant: return fmt::format("r{} == {}", a, constant());
    case Opcode::equal_variable: return fmt::format("r{} == {}", a, variable);
    case Opcode::attribute_equals_variable: return fmt::format("{} == {}", attribute_of(i), variable);
    case Opcode::variable_has_tag: return fmt::format("{}.hasTag({})", variable, name());
    case Opcode::attribute_equals_constant:
      return fmt::format("{} == {}", attribute_of(i), to_text(program.constants[i.slot]));
    case Opcode::order: return fmt::format("r{} {} r{}", a, symbol(), b);
    case Opcode::order_constant: return fmt::format("r{} {} {}", a, symbol(), constant());
    case Opcode::attribute_order_constant:
      return fmt::format("{} {} {}", attribute_of(i), symbol(), to_text(program.constants[i.slot]));
    case Opcode::method: return fmt::format("r{}.{}(r{})", a, signature_of(i.function).name, b);
    case Opcode::method_with_constant: {
      const ExtensionSignature& method = signature_of(i.function);
      return fmt::format("r{}.{}({})", a, method.name, method.arity > 1 ? constant() : "");
    }
    case Opcode::in: return fmt::format("r{} in r{}", a, b);
    case Opcode::variable_in: return fmt::format("{} in r{}", variable, a);
    case Opcode::variable_in_constant: return fmt::format("{} in {}", variable, constant());
    case Opcode::variable_in_attribute: return fmt::format("{} in {}", variable, attribute_of(i));
    case Opcode::variable_in_slot_attribute: return fmt::format("{} in r{}[{}]", variable, a, name());
    case Opcode::variable_is_entity: return fmt::format("{} == {}", variable, to_text(EntityId{i.operand}));
    case Opcode::variable_in_entity: return fmt::format("{} in {}", variable, to_text(EntityId{i.operand}));
    case Opcode::contains: return fmt::format("r{}.contains(r{})", a, b);
    case Opcode::contains_all: return fmt::format("r{}.containsAll(r{})", a, b);
    case Opcode::contains_any: return fmt::format("r{}.containsAny(r{})", a, b);
    case Opcode::has_tag: return fmt::format("r{}.hasTag(r{})", a, b);
    case Opcode::attribute_contains_variable: return fmt::format("{}.contains({})", attribute_of(i), variable);
    default: return fmt::format("r{}", a);
  }
}

std::string value_of(const Program& program, const Instruction& i) {
  const std::uint32_t a = i.slot;
  const auto name = [&] { return quoted(text_of(SymbolId{i.operand})); };
  switch (i.opcode) {
    case Opcode::load_constant: return to_text(program.constants[i.operand]);
    case Opcode::load_variable: return std::string(name_of(i.variable));
    case Opcode::load_attribute: return attribute_of(i);
    case Opcode::get_attribute: return fmt::format("r{}[{}]", a, name());
    case Opcode::negate: return fmt::format("-r{}", a);
    case Opcode::arithmetic: return fmt::format("r{} {} r{}", a, symbol_of(static_cast<Op>(i.operand)), a + 1);
    case Opcode::get_tag: return fmt::format("r{}.getTag(r{})", a, a + 1);
    case Opcode::load_tag:
      return fmt::format("{}.getTag({}){}", name_of(i.variable), name(), i.may_be_absent ? "?" : "");
    case Opcode::make_set: return fmt::format("set of {} from r{}", i.count, a);
    case Opcode::make_record: return fmt::format("record of {} from r{}", i.count, a);
    default:
      return fmt::format("{} of {} from r{}", signature_of(static_cast<ExtensionFunction>(i.operand)).name, i.count, a);
  }
}

}  // namespace

std::string Program::line(const Instruction& i) const {
  if (is_test(i.opcode)) {
    const std::string condition = condition_of(*this, i);
    const std::string_view unless = wants(i.then) ? "if" : "unless";
    if (counts(i.then)) return fmt::format("satisfied:{} {} {}", i.bit, unless, condition);
    return fmt::format("jump {} {} {}", i.target, unless, condition);
  }
  switch (i.opcode) {
    case Opcode::end: return "end";
    case Opcode::satisfied: return fmt::format("satisfied:{}", i.bit);
    case Opcode::jump: return fmt::format("jump {}", i.target);
    case Opcode::new_scratch: return "new scratch";
    default: break;
  }
  const std::string text = fmt::format("r{} = {}", i.slot, value_of(*this, i));
  return i.may_be_absent ? fmt::format("{}, or jump {}", text, i.target) : text;
}

std::string Program::to_text() const {
  std::string text;
  for (std::size_t at = 0; at < code.size(); ++at) {
    fmt::format_to(std::back_inserter(text), "{:5}  {}\n", at, line(code[at]));
  }
  return text;
}

}  // namespace quis
