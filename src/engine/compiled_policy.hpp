#pragma once

#include <cstdint>

#include <quis/engine/decision.hpp>

namespace quis {

/// What a satisfied policy does.
enum class Force : std::uint8_t {
  permit,
  forbid,
  liftable,  ///< a forbid with `@step_up`
};

[[nodiscard]] inline Force force_of(const PolicyBody& body) noexcept {
  if (body.effect == Effect::permit) return Force::permit;
  return body.annotation(kStepUp) != nullptr ? Force::liftable : Force::forbid;
}

/// A policy as the evaluator takes it up. Links of one template share their code.
struct CompiledPolicy {
  PolicyIndex index = 0;
  std::uint32_t code = 0;  ///< where its first instruction is in the program
  Force force = Force::permit;
};

}  // namespace quis
