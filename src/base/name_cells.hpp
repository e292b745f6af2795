#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include <quis/base/detail/prefetch.hpp>

#include "base/large_memory.hpp"
#include "base/text_tail.hpp"

namespace quis {

/// What tells a name from all others: a text, and for an entity the number of its type (0 for others). With the text's
/// tail, which whoever hashes and whoever compares begins with.
struct Name {
  std::uint32_t beside;
  std::string_view text;
  TextTail tail;

  Name(std::uint32_t it, std::string_view called) noexcept : beside(it), text(called), tail(tail_of(called)) {}
};

/// A name as a table keeps it: half a cache line, found by its id without a look at anything else. Most texts fit, and
/// end where the cell does, behind zeros, so that their tails lie at one place; of a longer one the cell has the size
/// and the place.
class alignas(32) NameCell {
 public:
  static constexpr std::size_t kMostInside = 27;

  /// `memory` is for a text that does not fit.
  NameCell(const Name& name, LastingMemory& memory) : beside_(name.beside) {
    const std::string_view text = name.text;
    char* to = nullptr;
    if (text.size() <= kMostInside) {
      size_ = static_cast<std::uint8_t>(text.size());
      to = rest_ + kMostInside - text.size();
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
      return {rest_ + kMostInside - size_, size_};
    }
    Outside outside;
    std::memcpy(&outside, rest_ + kOutsideAt, sizeof(outside));
    return {outside.text, outside.size};
  }

  /// Compares all of it.
  [[nodiscard]] bool holds(const Name& name) const noexcept {
    const std::size_t size = name.text.size();
    if (size <= TextTail::kSize) return holds_short(name);
    if (size > kMostInside) return beside_ == name.beside && text() == name.text;
    return holds_short(name) && same_beginning(rest_ + kMostInside - size, name.text);
  }
  /// All of a text that is no longer than a tail; of another one all but its beginning. REQUIRES: a text that would
  /// fit.
  [[nodiscard]] bool holds_short(const Name& name) const noexcept {
    const char* const tail = rest_ + kMostInside - TextTail::kSize;
    return ((beside_ ^ name.beside) | (size_ ^ name.text.size()) |
            (detail::read_word<std::uint64_t>(tail) ^ name.tail.before) |
            (detail::read_word<std::uint64_t>(tail + 8) ^ name.tail.last)) == 0;
  }

 private:
  struct Outside {
    const char* text;
    std::size_t size;
  };
  static constexpr std::uint8_t kOutside = 255;
  static constexpr std::size_t kOutsideAt = 3;

  /// All that is not the tail, by words that overlap. REQUIRES: a text that is longer than a tail, but fits.
  [[nodiscard]] static bool same_beginning(const char* a, std::string_view b) noexcept {
    static_assert(kMostInside - TextTail::kSize <= 2 * sizeof(std::uint64_t));
    const std::size_t end = b.size() - TextTail::kSize;
    const std::size_t second = std::max<std::size_t>(end, 8) - 8;
    return detail::read_word<std::uint64_t>(a) == detail::read_word<std::uint64_t>(b.data()) &&
           detail::read_word<std::uint64_t>(a + second) == detail::read_word<std::uint64_t>(b.data() + second);
  }

  std::uint32_t beside_;
  std::uint8_t size_ = 0;
  char rest_[kMostInside] = {};
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
  void prefetch(std::uint32_t id) const noexcept { detail::prefetch(&(*this)[id]); }

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
