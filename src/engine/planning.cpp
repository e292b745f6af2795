// Plans: the code of several policies, one behind the other.
//
// A policy that is decided goes on with the next instead of ending. What the first instructions of a policy load,
// before any test, is there for all policies that follow, until somebody else uses the slot; when loading is an error,
// the whole plan is given up. So `resource.owner` is read once for all the permits that ask about it.

#include "engine/planning.hpp"

#include <algorithm>

namespace quis {
namespace {

constexpr std::size_t kScopeTests = 2;  // of a policy, at most

}  // namespace

Plan Planner::plan(std::span<const CompiledPolicy> policies) {
  Plan plan;
  if (policies.size() > Plan::kMost) return plan;
  std::size_t size = 1;
  for (const CompiledPolicy& policy : policies) size += kScopeTests + program_.code_of(policy).size();
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
    append(policy, bit);
  }
  program_.code.emplace_back();
  plan.first = program_.code[plan.code].opcode;
  return plan;
}

void Planner::append(const CompiledPolicy& compiled, std::uint32_t bit) {
  const std::span<const Instruction> policy = program_.code_of(compiled);
  const std::size_t first = program_.code.size();
  append_scope(policies_[compiled.index].principal(), Variable::principal);
  append_scope(policies_[compiled.index].resource(), Variable::resource);
  const std::size_t behind_scope = program_.code.size();
  bool before_tests = behind_scope == first;
  std::vector<std::uint32_t> moved(policy.size());  // where each instruction goes; the `end` is the next policy
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
  const auto next = static_cast<std::uint32_t>(program_.code.size());
  for (std::size_t at = first; at < next; ++at) {
    Instruction& i = program_.code[at];
    if (i.jumps()) i.target = at < behind_scope ? next : moved[i.target - compiled.code];
  }
  // A policy that has a scope and no condition.
  if (behind_scope != first && next == behind_scope + 1 && program_.code.back().opcode == Opcode::satisfied) {
    program_.code.pop_back();
    program_.code.back().then = Then::count_if_true;
    program_.code.back().bit = bit;
    if (behind_scope == first + 2) program_.code[first].target = next - 1;
  }
}

/// A test that leads on to the next policy, `target` being left for the caller. Of `is T in e` the policy's own code
/// looks at the type.
void Planner::append_scope(const ScopeConstraint& constraint, Variable variable) {
  if (constraint.kind == ScopeConstraint::Kind::any) return;
  const bool asks_type = constraint.kind == ScopeConstraint::Kind::is;
  Instruction& test = program_.code.emplace_back();
  test.opcode = asks_type                                         ? Opcode::variable_is_type
                : constraint.kind == ScopeConstraint::Kind::equal ? Opcode::variable_is_entity
                                                                  : Opcode::variable_in_entity;
  test.variable = variable;
  test.operand = asks_type ? constraint.type.value : constraint.entity.value;
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
