#include "engine/compiler.hpp"

#include <span>
#include <unordered_map>
#include <vector>

#include "engine/likely_places.hpp"
#include "engine/lowering.hpp"
#include "engine/native_plans.hpp"
#include "engine/planning.hpp"

namespace quis {

Program compile(const PolicySet& policies, const Entities& entities) {
  Program program;
  Lowering lowering(program);
  std::unordered_map<const PolicyBody*, std::uint32_t> known;
  known.reserve(policies.policies().size());
  std::vector<CompiledPolicy> compiled;
  compiled.reserve(policies.policies().size());
  for (const Policy& policy : policies.policies()) {
    const auto [found, added] = known.try_emplace(policy.body.get(), Program::kSatisfied);
    if (added) found->second = lowering.policy(*policy.body);
    compiled.push_back({static_cast<PolicyIndex>(compiled.size()), found->second, force_of(*policy.body)});
  }
  program.asks_more =
      program.reads_action || program.slots > Program::kFewSlots || program.record_bytes + program.scratch_bytes != 0;
  note_likely_places(program.code, entities);
  program.index.build(policies.policies(), compiled, entities);
  Planner planner(program, policies.policies());
  const NativePlans natives;
  program.index.make_plans([&](std::span<const CompiledPolicy> list) {
    Plan plan = planner.plan(list);
    if (plan.exists() && !natives.empty()) plan.native = natives.find(program, plan);
    return plan;
  });
  return program;
}

}  // namespace quis
