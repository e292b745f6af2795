#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <quis/base/ids.hpp>

/// The decision cache: answers that were worked out before, and that still hold.
///
/// It never makes a permit out of a denial: a call that loaded snapshot `v` of the world is given an answer only when
/// it is the one that evaluating in `v` gives. Why:
///
/// *Collisions.* An entry holds its whole key: two entity ids and the number of a situation (an action with what it
/// reads of the context, interned exactly: see `Situations`). The digest only chooses the bucket. Keys that collide
/// there compete for room, and one is never taken for the other, however bad the digest is.
///
/// *Torn reads.* A bucket has a sequence number, odd while somebody writes. A reader takes a way's words only when the
/// number was even before and is the same after. Each word is stored by a release after the number became odd, and
/// loaded by an acquire before the number is looked at again: a reader that saw a word of a later write sees that the
/// number moved, and misses. Writers take the number by compare-and-swap and give up when another has it; so readers
/// and writers never wait. The number has 64 bits and cannot come round while a reader is preempted.
///
/// *Staleness.* An entry is stamped with the version of the snapshot it was evaluated in, which the reader loaded
/// *before* evaluating, however long it was preempted afterwards. Entities fall into partitions by a hash of their
/// ids; each partition has the version at which anything in it changed last. An entry holds while its stamp is not
/// older than the partitions of its principal and of its resource; when its policies follow references to other
/// entities, not older than any partition. Ancestry counts as part of an entity, so does its absence.
///   A writer stores the partitions of what it changed (`changed`) *before* the snapshot, and a reader loads the
/// snapshot *before* it looks here. So whoever has snapshot `v` sees the partitions as of `v` or newer, and an entry
/// that is stamped `v` or earlier and passes was touched by no change up to `v`: it is the answer in `v`. An entry
/// stamped later than `v` is for others. After `publish` returned, everybody loads the new snapshot, and that is all
/// that *no stale permit* needs.
///   Had the snapshot been stored first, a reader could see the new world for one question and the old answer to the
/// next. That is the order in which one would write it down, and the model in tests/models shows what it breaks.
///
/// *Wrap-around.* A stamp is the difference to the version at which the cache began. When it would not fit, the engine
/// begins a new cache together with a new snapshot; who still has the old snapshot has the old cache, and nothing
/// stamped by the old count can get into the new one. Exchanging the policies begins a new cache too, so an entry needs
/// no stamp for policies, and a verdict's number means one thing for a cache's whole life.
///
/// *Replacement.* A new entry takes an empty way, else one that no longer holds, else the probation way. A hit there
/// swaps it with one of the six main ways; a hit in those writes nothing. Scans pass through the probation way, and
/// what is asked twice stays: nearly the hit ratio of LRU for a write in a hundred hits.
///
/// Rejected: eight-byte entries with the rest of a bijective mix of the key (one load less, but the ids of ten million
/// entities, a stamp and a verdict do not fit, and answers could not name their policies); validating words by
/// XOR-ing them (a torn pair can look whole); a dependency mask in each entry (the key already names what is read).
namespace quis {

/// What an entry is found by.
struct CacheKey {
  EntityId principal;
  EntityId resource;
  std::uint16_t situation = 0;

