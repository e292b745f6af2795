#pragma once

// The index of an intern table: from a hash to the id it was given, read without locks while it grows.
//
// Extendible hashing. A directory, indexed by the top bits of the hash, points to segments; a segment is a small
// open-addressed table. A full segment is split in two by the next bit of the hash, and when it used all the bits that
// the directory has, the directory doubles first. So growth never stops the world, and never holds two copies of a big
// table, which would cost a directory of a million users tens of megabytes.
//
// A slot is one 64-bit word: 32 bits of hash, and id + 1 (0 means empty). The hash bits serve three ends: the directory
// and the place in the segment, which makes splitting a pass over slots that never looks at a name, and telling
// names apart, so that a look-up reads a name only when it is almost surely the right one. A look-up in a million
// names is one miss for the slot's line, and then those of the name itself.
//
// Readers and the one writer. A hit is right no matter what happened meanwhile, because the caller compares the name
// and ids never change. A miss may be wrong: the reader may have held a segment that was split long ago and whose
// memory now serves another range. Therefore: every split ends with a new version; only then may the memory of the
// segment be used again; and slots are stored with release and loaded with acquire. A reader that met recycled slots
// sees the newer version when it looks again, and starts over. Directories are small and old ones are simply kept.
//
// Rejected: one table doubled at once with the old ones kept (twice the memory); freeing old tables by counting readers
// (every look-up would write a shared line); a reader lock (the same).

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

namespace quis {

/// Thread safety: `find` from any thread at any time; `insert` and `bytes` by one thread at a time. Never frees.
class InternIndex {
 public:
  static constexpr std::uint32_t kAbsent = 0xffff'ffffU;

  constexpr InternIndex() noexcept = default;
  InternIndex(const InternIndex&) = delete;
  InternIndex& operator=(const InternIndex&) = delete;

  /// The id stored under `hash` for which `is_it(id)` holds, else `kAbsent`.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, const IsIt& is_it) const noexcept {
    for (;;) {
      const std::uint64_t version = version_.load(std::memory_order_acquire);
      const Directory* const directory = directory_.load(std::memory_order_acquire);
      if (directory == nullptr) {
        return kAbsent;
      }
      const Segment* const segment = directory->entry(hash).load(std::memory_order_acquire);
      const std::uint32_t id = segment->find(hash, is_it);
      if (id != kAbsent || version_.load(std::memory_order_relaxed) == version) {
        return id;
      }
    }
  }

