#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <quis/base/detail/id_scan.hpp>
#include <quis/base/ids.hpp>

#include "engine/compiled_policy.hpp"
#include "engine/id_table.hpp"
#include "engine/plan.hpp"
#include "engine/scope_keys.hpp"

namespace quis::detail {

/// (principal key, resource key) → policies, in two steps: a principal key leads to its group, and there resource keys
/// lead to policies.
///
/// Which groups there are, and what of a group concerns a request, no branch predictor can learn; a wrong guess costs
/// as much as the rest of a look-up. So the groups that there are get into a list without a branch, and four keys are
/// compared at once: there is one for each list of policies that is found, and few besides.
///
/// What every decision reads of it is in its first cache line.
struct alignas(64) PairTable {
  /// Up to this many policies that ask something are tried by the plan, one by one.
  static constexpr std::size_t kTried = 8;

  /// Four resource keys; unused places are behind the others.
  struct alignas(16) Bucket {
    static constexpr std::uint32_t kSize = 4;
    ScopeKey keys[kSize];

    [[nodiscard]] bool is_full() const noexcept { return keys[kSize - 1].valid(); }
  };
  /// The resource keys of a principal key: a table of buckets. A key is in the one where it belongs, or, when that is
  /// full, in the next that is not; few are full, and never all.
  struct alignas(16) Group {
    Id<struct ScopeNumberTag> principal;
    std::uint32_t first = 0;  ///< of its buckets
    std::uint32_t mask = 0;   ///< how many they are, less one
  };
  using Groups = IdTable<Group, &Group::principal>;
  struct Postings {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  std::uint32_t open_begin = 0;  ///< policies that ask nothing of either
  std::uint32_t open_end = 0;
  std::uint32_t all_begin = 0;  ///< all policies of the table, in order of position, when they are few; else none
  std::uint32_t all_end = 0;
  Plan plan;                                          ///< of `all`, if there are any, else of the open ones
  const CompiledPolicy* planned = nullptr;            ///< what the plan decides, if there is one
  bool is_keyed = false;                              ///< whether there are groups
  std::array<Groups::View, ScopeKey::kKinds> groups;  ///< by the kind of their key
  const Bucket* buckets = nullptr;
  const Postings* postings = nullptr;  ///< of each place in each bucket

  /// The group of a key, or one with another key.
  [[nodiscard]] const Group& group_of(ScopeKey principal) const noexcept {
    return groups[static_cast<std::size_t>(principal.kind())].place_of({principal.number()});
  }

  /// Calls `visit` with the policies that ask for one of the keys in this group.
  template <class Visit>
  void for_each(const Group& group, std::span<const ScopeKey> resource, const Visit& visit) const {
    const Bucket* const first = buckets + group.first;
    for (const ScopeKey key : resource) {
      std::uint32_t at = home(key) & group.mask;
      unsigned found = lanes_equal(first[at].keys, key);
      while (found == 0 && first[at].is_full()) {
        at = (at + 1) & group.mask;
        found = lanes_equal(first[at].keys, key);
      }
      if (found == 0) [[likely]]
        continue;
      const std::size_t place = (std::size_t{group.first} + at) * Bucket::kSize;
      visit(postings[place + static_cast<std::size_t>(std::countr_zero(found))]);
    }
  }
  [[nodiscard]] static std::uint32_t home(ScopeKey key) noexcept {
    const std::uint32_t product = key.value * 0x9e37'79b1U;
    return product >> 8U | product << 24U;  // the best bits first, and none is lost
  }
};

}  // namespace quis::detail
