#pragma once

// Uids by their texts: what `find_plain_uid` found before.
//
// Requests say who and what in text, the same uids again and again, and to take one apart, hash its parts and compare
// them with two tables costs two hundred instructions and two misses. Here the whole text is the key, and one line of
// memory has it beside the id. What is not here is looked up as if there were no such table: forgetting costs time and
// nothing else. And what is here stays right, because the vocabulary never gives a name another id.
//
// Two uids are never taken for one, since every byte of a text is compared. Lines are replaced while they are read, by
// one writer at a time. The head of a line has the id, the size of the text and the line's generation. A writer stores
// zero there, then the words of the text with release, then the new head with release. A reader loads the head, the
// words with acquire, and the head again: if a word came from a later writer, the reader has acquired what that writer
// did before, and sees that the head is no longer the same. It can never be the same again, because a line is replaced
// in a later generation only, and generations do not wrap around: after the last one the table stays as it is, which is
// days of nothing but replacing. The protocol is modelled in tests/models/uids.c.
//
// The table starts small. Once a quarter of its lines is used, or many a uid found the lines used where it may be, an
// empty one of four times the size takes its place and fills again by what is asked; readers may still be in the old
// one, which is kept (a quarter of the new one). The last one has 2^18 lines, 16 MiB, and as much again if a text is
// longer than a line has room for; whoever makes it waits for the pages. It is filled to a half; then, once as many
// uids were refused as it has lines, a new generation begins, and lines of those before may be replaced: what is asked
// often is soon back. Hits write nothing. Where several hundred thousand uids are asked for evenly, few are found, and
// the look in vain costs up to as much again as what it was to spare.
//
// Rejected: a table for each thread (threads times memory); to copy entries on growth (one request would wait for all
// of them); to note what is asked, and replace what is not (a write for each hit, or each hundredth).

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <quis/base/ids.hpp>

#include "base/large_memory.hpp"
#include "base/text_tail.hpp"

namespace quis {

/// Thread safety: everything from any thread; `find` takes no lock and writes nothing. Never frees.
class KnownUids {
 public:
  static constexpr std::size_t kLeastSize = 8;   // bytes of a text
  static constexpr std::size_t kMostSize = 120;  // longer ones are not kept

  /// `largest`: how many lines there are at most, as a power of two. REQUIRES: 2 or more, so that there are four.
  explicit constexpr KnownUids(unsigned largest = 18) noexcept : largest_(largest) {}
  KnownUids(const KnownUids&) = delete;
  KnownUids& operator=(const KnownUids&) = delete;

  /// The entity that the text was remembered for, else an invalid id.
  [[nodiscard]] EntityId find(std::string_view text) const noexcept {
    const std::size_t size = text.size();
    // Most are short, and where their hashes say: found without a loop or a call.
    if (size - kLeastSize <= kShort - kLeastSize) [[likely]] {
      const Table& table = *table_.load(std::memory_order_acquire);
      const ShortWords words{text.data(), size};
      const Line& line = table.lines[table.home(words)];
      const std::uint64_t head = line.head.load(std::memory_order_acquire);
      if (size_of(head) == size && line.has(words, head)) [[likely]]
        return entity_of(head);
    }
    return find_at_length(text);
  }

  /// Keeps it if there is room, and nobody else is writing. REQUIRES: the vocabulary has the entity, whoever reads the
  /// text will get this one, and nobody changes its bytes, for what is kept is kept for all.
  void remember(std::string_view text, EntityId entity) noexcept;

  /// Held from the system.
  [[nodiscard]] std::size_t bytes() const noexcept { return held_.load(std::memory_order_relaxed); }

 private:
  using Word = std::atomic<std::uint64_t>;

  // A text is words of eight bytes that may have bytes in common, so that none is read beyond its end: a short one its
  // first two and its last two, a longer one one after the other, of which the last ends where the text does.
  static constexpr std::size_t kShort = 32;

  struct ShortWords {
    const char* text;
    std::size_t size;
    /// How many bytes the text is short of sixteen, without a branch, which sizes of all kinds would make a guess.
    std::size_t missing = (16 - size) & ~static_cast<std::size_t>(static_cast<std::ptrdiff_t>(16 - size) >> 63U);

    [[nodiscard]] std::uint64_t first() const noexcept { return at(0); }
    [[nodiscard]] std::uint64_t second() const noexcept { return at(8 - missing); }
    [[nodiscard]] std::uint64_t last_but_one() const noexcept { return at(size - 16 + missing); }
    [[nodiscard]] std::uint64_t last() const noexcept { return at(size - 8); }

   private:
    [[nodiscard]] std::uint64_t at(std::size_t place) const noexcept {
      return detail::read_word<std::uint64_t>(text + place);
    }
  };
  [[nodiscard]] static std::uint64_t word_of(std::string_view text, std::size_t i) noexcept;
  [[nodiscard]] static std::size_t words_in(std::string_view text) noexcept {
    return text.size() <= kShort ? 4 : (text.size() + 7) / 8;
  }

