#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quis {

/// Many things in the order of their hashes, roughly: whoever then puts them into a table that is ordered by hash too
/// works on one part of it at a time, which stays in the cache, instead of all over it.
class HashOrder {
 public:
  explicit HashOrder(std::span<const std::uint32_t> hashes) : entries_(hashes.size()) {
    std::array<std::uint32_t, kParts + 1> begins{};
    for (const std::uint32_t hash : hashes) ++begins[part_of(hash) + 1];
    for (std::size_t part = 0; part < kParts; ++part) begins[part + 1] += begins[part];
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      entries_[begins[part_of(hashes[i])]++] = {hashes[i], static_cast<std::uint32_t>(i)};
    }
  }

  /// Calls `visit(hash, i)` for each; those of one part in the order of i.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Entry& entry : entries_) visit(entry.hash, entry.number);
  }

 private:
  struct Entry {
    std::uint32_t hash;
    std::uint32_t number;
  };
  static constexpr std::size_t kParts = 512;
  static constexpr std::size_t part_of(std::uint32_t hash) noexcept { return hash >> 23U; }

  std::vector<Entry> entries_;
};

}  // namespace quis
