#include "engine/native_plans.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace quis {
namespace {

using detail::Shape;

struct Registry {
  std::shared_mutex mutex;
  std::vector<const NativeProgram*> programs;
  std::unordered_multimap<std::uint64_t, const detail::NativePlan*> plans;  // by the hash of their shapes

  /// Never destroyed: worlds may be built while the process ends.
  static Registry& get() {
    static Registry* const registry = new Registry;
    return *registry;
  }
};

void mix(std::uint64_t& hash, const Shape& shape) noexcept {
  const std::uint64_t kinds =
      static_cast<std::uint64_t>(shape.opcode) << 16U | static_cast<std::uint64_t>(shape.then) << 8U |
      static_cast<std::uint64_t>(shape.comparison) << 6U | static_cast<std::uint64_t>(shape.variable) << 4U |
      static_cast<std::uint64_t>(shape.other) << 1U | std::uint64_t{shape.may_be_absent};
  for (const std::uint64_t part : {kinds, std::uint64_t{shape.slot} << 32U | shape.target}) {
    hash = (hash ^ part) * 0x9e37'79b9'7f4a'7c15ULL;
    hash ^= hash >> 29U;
  }
}

}  // namespace

NativePlans::NativePlans() : lock_(Registry::get().mutex), empty_(Registry::get().plans.empty()) {}

detail::NativeFunction* NativePlans::find(const Program& program, const Plan& plan) const {
  const std::span<const Instruction> code = program.plan_code(plan);
  const auto shape = [&](const Instruction& i) { return shape_of(i, plan.code); };
  std::uint64_t hash = code.size();
  for (const Instruction& i : code) mix(hash, shape(i));
  const auto [begin, end] = Registry::get().plans.equal_range(hash);
  const auto found = std::find_if(
      begin, end, [&](const auto& candidate) { return std::ranges::equal(code, candidate.second->shape, {}, shape); });
  return found != end ? found->second->function : nullptr;
}

void use_native(const NativeProgram& program) {
  if (program.format != detail::kShapeFormat) return;
  Registry& registry = Registry::get();
  const std::unique_lock lock(registry.mutex);
  if (std::ranges::find(registry.programs, &program) != registry.programs.end()) return;
  registry.programs.push_back(&program);
  for (const detail::NativePlan& plan : program.plans) {
    std::uint64_t hash = plan.shape.size();
    for (const Shape& shape : plan.shape) mix(hash, shape);
    registry.plans.emplace(hash, &plan);
  }
}

}  // namespace quis
