#include "engine/guards.hpp"

#include <cstdint>

namespace quis {
namespace {

/// Whether the test that a guard stands before comes out as the guard does when it does not hold: at the same place,
/// and not counted. `behind` is the instruction behind the test.
bool fails_alike(const Instruction& guard, const Instruction& test, std::size_t behind) {
  if (test.then == Then::jump_if_false) return test.target == guard.target;
  return test.then == Then::count_if_true && guard.target == behind;
}

/// Whether `code[at]` is a guard of the instruction behind it. That it is reached by the guard alone is the caller's to
/// know.
bool is_guard(const std::vector<Instruction>& code, std::size_t at) {
  const Instruction& guard = code[at];
  if (guard.opcode != Opcode::variable_has || guard.then != Then::jump_if_false || at + 1 == code.size()) return false;
  const Instruction& reader = code[at + 1];
  if (reader.other != guard.other || reader.operand != guard.operand || reader.may_be_absent) return false;
  if (reader.opcode == Opcode::load_attribute) return true;
  return tests_attribute(reader.opcode) && fails_alike(guard, reader, at + 2);
}

}  // namespace

void merge_guards(std::vector<Instruction>& code, std::size_t begin) {
  std::vector<bool> is_target(code.size() - begin, false);
  for (std::size_t at = begin; at < code.size(); ++at) {
    if (code[at].jumps()) is_target[code[at].target - begin] = true;
  }
  std::vector<std::uint32_t> moved(code.size() - begin);  // where each instruction goes
  std::size_t next = begin;
  for (std::size_t at = begin; at < code.size(); ++at) {
    moved[at - begin] = static_cast<std::uint32_t>(next);
    if (is_guard(code, at) && !is_target[at + 1 - begin]) {
      code[at + 1].may_be_absent = true;
      if (code[at + 1].opcode == Opcode::load_attribute) code[at + 1].target = code[at].target;
    } else {
      code[next++] = code[at];
    }
  }
  code.resize(next);
  for (std::size_t at = begin; at < next; ++at) {
    if (code[at].jumps()) code[at].target = moved[code[at].target - begin];
  }
}

}  // namespace quis
