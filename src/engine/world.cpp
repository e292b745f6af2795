#include <quis/engine/world.hpp>

#include <utility>

#include <quis/base/vocabulary.hpp>

#include "engine/compiler.hpp"
#include "engine/program.hpp"

namespace quis {
namespace {

struct Compiled {
  PolicySet policies;
  Program program;  // borrows from the policies
};

}  // namespace

World World::build(PolicySet policies, Entities entities, std::uint64_t version) {
  const auto compiled = std::make_shared<Compiled>();
  compiled->policies = std::move(policies);
  compiled->program = compile(compiled->policies, entities);
  return World(
      {compiled, &compiled->policies, &compiled->program, std::move(entities), version, vocabulary_generation()});
}

World World::with(Entities entities, std::uint64_t version) const {
  return World({contents_->owner, contents_->policies, contents_->program, std::move(entities), version,
                vocabulary_generation()});
}

NativeCoverage World::native_coverage() const noexcept {
  NativeCoverage coverage;
  program().index.for_each_plan([&](const Plan& plan, std::span<const CompiledPolicy> policies) {
    if (policies.empty()) return;  // nothing to run
    ++coverage.plans;
    if (plan.native != nullptr) ++coverage.native;
  });
  return coverage;
}

}  // namespace quis