  [[nodiscard]] std::uint64_t pair() const noexcept {
    return std::uint64_t{principal.value} | std::uint64_t{resource.value} << 32U;
  }
};

/// Which bucket a key belongs to: any function will do, a good one spreads them.
struct CacheDigest {
  [[nodiscard]] std::uint64_t operator()(const CacheKey& key) const noexcept {
    const std::uint64_t mixed = (key.pair() ^ std::uint64_t{key.situation} << 47U) * 0x9e37'79b9'7f4a'7c15ULL;
    return (mixed ^ mixed >> 32U) * 0xd6e8'feb8'6659'fd93ULL >> 32U;
  }
};

/// Which entities an answer depends on.
enum class Reach : std::uint8_t {
  request,  ///< the request's own principal and resource
  anywhere,
};

/// The number of an answer; 0 is none. See `Verdicts`.
using VerdictNumber = std::uint16_t;

/// When anything changed last, by partitions of the entities. Versions are counted from the cache's own beginning.
class ChangeClock {
 public:
  [[nodiscard]] static std::size_t partition(EntityId entity) noexcept {
    return (entity.value * 0x9e37'79b1U) >> (32U - kBits);
  }

  /// Says that something of the entity changes in the snapshot that is about to be published. One thread at a time.
  void changed(EntityId entity, std::uint32_t stamp) noexcept {
    last_[partition(entity)].store(stamp, std::memory_order_relaxed);
    anything_.store(stamp, std::memory_order_relaxed);
  }
  void everything_changed(std::uint32_t stamp) noexcept {
    for (auto& last : last_) last.store(stamp, std::memory_order_relaxed);
    anything_.store(stamp, std::memory_order_relaxed);
  }

  /// True when nothing that the answer depends on changed after `stamp`.
  [[nodiscard]] bool holds(std::uint32_t stamp, EntityId principal, EntityId resource, Reach reach) const noexcept {
    if (reach == Reach::anywhere) return stamp >= anything_.load(std::memory_order_relaxed);
    return stamp >= last_[partition(principal)].load(std::memory_order_relaxed) &&
           stamp >= last_[partition(resource)].load(std::memory_order_relaxed);
  }

 private:
  static constexpr unsigned kBits = 12;

  std::array<std::atomic<std::uint32_t>, 1U << kBits> last_{};
  std::atomic<std::uint32_t> anything_{0};
};

/// The table. `Digest` is a parameter so that tests can make every key collide.
///
/// Thread safety: `find` and `put` from any thread, wait-free.
template <class Digest = CacheDigest>
class DecisionCache {
 public:
  static constexpr std::size_t kWays = 7;
  static constexpr std::size_t kProbation = kWays - 1;

  /// As many buckets as fit into `bytes`, a power of two, at least one. `clock` is borrowed.
  DecisionCache(std::size_t bytes, const ChangeClock& clock)
      : clock_(clock),
        mask_(std::bit_floor(std::max<std::size_t>(bytes / sizeof(Bucket), 1)) - 1),
        buckets_(std::make_unique<Bucket[]>(mask_ + 1)) {}

  /// The answer that is kept for the key and holds in the snapshot of this stamp, or 0. Writes nothing but when it hits
  /// on probation.
  [[nodiscard]] VerdictNumber find(const CacheKey& key, Reach reach, std::uint32_t stamp) noexcept {
    Bucket& bucket = bucket_of(key);
    const std::uint64_t sequence = bucket.sequence.load(std::memory_order_acquire);
    std::uint32_t alike = ways_of(bucket, key.pair(), std::make_index_sequence<kWays>());
    for (; alike != 0; alike &= alike - 1) {
      const auto way = static_cast<std::size_t>(std::countr_zero(alike));
      const Word word{bucket.words[way].load(std::memory_order_acquire)};
      if (word.situation() != key.situation || word.verdict() == 0) continue;
      if ((sequence & 1U) != 0 || bucket.sequence.load(std::memory_order_relaxed) != sequence) return 0;
      if (word.stamp() > stamp || !clock_.holds(word.stamp(), key.principal, key.resource, reach)) return 0;
      if (way == kProbation) promote(bucket, sequence);
      return word.verdict();
    }
    return 0;
  }

  /// Keeps an answer that was evaluated in the snapshot of this stamp. Returns true when an entry that still held had
  /// to go. May do nothing: when another thread writes to the bucket, or when it has a newer answer.
  bool put(const CacheKey& key, Reach reach, VerdictNumber verdict, std::uint32_t stamp) noexcept {
    Bucket& bucket = bucket_of(key);
    std::uint64_t sequence = bucket.sequence.load(std::memory_order_relaxed);
    if (!begin_write(bucket, sequence)) return false;
    const Victim victim = choose(bucket, key);
    if (victim.stamp <= stamp) {
      bucket.pairs[victim.way].store(key.pair(), std::memory_order_release);
      bucket.words[victim.way].store(Word::of(key.situation, verdict, stamp, reach).bits, std::memory_order_release);
    }
    end_write(bucket, sequence);
    return victim.evicted && victim.stamp <= stamp;
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return (mask_ + 1) * sizeof(Bucket); }

 private:
  /// situation: 16 bits, verdict: 15, reach: 1, stamp: 32.
  struct Word {
    std::uint64_t bits;

