// Plans: the code of several policies, one behind the other.
//
// A policy that is decided goes on with the next instead of ending. Policies that ask the same of the principal stand
// together, and among those the ones that ask the same of the resource: it is asked once, and who is another leaves all
// of them behind at once. So a request meets the policies for its types, and looks at each type once.
//
// What the first instructions of a policy load, before any test of its own, is there for all policies that follow in
// its group, until somebody else uses the slot; when loading is an error, the whole plan is given up. So
// `resource.owner` is read once for all the permits that ask about it.

#include "engine/planning.hpp"

#include <algorithm>

namespace quis {
namespace {

constexpr std::size_t kOfScope = 4;  // instructions that a policy adds to its own, at most: tests and jumps

}  // namespace

Plan Planner::plan(std::span<const CompiledPolicy> policies) {
  Plan plan;
  if (policies.size() > Plan::kMost) return plan;
  std::size_t size = 1;
  for (const CompiledPolicy& policy : policies) size += kOfScope + program_.code_of(policy).size();
  if (size > budget_) return plan;
  budget_ -= size;
  plan.code = static_cast<std::uint32_t>(program_.code.size());
  if (program_.code.capacity() - program_.code.size() < size) {  // `append` reads what is before
    program_.code.reserve(program_.code.size() * 2 + size);
  }
  std::vector<Member> members;
  for (std::uint32_t bit = 0; bit < policies.size(); ++bit) {
    plan.permits |= std::uint64_t{policies[bit].force == Force::permit} << bit;
    plan.forbids |= std::uint64_t{policies[bit].force == Force::forbid} << bit;
    members.push_back({policies[bit], bit});
  }
  append_groups(members, Variable::principal);
  loaded_.clear();
  program_.code.emplace_back();
  plan.first = program_.code[plan.code].handler();
  return plan;
}

/// Writes the policies by what they ask of the variable. First those that ask nothing: what they load, all may use.
/// Last those that ask for a type: an entity has one, so who is through with a type's policies is through.
void Planner::append_groups(std::span<Member> members, Variable variable) {
  const auto asked_of = [&](const Member& member) {
    const Policy& policy = policies_[member.policy.index];
    return variable == Variable::principal ? policy.principal() : policy.resource();
  };
  const auto rank = [&](const Member& member) {
    const ScopeConstraint::Kind kind = asked_of(member).kind;
    return kind == ScopeConstraint::Kind::any ? 0 : kind == ScopeConstraint::Kind::is ? 2 : 1;
  };
  std::ranges::stable_sort(members, {}, rank);
  std::vector<std::size_t> exits;
  while (!members.empty()) {
    const ScopeConstraint asked = asked_of(members.front());
    const auto rest = std::stable_partition(members.begin(), members.end(),
                                            [&](const Member& member) { return asked_of(member) == asked; });
    const std::span<Member> group = members.first(static_cast<std::size_t>(rest - members.begin()));
    members = members.subspan(group.size());
    if (asked.kind == ScopeConstraint::Kind::any) {
      append_group(group, variable);
      continue;
    }
    const std::size_t test = program_.code.size();
    append_scope(asked, variable);
    ++depth_;
    append_group(group, variable);
    --depth_;
    std::erase_if(loaded_, [&](const Loaded& known) { return known.depth > depth_; });
    if (program_.code.size() == test + 2 && program_.code.back().opcode == Opcode::satisfied) {
      // One policy that has a scope and no condition.
      program_.code[test].then = Then::count_if_true;
      program_.code[test].bit = program_.code.back().bit;
      program_.code.pop_back();
      continue;
    }
    if (asked.kind == ScopeConstraint::Kind::is && !members.empty()) {
      exits.push_back(program_.code.size());
      program_.code.emplace_back().opcode = Opcode::jump;
    }
    program_.code[test].target = static_cast<std::uint32_t>(program_.code.size());
  }
  for (const std::size_t exit : exits) program_.code[exit].target = static_cast<std::uint32_t>(program_.code.size());
}

void Planner::append_group(std::span<Member> group, Variable variable) {
  if (variable == Variable::principal) {
    append_groups(group, Variable::resource);
  } else {
    for (const Member& member : group) append(member);
  }
}

void Planner::append(const Member& member) {
  const std::span<const Instruction> policy = program_.code_of(member.policy);
  const std::size_t first = program_.code.size();
  bool before_tests = true;
  std::vector<std::uint32_t> moved(policy.size());  // where each instruction goes; the `end` is the next policy
  for (std::size_t at = 0; at < policy.size(); ++at) {
    const Instruction& i = policy[at];
    moved[at] = static_cast<std::uint32_t>(program_.code.size());
    if (i.opcode == Opcode::end) break;
    before_tests = before_tests && (is_value(i.opcode) || i.opcode == Opcode::new_scratch) && !i.jumps();
    const bool is_load = before_tests && i.opcode == Opcode::load_attribute;
    if (is_load && is_loaded(i)) continue;
    if (is_value(i.opcode)) forget(i.slot);
    if (is_load) loaded_.push_back({i.slot, i.other, i.operand, depth_});
    program_.code.push_back(i);
    if (i.opcode == Opcode::satisfied || (is_test(i.opcode) && counts(i.then))) program_.code.back().bit = member.bit;
  }
  for (Instruction& i : std::span(program_.code).subspan(first)) {
    if (i.jumps()) i.target = moved[i.target - member.policy.code];
  }
}

/// A test that leads on behind the policies that ask this, `target` being left for the caller. Of `is T in e` each
/// policy's own code looks at the type.
void Planner::append_scope(const ScopeConstraint& constraint, Variable variable) {
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
