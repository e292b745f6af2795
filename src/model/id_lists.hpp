#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <quis/base/value.hpp>
#include "base/hash.hpp"

namespace quis {

/// Stores each distinct list of ids once and numbers them in order of first sight.
///
/// Entities of one kind have the same attribute names, and members of one team the same parents: sharing the lists is
/// most of what makes a large store small, and equal lists become equal numbers.
template <class AnyId>
class IdLists {
 public:
  /// The number of a list; equal lists have equal numbers. Copies a new list into `arena`, which must outlive its use.
  [[nodiscard]] std::uint32_t intern(std::span<const AnyId> ids, ValueArena& arena) {
    if ((lists_.size() + 1) * 2 > table_.size()) grow();
    const std::uint64_t hash = hash_of(ids);
    const std::size_t mask = table_.size() - 1;
    std::size_t slot = hash & mask;
    for (; table_[slot] != kFree; slot = (slot + 1) & mask) {
      if (std::ranges::equal((*this)[table_[slot]], ids)) return table_[slot];
    }
    const auto number = static_cast<std::uint32_t>(lists_.size());
    const std::span<AnyId> copy = arena.allocate_array<AnyId>(ids.size());
    std::ranges::copy(ids, copy.begin());
    lists_.push_back({copy.data(), static_cast<std::uint32_t>(ids.size())});
    table_[slot] = number;
    return number;
  }

  [[nodiscard]] std::span<const AnyId> operator[](std::uint32_t number) const noexcept {
    return {lists_[number].ids, lists_[number].size};
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(lists_.size()); }

 private:
  static constexpr std::uint32_t kFree = 0xffff'ffffU;

  struct List {
    const AnyId* ids;
    std::uint32_t size;
  };

  [[nodiscard]] static std::uint64_t hash_of(std::span<const AnyId> ids) noexcept {
    return hash_bytes({reinterpret_cast<const char*>(ids.data()), ids.size_bytes()});
  }

  void grow() {
    table_.assign(std::max<std::size_t>(16, table_.size() * 2), kFree);
    const std::size_t mask = table_.size() - 1;
    for (std::uint32_t number = 0; number < size(); ++number) {
      std::size_t slot = hash_of((*this)[number]) & mask;
      while (table_[slot] != kFree) slot = (slot + 1) & mask;
      table_[slot] = number;
    }
  }

  std::vector<List> lists_;
  std::vector<std::uint32_t> table_;  // open addressing, at most half full
};

}  // namespace quis
