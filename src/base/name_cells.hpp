#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "base/hash.hpp"
#include "base/large_memory.hpp"

namespace quis {

/// What tells a name from all others: a text, and for an entity the number of its type (0 for others).
struct Name {
  std::uint32_t beside = 0;
  std::string_view text;
};

/// A name as a table keeps it: half a cache line, found by its id without a look at anything else. Most texts fit; of
/// a longer one the cell has the size and the place.
class alignas(32) NameCell {
 public:
  static constexpr std::size_t kMostInside = 27;

  /// `memory` is for a text that does not fit.
  NameCell(const Name& name, LastingMemory& memory) : beside_(name.beside) {
    const std::string_view text = name.text;
    char* to = rest_;
    if (text.size() <= kMostInside) {
      size_ = static_cast<std::uint8_t>(text.size());
    } else {
      size_ = kOutside;
      to = static_cast<char*>(memory.take(text.size(), 1));
      const Outside outside{to, text.size()};
      std::memcpy(rest_ + kOutsideAt, &outside, sizeof(outside));
    }
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
  }

  [[nodiscard]] std::string_view text() const noexcept {
    if (size_ != kOutside) [[likely]] {
      return {rest_, size_};
    }
    Outside outside;
    std::memcpy(&outside, rest_ + kOutsideAt, sizeof(outside));
    return {outside.text, outside.size};
  }

  /// Compares all of it.
  [[nodiscard]] bool holds(const Name& name) const noexcept {
    const std::size_t size = name.text.size();
    if (size > kMostInside) [[unlikely]] {
      return holds_outside(name.beside, name.text);
    }
    if (beside_ != name.beside || size_ != size) return false;
    return equal(rest_, name.text.data(), size);
  }

 private:
  struct Outside {
    const char* text;
    std::size_t size;
  };
  static constexpr std::uint8_t kOutside = 255;
  static constexpr std::size_t kOutsideAt = 3;

  template <class Word>
  [[nodiscard]] static Word difference(const char* a, const char* b) noexcept {
    return detail::read_word<Word>(a) ^ detail::read_word<Word>(b);
  }

  // By value, so that who looks for a short name need not put it into memory.
  [[nodiscard, gnu::noinline]] bool holds_outside(std::uint32_t beside, std::string_view whole) const noexcept {
    return beside_ == beside && text() == whole;
  }

  /// For what fits: without a call or a loop, by words that overlap.
  [[nodiscard]] static bool equal(const char* a, const char* b, std::size_t size) noexcept {
    const auto ends_differ = [&]<class Word>(Word, std::size_t from, std::size_t to) {
      return difference<Word>(a + from, b + from) | difference<Word>(a + to - sizeof(Word), b + to - sizeof(Word));
    };
    if (size > 16) return (ends_differ(std::uint64_t{}, 0, 16) | ends_differ(std::uint64_t{}, size - 16, size)) == 0;
    if (size >= 8) return ends_differ(std::uint64_t{}, 0, size) == 0;
    if (size >= 4) return ends_differ(std::uint32_t{}, 0, size) == 0;
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
  }

  std::uint32_t beside_;
  std::uint8_t size_;
  char rest_[kMostInside];
};
static_assert(sizeof(NameCell) == 32);

/// The cells of a table, by id. They never move, so readers need no lock.
///
/// Thread safety: one writer at a time. A thread may read a cell once it learned of its id from a thread that knew it.
/// Never frees.
class NameCells {
 public:
  constexpr NameCells() noexcept = default;
  NameCells(const NameCells&) = delete;
  NameCells& operator=(const NameCells&) = delete;

  /// REQUIRES: the cell was written.
  [[nodiscard]] const NameCell& operator[](std::uint32_t id) const noexcept {
    return blocks_[id / kBlock].load(std::memory_order_acquire)[id % kBlock];
  }

  /// REQUIRES as above.
  void prefetch(std::uint32_t id) const noexcept { __builtin_prefetch(&(*this)[id]); }

  /// Writes the next cell. REQUIRES: ids are added in order from 0, and are no larger than `limits::kMaxNames`.
  void add(std::uint32_t id, const Name& name) {
    std::atomic<NameCell*>& block = blocks_[id / kBlock];
    if (block.load(std::memory_order_relaxed) == nullptr) block.store(new_block(id), std::memory_order_release);
    ::new (block.load(std::memory_order_relaxed) + id % kBlock) NameCell(name, texts_);
  }

  /// Of so many cells, and of the texts outside of them. REQUIRES: no writer.
  [[nodiscard]] std::size_t bytes(std::uint32_t count) const noexcept {
    return count * sizeof(NameCell) + texts_.bytes();
  }

 private:
  static constexpr std::uint32_t kBlock = kLargePage / sizeof(NameCell);
  static constexpr std::uint32_t kBlocks = 0x8000'0000U / kBlock;

  // Few processes fill the first block, so it takes what it uses, in small pages.
  static NameCell* new_block(std::uint32_t id) {
    constexpr std::align_val_t kAlignment{sizeof(NameCell)};
    return static_cast<NameCell*>(id == 0 ? ::operator new(kLargePage, kAlignment) : allocate_large(kLargePage));
  }

  std::atomic<NameCell*> blocks_[kBlocks] = {};
  LastingMemory texts_;
};

}  // namespace quis
