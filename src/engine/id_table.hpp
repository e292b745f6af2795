#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace quis {

/// From an id to a small struct that has the id as its member `Key`; one that has an invalid id marks an empty place.
/// Never changes once built.
///
/// Ids are numbers given out one after the other, so those that belong together are mostly near each other. Then each
/// has its place by its number: one look, and nothing for the processor to guess. Ids that are too far apart for that
/// are hashed, with open addressing and at most a quarter full; a few of them get as much room as lets each have a
/// place of its own, for whether a first look is enough cannot be predicted where it is not always so.
template <class Entry, auto Key>
class IdTable {
 public:
  using IdType = std::remove_reference_t<decltype(std::declval<Entry>().*Key)>;

  /// A copy of what finding needs, to be kept where the caller looks first. The table must outlive it.
  struct View {
    const Entry* slots = nullptr;
    std::uint32_t first = 0;
    std::uint32_t by_number = 0;  ///< places by number, from `first` on; 0 when ids are hashed
    std::uint32_t mask = 0;       ///< 0 unless they are

    [[nodiscard]] const Entry* find(IdType id) const noexcept {
      const std::uint32_t i = id.value - first;
      if (i < by_number) return slots[i].*Key == id ? &slots[i] : nullptr;
      return mask == 0 || !id.valid() ? nullptr : find_hashed(id);  // an invalid id would match an empty place
    }

    /// The place that the entry with the id has if there is one; else some other place, or one outside of the table.
    /// So the caller's comparison is the only thing that depends on what is found.
    [[nodiscard]] const Entry& place_of(IdType id) const noexcept {
      static constexpr Entry kNowhere{};
      const std::uint32_t i = id.value - first;
      if (mask != 0) return *hashed_place(id);
      return i < by_number ? slots[i] : kNowhere;
    }

   private:
    /// The place of the entry, or the empty one where a search for it ends.
    [[nodiscard]] const Entry* hashed_place(IdType id) const noexcept {
      // One condition, that mostly ends the search at once: whether it found cannot be guessed.
      const auto ends_at = [&](std::uint32_t i) {
        return (unsigned{slots[i].*Key == id} | unsigned{!(slots[i].*Key).valid()}) != 0;
      };
      std::uint32_t i = home(id) & mask;
      while (!ends_at(i)) [[unlikely]] i = (i + 1) & mask;
      return &slots[i];
    }
    [[nodiscard]] const Entry* find_hashed(IdType id) const noexcept {
      const Entry* const place = hashed_place(id);
      return (place->*Key).valid() ? place : nullptr;
    }
  };

  /// REQUIRES: valid ids, none of them twice.
  void build(std::span<const Entry> entries);

  [[nodiscard]] const Entry* find(IdType id) const noexcept { return view().find(id); }
  [[nodiscard]] View view() const noexcept { return {slots_.data(), first_, by_number_, mask_}; }
  [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }
  /// All entries, and empty places between them.
  [[nodiscard]] std::span<const Entry> slots() const noexcept { return slots_; }

 private:
  bool place(std::span<const Entry> entries, std::size_t size);
  static std::uint32_t home(IdType id) noexcept {
    return static_cast<std::uint32_t>((id.value * 0x9e37'79b9'7f4a'7c15ULL) >> 32U);
  }

  std::vector<Entry> slots_;
  std::uint32_t first_ = 0;
  std::uint32_t by_number_ = 0;
  std::uint32_t mask_ = 0;
};

template <class Entry, auto Key>
void IdTable<Entry, Key>::build(std::span<const Entry> entries) {
  *this = IdTable();
  if (entries.empty()) return;
  constexpr std::size_t kMostRoom = 1024;  // that a few may have
  std::size_t size = std::bit_ceil(std::max<std::size_t>(8, entries.size() * 4));

  const auto [lowest, highest] =
      std::ranges::minmax(entries, {}, [](const Entry& entry) { return (entry.*Key).value; });
  first_ = (lowest.*Key).value;
  const std::size_t range = std::size_t{(highest.*Key).value} - first_ + 1;
  if (range <= std::max(size, kMostRoom)) {
    by_number_ = static_cast<std::uint32_t>(range);
    slots_.resize(range);
    for (const Entry& entry : entries) slots_[(entry.*Key).value - first_] = entry;
    return;
  }
  while (!place(entries, size) && size < kMostRoom) size *= 2;
}

/// False when one is not where it belongs.
template <class Entry, auto Key>
bool IdTable<Entry, Key>::place(std::span<const Entry> entries, std::size_t size) {
  slots_.assign(size, Entry{});
  mask_ = static_cast<std::uint32_t>(size - 1);
  bool all_at_home = true;
  for (const Entry& entry : entries) {
    std::size_t i = home(entry.*Key) & mask_;
    for (; (slots_[i].*Key).valid(); i = (i + 1) & mask_) all_at_home = false;
    slots_[i] = entry;
  }
  return all_at_home;
}

}  // namespace quis