    [[nodiscard]] static Word of(std::uint16_t situation, VerdictNumber verdict, std::uint32_t stamp,
                                 Reach reach) noexcept {
      return {situation | std::uint64_t{verdict} << 16U | std::uint64_t{reach == Reach::anywhere} << 31U |
              std::uint64_t{stamp} << 32U};
    }
    [[nodiscard]] std::uint16_t situation() const noexcept { return static_cast<std::uint16_t>(bits); }
    [[nodiscard]] VerdictNumber verdict() const noexcept { return static_cast<VerdictNumber>(bits >> 16U & 0x7fffU); }
    [[nodiscard]] Reach reach() const noexcept { return (bits >> 31U & 1U) != 0 ? Reach::anywhere : Reach::request; }
    [[nodiscard]] std::uint32_t stamp() const noexcept { return static_cast<std::uint32_t>(bits >> 32U); }
  };

  /// Two cache lines: who in the first, what in the second. A miss reads one of them.
  struct alignas(128) Bucket {
    std::atomic<std::uint64_t> sequence{0};
    std::array<std::atomic<std::uint64_t>, kWays> pairs{};
    std::array<std::atomic<std::uint64_t>, kWays> words{};
  };
  static_assert(sizeof(Bucket) == 128);

  struct Victim {
    std::size_t way = kProbation;
    bool evicted = false;
    std::uint32_t stamp = 0;  ///< of the same key's entry, which only a newer one replaces
  };

  Bucket& bucket_of(const CacheKey& key) const noexcept {
    const std::uint64_t digest = Digest()(key);
    return buckets_[digest & mask_];
  }

  /// A bit for each way that has the pair. Without branches: which way it is cannot be predicted.
  template <std::size_t... kWay>
  static std::uint32_t ways_of(const Bucket& bucket, std::uint64_t pair,
                               std::index_sequence<kWay...> /*all*/) noexcept {
    return (... | (std::uint32_t{bucket.pairs[kWay].load(std::memory_order_acquire) == pair} << kWay));
  }

  static bool begin_write(Bucket& bucket, std::uint64_t sequence) noexcept {
    return (sequence & 1U) == 0 && bucket.sequence.compare_exchange_strong(
                                       sequence, sequence + 1, std::memory_order_acquire, std::memory_order_relaxed);
  }
  static void end_write(Bucket& bucket, std::uint64_t sequence) noexcept {
    bucket.sequence.store(sequence + 2, std::memory_order_release);
  }

  /// REQUIRES: the bucket is being written by this thread.
  Victim choose(const Bucket& bucket, const CacheKey& key) const noexcept {
    Victim free{kProbation, true, 0};
    for (std::size_t way = 0; way < kWays; ++way) {
      const std::uint64_t pair = bucket.pairs[way].load(std::memory_order_relaxed);
      const Word word{bucket.words[way].load(std::memory_order_relaxed)};
      if (word.verdict() != 0 && pair == key.pair() && word.situation() == key.situation) {
        return {way, false, word.stamp()};
      }
      const EntityId principal{static_cast<std::uint32_t>(pair)};
      const EntityId resource{static_cast<std::uint32_t>(pair >> 32U)};
      if (free.evicted && (word.verdict() == 0 || !clock_.holds(word.stamp(), principal, resource, word.reach()))) {
        free = {way, false, 0};
      }
    }
    return free;
  }

  /// Swaps the probation way with a main way, which one as good as at random. REQUIRES: `sequence` is even.
  void promote(Bucket& bucket, std::uint64_t sequence) const noexcept {
    if (!begin_write(bucket, sequence)) return;
    const std::size_t way = (sequence / 2 * 0x9e37'79b9'7f4a'7c15ULL >> 32U) % kProbation;
    const auto swap = [&](auto& of) {
      const std::uint64_t promoted = of[kProbation].load(std::memory_order_relaxed);
      of[kProbation].store(of[way].load(std::memory_order_relaxed), std::memory_order_release);
      of[way].store(promoted, std::memory_order_release);
    };
    swap(bucket.pairs);
    swap(bucket.words);
    end_write(bucket, sequence);
  }

  const ChangeClock& clock_;
  std::size_t mask_;
  std::unique_ptr<Bucket[]> buckets_;
};

}  // namespace quis
