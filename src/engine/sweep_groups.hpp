#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/lanes.hpp"
#include "engine/set_operations.hpp"

namespace quis {

/// The groups of a principal that is asked again and again whether it is in one of many.
///
/// Most it is not in, and that a mark tells: the entity and its ancestors are marked by the last digits of their ids,
/// so that neighbours in id do not share a mark. A mark is no answer, for others have the same; then the ancestors are
/// asked. So no group is taken for another.
class SweepGroups {
 public:
  SweepGroups(const Request& request, const Entities& entities) noexcept
      : principal_(request.principal), record_(entities.facts_of(request.principal)) {}

  /// Of entities by their ids, one for each lane: all that the principal is in, and perhaps others.
  [[nodiscard]] Lanes candidates(const std::uint32_t* ids) noexcept {
    if (!is_marked_) mark_all();
    std::array<std::uint8_t, kLanes> found;
#pragma GCC unroll 8
    for (std::size_t lane = 0; lane < kLanes; ++lane) found[lane] = marks_[ids[lane] % kMarks];
    return lanes_set(found);
  }
  /// Cedar's `in`.
  [[nodiscard]] bool is_in(EntityId target) const noexcept { return quis::is_in(principal_, record_, target); }
  /// The same for a set. REQUIRES: `targets.entities_only`.
  [[nodiscard]] bool is_in_any(const SetData& targets) const noexcept {
    return quis::is_in_any(principal_, record_, targets);
  }

 private:
  static constexpr std::uint32_t kMarks = 2'048;

  void mark(EntityId entity) noexcept { marks_[entity.value % kMarks] = 0xff; }
  void mark_all() noexcept {
    is_marked_ = true;
    marks_.fill(0);
    mark(principal_);
    record_.ancestors.for_each([&](EntityId ancestor) { mark(ancestor); });
  }

  EntityId principal_;
  const EntityRecord& record_;
  bool is_marked_ = false;
  std::array<std::uint8_t, kMarks> marks_;  // meaningless until `is_marked_`
};

}  // namespace quis
