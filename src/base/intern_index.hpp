#pragma once

// The index of an intern table: from a hash to the id it was given, read without locks while it grows.
//
// Extendible hashing. A directory, indexed by the top bits of the hash, points to segments; a segment is a small
// open-addressed table. A full segment is split in two by the next bit of the hash, and when it used all the bits that
// the directory has, the directory doubles first. So growth never stops the world, and never holds two copies of a big
// table, which would cost a directory of a million users tens of megabytes.
//
// A slot has 32 bits of hash and an id. The hash bits serve three ends: the directory and the place in the segment,
// which makes splitting a pass over slots that never looks at a name, and telling names apart, so that a look-up reads
// a name only when it is almost surely the right one. A look-up in a million names is one miss for the slot's line, and
// then that of the name; and because the slot has the id, whoever goes on with the id need not wait for the second: the
// processor guesses, rightly, that the names are equal, and checks while it works.
//
// Readers and the one writer. A hit is right no matter what happened meanwhile, because the caller compares the name
// and ids never change. A miss may be wrong: the reader may have held a segment that was split long ago and whose
// memory now serves another range. Therefore: every split ends with a new version; only then may the memory of the
// segment be used again; and slots are stored with release and loaded with acquire. A reader that met recycled slots
// sees the newer version when it looks again, and starts over. Hash and id of a slot are stored one after the other;
// a reader between the two misses a name that is being added. Directories are small and old ones are simply kept.
//
// Rejected: one table doubled at once with the old ones kept (twice the memory); freeing old tables by counting readers
// (every look-up would write a shared line); a reader lock (the same).

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include <quis/base/detail/prefetch.hpp>

