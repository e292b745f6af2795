// Plans: the code of several policies, one behind the other.
//
// A policy that is decided goes on with the next instead of ending. What the first instructions of a policy load,
// before any test, is there for all policies that follow, until somebody else uses the slot; when loading is an error,
// the whole plan is given up. So `resource.owner` is read once for all the permits that ask about it.

#include "engine/planning.hpp"

#include <algorithm>

namespace quis {

Plan Planner::plan(std::span<const CompiledPolicy> policies) {
  Plan plan;
  if (policies.size() > Plan::kMost) return plan;
  std::size_t size = 1;
  for (const CompiledPolicy& policy : policies) size += program_.code_of(policy).size();
  if (size > budget_) return plan;
  budget_ -= size;
  loaded_.clear();
  plan.code = static_cast<std::uint32_t>(program_.code.size());
  if (program_.code.capacity() - program_.code.size() < size) {  // `append` reads what is before
    program_.code.reserve(program_.code.size() * 2 + size);
  }
  for (std::uint32_t bit = 0; bit < policies.size(); ++bit) {
    const CompiledPolicy& policy = policies[bit];
    plan.permits |= std::uint64_t{policy.force == Force::permit} << bit;
    plan.forbids |= std::uint64_t{policy.force == Force::forbid} << bit;
    append(program_.code_of(policy), policy.code, bit);
  }
  program_.code.emplace_back();
  return plan;
}

void Planner::append(std::span<const Instruction> policy, std::uint32_t begin, std::uint32_t bit) {
  std::vector<std::uint32_t> moved(policy.size());  // where each instruction goes; the `end` is the next policy
  const std::size_t first = program_.code.size();
  bool before_tests = true;
  for (std::size_t at = 0; at < policy.size(); ++at) {
    const Instruction& i = policy[at];
    moved[at] = static_cast<std::uint32_t>(program_.code.size());
    if (i.opcode == Opcode::end) break;
    before_tests = before_tests && is_value(i.opcode) && !i.jumps();
    const bool is_load = before_tests && i.opcode == Opcode::load_attribute;
    if (is_load && is_loaded(i)) continue;
    if (is_value(i.opcode)) forget(i.slot);
    if (is_load) loaded_.push_back({i.slot, i.other, i.operand});
    program_.code.push_back(i);
    if (i.opcode == Opcode::satisfied || (is_test(i.opcode) && counts(i.then))) program_.code.back().bit = bit;
  }
  for (std::size_t at = first; at < program_.code.size(); ++at) {
    Instruction& i = program_.code[at];
    if (i.jumps()) i.target = moved[i.target - begin];
  }
}

bool Planner::is_loaded(const Instruction& load) const {
  return std::any_of(loaded_.begin(), loaded_.end(), [&](const Loaded& known) {
    return known.slot == load.slot && known.variable == load.other && known.name == load.operand;
  });
}

void Planner::forget(std::uint32_t slot) {
  std::erase_if(loaded_, [&](const Loaded& known) { return known.slot == slot; });
}

}  // namespace quis
