#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

#include "engine/block_run.hpp"
#include "engine/evaluator.hpp"
#include "engine/lanes.hpp"
#include "engine/program.hpp"
#include "engine/resource_block.hpp"

namespace quis {

/// Decides one request for many resources; what `Engine::permitted_among` is made of.
class ResourceSweep {
 public:
  /// REQUIRES: policies may decide `request` for any resource that is not local. `errors_deny`: see `Findings`.
  /// `resources` are those that it will be asked about.
  ResourceSweep(const World& world, const Request& request, bool errors_deny, std::span<const EntityId> resources);

  /// Decides for these; `next` may be those that will be asked for next. False when one of them is local: then nothing
  /// is known of any. REQUIRES: at least one, at most `kLanes`.
  [[nodiscard]] bool decide(std::span<const EntityId> resources, std::span<const EntityId> next);
  /// Those that are permitted.
  [[nodiscard]] Lanes permitted() const noexcept { return permits_ & ~denies_; }

 private:
  static constexpr std::size_t kMostKeyed = 24;  // more are looked up for each resource

  void find_keyed();
  [[nodiscard]] bool looks_at_forbids() const;
  void decide_keyed_one_by_one();
  void decide_all(bool permits);
  [[nodiscard]] Lanes lanes_of_interest(const CompiledPolicy& policy) const noexcept;
  void decide(const CompiledPolicy& policy, Lanes lanes);
  void apply(const CompiledPolicy& policy, Lanes satisfied, Lanes failed) noexcept;

  [[nodiscard]] Lanes in_scope(const ScopeConstraint& constraint, Lanes lanes);
  [[nodiscard]] BlockRun::Outcomes one_by_one(const CompiledPolicy& policy, Lanes lanes);

  const Program& program_;
  const Entities& entities_;
  std::span<const Policy> policies_;
  Request request_;
  bool errors_deny_;
  ScopeIndex::Found found_;
  ProgramRun run_;
  ResourceBlock block_;
  BlockRun block_run_;
  std::array<CompiledPolicy, kMostKeyed> keyed_;  // whose scope holds for the principal and asks for some resources
  std::size_t keyed_count_ = 0;
  bool too_many_keyed_ = false;  // for that
  bool some_forbid_ = false;     // of all that are looked at for a block as a whole
  Lanes permits_ = 0;
  Lanes denies_ = 0;
};

}  // namespace quis
