#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <quis/engine/detail/native_plan.hpp>

namespace quis {

/// Policies that were compiled ahead of time: what the code that `quis compile --emit-cpp` writes gives to its host.
///
/// It holds the plans of one policy set as functions. A decision is the same with and without it, errors included; it
/// only takes less time. Each plan is used by whatever world has one of exactly the same form, so a policy set that
/// differs in names and constants alone uses all of them, and one that has changed in some policies uses the others:
/// what has no function is evaluated as ever (`World::native_coverage` says how many have).
struct NativeProgram {
  std::uint32_t format = 0;                   ///< of the shapes; made by another quis, it is not used
  std::string_view digest;                    ///< of the policy set that it was made of, in hexadecimal digits
  std::span<const detail::NativePlan> plans;  ///< borrowed, as the digest is: they live as long as the process
};

/// Lets every world that is built from now on use these plans, and those of other programs given before. Worlds that
/// exist stay as they are. To give one again changes nothing.
///
/// Thread safety: may be called at any time. REQUIRES: `program` and its code live as long as the process.
void use_native(const NativeProgram& program);

}  // namespace quis
