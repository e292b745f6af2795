#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quis::detail {

/// From an id to the place where the thing of that id is kept. The ids stay with the things: the table holds eight
/// bytes for each, so that copying it is copying memory. At most three quarters full; the hash is keyed
/// (base/hash.hpp), so nobody can choose ids that collide.
///
/// `id_of(place)` gives the id of a place that is in the table.
class IdIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffffU;

  /// The place, or `kNone`. Expected O(1).
  template <class IdOf>
  [[nodiscard]] std::uint32_t find(std::string_view id, IdOf&& id_of) const {
    if (count_ == 0) return kNone;
    const std::uint32_t hash = hash_of(id);
    for (std::size_t i = hash & mask_; slots_[i].place != kNone; i = (i + 1) & mask_) {
      if (slots_[i].hash == hash && id_of(slots_[i].place) == id) return slots_[i].place;
    }
    return kNone;
  }

  /// Makes room for one more, so that the next `insert` cannot fail.
  void reserve_one();
  /// REQUIRES: the id is not there, and `reserve_one`.
  void insert(std::string_view id, std::uint32_t place) noexcept;
  /// REQUIRES: the id is there, at that place.
  void erase(std::string_view id, std::uint32_t place) noexcept;
  void move(std::string_view id, std::uint32_t from, std::uint32_t to) noexcept {
    slots_[slot_of(id, from)].place = to;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = kNone;
  };

  [[nodiscard]] static std::uint32_t hash_of(std::string_view id) noexcept;
  [[nodiscard]] std::size_t slot_of(std::string_view id, std::uint32_t place) const noexcept;
  void put(Slot slot) noexcept;

  std::vector<Slot> slots_;  // a power of two
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace quis::detail
