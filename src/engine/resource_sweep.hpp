#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

#include "engine/evaluator.hpp"
#include "engine/program.hpp"

namespace quis {

/// Decides one request for many resources; what `Engine::permitted_among` is made of.
class ResourceSweep {
 public:
  static constexpr std::size_t kBlock = 64;  // resources, whose outcomes fit one word

  /// REQUIRES: policies may decide `request`, whatever its resource. `errors_deny`: see `Findings`.
  ResourceSweep(const World& world, const Request& request, bool errors_deny);

  /// The places of those resources that are permitted, as bits. REQUIRES: at most `kBlock`, that policies may decide.
  [[nodiscard]] std::uint64_t permitted(std::span<const EntityId> resources);

 private:
  using Bits = std::uint64_t;

  /// Those of a block for which the policy holds, and those for which it errs.
  struct Outcomes {
    Bits satisfied = 0;
    Bits failed = 0;
  };

  void apply(const CompiledPolicy& policy, const Outcomes& outcomes) noexcept;
  [[nodiscard]] Outcomes outcomes(const CompiledPolicy& policy);
  [[nodiscard]] Outcomes one_by_one(const CompiledPolicy& policy);
  template <class Holds>
  [[nodiscard]] Bits by_attribute(SymbolId name, const Holds& holds) const;

  const Program& program_;
  const Entities& entities_;
  Request request_;
  bool errors_deny_;
  ScopeIndex::Found found_;
  ProgramRun run_;
  std::span<const EntityId> resources_;  // of the block at hand
  const EntityRecord* records_[kBlock];  // theirs, or an empty one
  Bits permits_ = 0;
  Bits denies_ = 0;
};

}  // namespace quis