#include "base/intern_line.hpp"
#include "base/large_memory.hpp"

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

  /// Sends for the line where `find` will look first.
  void prefetch(std::uint32_t hash) const noexcept {
    if (const Directory* const directory = directory_.load(std::memory_order_acquire); directory != nullptr) {
      const Segment* const segment = directory->entry(hash).load(std::memory_order_acquire);
      detail::prefetch(&segment->lines[Segment::home(hash)]);
    }
  }

  /// The id that `find` would most likely look at first, or `kAbsent`.
  [[nodiscard]] std::uint32_t first_with(std::uint32_t hash) const noexcept {
    const Directory* const directory = directory_.load(std::memory_order_acquire);
    if (directory == nullptr) {
      return kAbsent;
    }
    const InternLine& line = directory->entry(hash).load(std::memory_order_acquire)->lines[Segment::home(hash)];
    const std::uint32_t same = line.same(hash);
    return same == 0 ? kAbsent : line.id(static_cast<std::uint32_t>(std::countr_zero(same)));
  }

  /// Makes room for so many names in all, so that those to come split nothing, or little.
  void reserve(std::uint32_t names) {
    constexpr std::uint32_t kAlmostFull = Segment::kMostUsed * 95 / 100;  // hashes are not spread evenly
    std::uint32_t depth = 0;
    while (depth < kMaxDepth && (std::uint64_t{kAlmostFull} << depth) < names) ++depth;
    if (directory_.load(std::memory_order_relaxed) == nullptr) {
      start();
    }
    for (std::uint64_t prefix = 0; prefix >> depth == 0; ++prefix) {
      const auto hash = static_cast<std::uint32_t>(prefix << (32U - depth));
      while (owner_of(hash)->depth < depth) split(owner_of(hash), hash);
    }
  }

  /// The id that is there, or else `id` once it is. For the writer; REQUIRES as `insert`.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find_or_insert(std::uint32_t hash, std::uint32_t id, const IsIt& is_it) {
    Segment* const segment = owner_of(hash);
    if (const std::uint32_t known = segment->find(hash, is_it); known != kAbsent) {
      return known;
    }
    if (segment->used == Segment::kMostUsed) {
      insert(hash, id);
    } else {
      segment->place(hash, id);
    }
    return id;
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
    segment->place(hash, id);
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return memory_.bytes(); }

 private:
  struct Segment {
    // Not a power of two, so that tables of a round number of names are well filled. A segment splits at 85 %.
    static constexpr std::uint32_t kLines = 320;
    static constexpr std::uint32_t kMostUsed = InternLine::kSlots * kLines * 85 / 100;

    std::array<InternLine, kLines> lines;
    std::uint32_t used = 0;   // the writer's
    std::uint32_t depth = 0;  // how many top bits of the hash all names in here share; the writer's

    // The low bits, because the directory consumes the high ones.
    static constexpr std::uint32_t home(std::uint32_t hash) noexcept { return (hash & 0xffffU) * kLines >> 16U; }
    static constexpr std::uint32_t after(std::uint32_t line) noexcept { return line + 1 == kLines ? 0 : line + 1; }

    // From the line where the hash belongs to the next, as long as lines are full. Bounded, because a recycled segment
    // may be in any state.
    template <class IsIt>
    std::uint32_t find(std::uint32_t hash, const IsIt& is_it) const noexcept {
      std::uint32_t line = home(hash);
      for (std::uint32_t looked_at = 0; looked_at < kLines; ++looked_at, line = after(line)) {
        for (std::uint32_t same = lines[line].same(hash); same != 0; same &= same - 1) {
          const std::uint32_t id = lines[line].id(static_cast<std::uint32_t>(std::countr_zero(same)));
          if (id != kAbsent && is_it(id)) [[likely]] {
            return id;
          }
        }
        if (!lines[line].full()) {
          return kAbsent;
        }
      }
      return kAbsent;
    }

    void place(std::uint32_t hash, std::uint32_t id) noexcept {
      std::uint32_t line = home(hash);
      while (!lines[line].place(hash, id)) line = after(line);
      ++used;
    }

    void clear() noexcept {
      for (InternLine& line : lines) line.clear();
      used = 0;
    }
  };

  // One block of memory: a look-up goes from here to the segment by one load.
  struct Directory {
    std::uint32_t depth;
    std::atomic<Segment*>* entries;  // 2 to the power of `depth`, right behind this header

    std::atomic<Segment*>& entry(std::uint32_t hash) const noexcept {
      return entries[static_cast<std::size_t>(std::uint64_t{hash} >> (32U - depth))];
    }
  };

  // Enough for every id there can be, evenly spread. Only a hash that has stopped hashing gets here.
  static constexpr std::uint32_t kMaxDepth = 24;

  Segment* owner_of(std::uint32_t hash) const noexcept {
    return directory_.load(std::memory_order_relaxed)->entry(hash).load(std::memory_order_relaxed);
  }

  Segment* new_segment() { return ::new (memory_.take(sizeof(Segment), alignof(Segment))) Segment; }

  const Directory* new_directory(std::uint32_t depth) {
    const std::size_t size = sizeof(Directory) + (sizeof(std::atomic<Segment*>) << depth);
    auto* const memory = static_cast<std::byte*>(memory_.take(size, alignof(Directory)));
    auto* const entries = reinterpret_cast<std::atomic<Segment*>*>(memory + sizeof(Directory));
    std::uninitialized_value_construct_n(entries, std::size_t{1} << depth);
    return ::new (memory) Directory{depth, entries};
  }

  void start() {
    const Directory* const directory = new_directory(0);
    directory->entry(0).store(new_segment(), std::memory_order_relaxed);
    directory_.store(directory, std::memory_order_release);
  }

  void double_directory() {
    const Directory* const old = directory_.load(std::memory_order_relaxed);
    if (old->depth == kMaxDepth) {
      std::terminate();
    }
    const Directory* const grown = new_directory(old->depth + 1);
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
    for (const InternLine& line : full->lines) {
      line.for_each([&](std::uint32_t its_hash, std::uint32_t id) {
        ((its_hash & bit) != 0 ? ones : zeros)->place(its_hash, id);
      });
    }
    const Directory* const directory = directory_.load(std::memory_order_relaxed);
    const std::size_t half = std::size_t{1} << (directory->depth - zeros->depth);
    const auto prefix = static_cast<std::size_t>(std::uint64_t{hash} >> (32U - full->depth));
    const std::size_t first = prefix * half * 2;
    for (std::size_t i = 0; i < half; ++i) {
      directory->entries[first + i].store(zeros, std::memory_order_release);
      directory->entries[first + half + i].store(ones, std::memory_order_release);
    }
    version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    spare_ = full;
  }

  std::atomic<const Directory*> directory_ = nullptr;
  std::atomic<std::uint64_t> version_ = 0;
  Segment* spare_ = nullptr;
  LastingMemory memory_;
};

}  // namespace quis