  using Factors = std::array<std::uint64_t, 4>;

  /// By factors that nobody knows, so that texts are spread however they were chosen (multiply-shift for vectors:
  /// Thorup, "High speed hashing for integers and strings", 2015), and which need no register of their own, as a
  /// product of two words does. Two words may be the same eight bytes, which then have the sum of two factors: the
  /// first two are odd and the others twice an odd number, so that no sum loses more than the top bit of a word, which
  /// ASCII does not use. The top bits of the sum are too alike where texts differ in few digits; hence the second
  /// product.
  [[nodiscard]] static std::uint64_t hash_of(const ShortWords& text, const Factors& factors) noexcept {
    const std::uint64_t sum = text.first() * factors[0] + text.second() * factors[1] +
                              text.last_but_one() * factors[2] + text.last() * factors[3];
    return (sum ^ sum >> 32U) * factors[0];
  }

  struct alignas(64) Line {
    static constexpr std::size_t kWords = 7;

    Word head = 0;  // 0: free, or being written
    std::array<Word, kWords> words = {};

    /// Whether the line has this text, and had this head all the while.
    [[nodiscard]] bool has(const ShortWords& text, std::uint64_t its_head) const noexcept {
      std::uint64_t different = words[0].load(std::memory_order_acquire) ^ text.first();
      different |= words[1].load(std::memory_order_acquire) ^ text.second();
      different |= words[2].load(std::memory_order_acquire) ^ text.last_but_one();
      different |= words[3].load(std::memory_order_acquire) ^ text.last();
      return different == 0 && head.load(std::memory_order_relaxed) == its_head;
    }
  };
  static_assert(sizeof(Line) == 64);

  /// What follows the words of a line.
  struct Rest {
    std::array<Word, (kMostSize + 7) / 8 - Line::kWords> words;
  };

  struct Table {
    Line* lines;
    std::size_t last_line = 0;
    unsigned shift = 0;  // from a hash to a line
    Factors factors = {};
    std::atomic<Rest*> rests = nullptr;  // null until a text needs one: most are short

    /// The line where a text belongs, which is where to look first.
    [[nodiscard]] std::size_t home(const ShortWords& text) const noexcept { return hash_of(text, factors) >> shift; }
    [[nodiscard]] std::size_t home(std::string_view text) const noexcept;
    [[nodiscard]] bool has(std::size_t line, std::string_view text, std::uint64_t its_head) const noexcept;
  };

  // A head: size of the text, id, generation, from the lowest bit on.
  static constexpr unsigned kSizeBits = 7;
  static constexpr unsigned kIdBits = 31;  // what is local to a request has no place here
  static constexpr std::uint64_t kLastGeneration = (std::uint64_t{1} << (64 - kSizeBits - kIdBits)) - 1;

  [[nodiscard]] static std::size_t size_of(std::uint64_t head) noexcept {
    return head & ((std::uint64_t{1} << kSizeBits) - 1);
  }
  [[nodiscard]] static EntityId entity_of(std::uint64_t head) noexcept {
    return {static_cast<std::uint32_t>(head >> kSizeBits) & ((std::uint32_t{1} << kIdBits) - 1)};
  }
  [[nodiscard]] static std::uint64_t generation_of(std::uint64_t head) noexcept {
    return head >> (kSizeBits + kIdBits);
  }

  // What there is before the first uid: a line that stays free.
  static Line no_line;
  static Table no_table;

  template <class Has>
  [[nodiscard]] static EntityId find_from(const Table& table, std::size_t line, std::size_t size,
                                          const Has& has) noexcept;
  [[nodiscard]] EntityId find_at_length(std::string_view text) const noexcept;
  [[nodiscard]] bool keep(std::string_view text, EntityId entity) noexcept;
  [[nodiscard]] bool write(Table& table, std::string_view text, EntityId entity) noexcept;
  [[nodiscard]] void* take(std::size_t bytes) noexcept;
  void grow() noexcept;
  void refuse(std::size_t uids) noexcept;

  std::atomic<Table*> table_ = &no_table;
  std::atomic<bool> full_ = false;
  unsigned largest_;
  // The writer's, on a line of their own.
  alignas(64) std::mutex mutex_;
  unsigned size_ = 0;             // of the table, as a power of two; 0 while there is none
  std::size_t used_ = 0;          // lines of it, in this generation
  std::size_t refused_ = 0;       // uids, in this generation
  std::uint64_t generation_ = 0;  // lines of one before may be replaced
  unsigned pause_ = 0;            // how often memory is not asked for, after there was none
  LastingMemory memory_;
  std::atomic<std::size_t> held_ = 0;  // by that
};

}  // namespace quis
