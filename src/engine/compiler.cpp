#include "engine/compiler.hpp"

#include <unordered_map>
#include <vector>

#include "engine/lowering.hpp"

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
  program.index.build(policies.policies(), compiled, entities);
  return program;
}

}  // namespace quis