  /// REQUIRES: whatever `find` needs to judge `id` was written before.
  void insert(std::uint32_t hash, std::uint32_t id) {
    if (directory_.load(std::memory_order_relaxed) == nullptr) {
      start();
    }
    Segment* segment = owner_of(hash);
    while (segment->used == Segment::kMostUsed) {
      split(segment, hash);
      segment = owner_of(hash);
    }
    segment->place(Segment::slot(hash, id));
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Segment {
    // Not a power of two, so that tables of a round number of names are well filled. A segment splits at 85 %.
    static constexpr std::uint32_t kLine = 8;
    static constexpr std::uint32_t kLines = 320;
    static constexpr std::uint32_t kMostUsed = kLine * kLines * 85 / 100;

    alignas(64) std::array<std::atomic<std::uint64_t>, std::size_t{kLine}* kLines> slots = {};
    std::uint32_t used = 0;   // the writer's
    std::uint32_t depth = 0;  // how many top bits of the hash all names in here share; the writer's

    static constexpr std::uint64_t slot(std::uint32_t hash, std::uint32_t id) noexcept {
      return (std::uint64_t{hash} << 32U) | (id + 1);
    }
    static constexpr std::uint32_t hash_of(std::uint64_t slot) noexcept {
      return static_cast<std::uint32_t>(slot >> 32U);
    }
    // The low bits, because the directory consumes the high ones.
    static constexpr std::uint32_t home(std::uint32_t hash) noexcept { return (hash & 0xffffU) * kLines >> 16U; }

    // Probes from the line where the hash belongs, line after line. Bounded, because a recycled segment may be in any
    // state.
    template <class IsIt>
    std::uint32_t find(std::uint32_t hash, const IsIt& is_it) const noexcept {
      std::uint32_t at = home(hash) * kLine;
      for (std::size_t probes = 0; probes < slots.size(); ++probes) {
        const std::uint64_t slot = slots[at].load(std::memory_order_acquire);
        if (slot == 0) {
          return kAbsent;
        }
        if (hash_of(slot) == hash) {
          const std::uint32_t id = static_cast<std::uint32_t>(slot) - 1;
          if (is_it(id)) {
            return id;
          }
        }
        at = at + 1 == slots.size() ? 0 : at + 1;
      }
      return kAbsent;
    }

    void place(std::uint64_t slot) noexcept {
      std::uint32_t at = home(hash_of(slot)) * kLine;
      while (slots[at].load(std::memory_order_relaxed) != 0) {
        at = at + 1 == slots.size() ? 0 : at + 1;
      }
      slots[at].store(slot, std::memory_order_release);
      ++used;
    }

    void clear() noexcept {
      for (auto& slot : slots) {
        slot.store(0, std::memory_order_release);
      }
      used = 0;
    }
  };

  struct Directory {
    explicit Directory(std::uint32_t bits, const Directory* before)
        : depth(bits), previous(before), entries(new std::atomic<Segment*>[std::size_t{1} << bits]) {}

    std::atomic<Segment*>& entry(std::uint32_t hash) const noexcept {
      return entries[static_cast<std::size_t>(std::uint64_t{hash} >> (32U - depth))];
    }

    std::uint32_t depth;
    const Directory* previous;  // readers may still hold it
    std::unique_ptr<std::atomic<Segment*>[]> entries;
  };

  // Enough for every id there can be, evenly spread. Only a hash that has stopped hashing gets here.
  static constexpr std::uint32_t kMaxDepth = 24;

  Segment* owner_of(std::uint32_t hash) const noexcept {
    return directory_.load(std::memory_order_relaxed)->entry(hash).load(std::memory_order_relaxed);
  }

  Segment* new_segment() {
    bytes_ += sizeof(Segment);
    return new Segment;
  }

  const Directory* new_directory(std::uint32_t depth, const Directory* previous) {
    bytes_ += sizeof(Directory) + (sizeof(std::atomic<Segment*>) << depth);
    return new Directory(depth, previous);
  }

  void start() {
    const Directory* const directory = new_directory(0, nullptr);
    directory->entry(0).store(new_segment(), std::memory_order_relaxed);
    directory_.store(directory, std::memory_order_release);
  }

  void double_directory() {
    const Directory* const old = directory_.load(std::memory_order_relaxed);
    if (old->depth == kMaxDepth) {
      std::terminate();
    }
    const Directory* const grown = new_directory(old->depth + 1, old);
    for (std::size_t i = 0; i < std::size_t{1} << grown->depth; ++i) {
      grown->entries[i].store(old->entries[i / 2].load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
    directory_.store(grown, std::memory_order_release);
  }

  void split(Segment* full, std::uint32_t hash) {
    if (full->depth == directory_.load(std::memory_order_relaxed)->depth) {
      double_directory();
    }
    Segment* const zeros = spare_ != nullptr ? std::exchange(spare_, nullptr) : new_segment();
    Segment* const ones = new_segment();
    zeros->clear();
    zeros->depth = ones->depth = full->depth + 1;
    const std::uint32_t bit = 0x8000'0000U >> full->depth;
    for (const auto& slot : full->slots) {
      if (const std::uint64_t word = slot.load(std::memory_order_relaxed); word != 0) {
        ((Segment::hash_of(word) & bit) != 0 ? ones : zeros)->place(word);
      }
    }
    const Directory* const directory = directory_.load(std::memory_order_relaxed);
    const std::size_t half = std::size_t{1} << (directory->depth - zeros->depth);
    const auto prefix = static_cast<std::size_t>(std::uint64_t{hash} >> (32U - full->depth));
    const std::size_t first = prefix * half * 2;
    for (std::size_t i = 0; i < half; ++i) {
      directory->entries[first + i].store(zeros, std::memory_order_release);
      directory->entries[first + half + i].store(ones, std::memory_order_release);
    }
    // The analyzer thinks that `half` may be 0, and that nobody holds the new segments then.
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
    version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    spare_ = full;
  }

  std::atomic<const Directory*> directory_ = nullptr;
  std::atomic<std::uint64_t> version_ = 0;
  Segment* spare_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace quis
