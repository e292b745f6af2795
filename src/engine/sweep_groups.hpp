#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/set_operations.hpp"

namespace quis {

/// The groups of a principal that is asked again and again whether it is in one of many.
///
/// Most it is not in, and that a bit tells: the bits of the entity and of its ancestors are set, by the last digits of
/// their ids, and neighbours in id do not share one. A bit that is set is no answer, for others have the same; then the
/// ancestors are asked. So no group is taken for another.
class SweepGroups {
 public:
  SweepGroups(const Request& request, const Entities& entities) noexcept
      : principal_(request.principal), record_(entities.find(request.principal)) {
    add(principal_);
    if (record_ != nullptr) record_->ancestors.for_each([&](EntityId ancestor) { add(ancestor); });
  }

  /// False only where the principal is not in that entity.
  [[nodiscard]] bool may_be_in(std::uint32_t id) const noexcept {
    return (words_[id / kWord % kWords] >> (id % kWord) & 1U) != 0;
  }
  /// Cedar's `in`.
  [[nodiscard]] bool is_in(EntityId target) const noexcept {
    return record_ != nullptr ? quis::is_in(principal_, *record_, target) : principal_ == target;
  }

 private:
  static constexpr std::uint32_t kWord = 64;
  static constexpr std::uint32_t kWords = 64;

  void add(EntityId entity) noexcept {
    words_[entity.value / kWord % kWords] |= std::uint64_t{1} << (entity.value % kWord);
  }

  EntityId principal_;
  const EntityRecord* record_;
  std::array<std::uint64_t, kWords> words_ = {};
};

}  // namespace quis
