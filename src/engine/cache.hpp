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

#include "base/large_memory.hpp"

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
/// *Replacement.* Each key has a home, one of the ways of its bucket. A new entry takes its home when that is empty or
/// no longer holds, else any other such way, else the probation way. A hit there
/// swaps it with one of the six main ways; a hit in those writes nothing. Scans pass through the probation way, and
/// what is asked twice stays: nearly the hit ratio of LRU for a write in a hundred hits.
///
/// Rejected: eight-byte entries with the rest of a bijective mix of the key (one load less, but the ids of ten million
/// entities, a stamp and a verdict do not fit, and answers could not name their policies); validating words by
/// XOR-ing them (a torn pair can look whole); three homes for each key, on a line that has the sequence number once
/// more (fewer keys away from home, but twenty instructions more for every hit: 19.5 ns where it was 17 then); a
/// dependency mask in each entry (the key already names what is read).
namespace quis {

/// What an entry is found by. In registers: two ids that were stored one by one and are loaded as one word would make
/// the look-up wait until everything before it is done.
class CacheKey {
 public:
  /// `spread` stands for the situation in the digest: equal situations must have equal spreads, different ones should
  /// have different ones. It is the action's id, where the context does not count, so that the bucket can be sent for
  /// while the situation's number is looked up (see `Situations::Situation`).
  CacheKey(EntityId principal, EntityId resource, std::uint16_t situation, std::uint32_t spread) noexcept
      : pair_(std::uint64_t{principal.value} | std::uint64_t{resource.value} << 32U),
        spread_(spread),
        situation_(situation) {}

  [[nodiscard]] std::uint64_t pair() const noexcept { return pair_; }
  [[nodiscard]] std::uint32_t spread() const noexcept { return spread_; }
  [[nodiscard]] std::uint16_t situation() const noexcept { return situation_; }
  [[nodiscard]] EntityId principal() const noexcept { return principal_of(pair_); }
  [[nodiscard]] EntityId resource() const noexcept { return resource_of(pair_); }

  [[nodiscard]] static EntityId principal_of(std::uint64_t pair) noexcept {
    return EntityId{static_cast<std::uint32_t>(pair)};
  }
  [[nodiscard]] static EntityId resource_of(std::uint64_t pair) noexcept {
    return EntityId{static_cast<std::uint32_t>(pair >> 32U)};
  }

 private:
  std::uint64_t pair_;
  std::uint32_t spread_;
  std::uint16_t situation_;
};

/// Where a key belongs, by the highest bits. Any function of the pair and the spread is right; a good one spreads keys
/// of which all three numbers run in steps, as ids do. So the products are not added: steps of the one would cancel
/// steps of the other, and keys crowd in a few buckets.
struct CacheDigest {
  [[nodiscard]] std::uint64_t operator()(CacheKey key) const noexcept {
    return (key.pair() ^ key.spread() * 0xd6e8'feb8'6659'fd93ULL) * 0x9e37'79b9'7f4a'7c15ULL;
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
/// Thread safety: `find`, `Homes::find` and `put` from any thread, wait-free.
template <class Digest = CacheDigest>
class DecisionCache {
  struct Bucket;

 public:
  static constexpr std::size_t kWays = 7;
  static constexpr std::size_t kProbation = kWays - 1;
  static constexpr std::size_t kHomes = 4;  // of the main ways

  /// As many buckets as fit into `bytes`, a power of two, at least one. `clock` is borrowed.
  DecisionCache(std::size_t bytes, const ChangeClock& clock)
      : count_(std::bit_floor(std::max<std::size_t>(bytes / sizeof(Bucket), 1))),
        buckets_(static_cast<Bucket*>(allocate_large(count_ * sizeof(Bucket)))),
        homes_{buckets_.get(), &clock, 62U - static_cast<unsigned>(std::countr_zero(count_))} {
    std::uninitialized_default_construct_n(buckets_.get(), count_);
  }

  /// The answer that is kept for the key and holds in the snapshot of this stamp, or 0. Writes nothing but when it hits
  /// on probation.
  [[nodiscard]] VerdictNumber find(CacheKey key, Reach reach, std::uint32_t stamp) noexcept {
    Bucket& bucket = buckets_[homes_.place_of(key).bucket];
    const std::uint64_t sequence = bucket.sequence.load(std::memory_order_acquire);
    std::uint32_t alike = ways_of(bucket, key.pair(), std::make_index_sequence<kWays>());
    for (; alike != 0; alike &= alike - 1) {
      const auto way = static_cast<std::size_t>(std::countr_zero(alike));
      const VerdictNumber verdict = homes_.answer_of(bucket, sequence, way, key, reach, stamp);
      if (verdict == 0) continue;
      if (way == kProbation) promote(bucket, sequence);
      return verdict;
    }
    return 0;
  }

  /// Keeps an answer that was evaluated in the snapshot of this stamp. Returns true when an entry that still held had
  /// to go. May do nothing: when another thread writes to the bucket, or when it has a newer answer.
  bool put(CacheKey key, Reach reach, VerdictNumber verdict, std::uint32_t stamp) noexcept {
    const auto place = homes_.place_of(key);
    Bucket& bucket = buckets_[place.bucket];
    std::uint64_t sequence = bucket.sequence.load(std::memory_order_relaxed);
    if (!begin_write(bucket, sequence)) return false;
    const Victim victim = choose(bucket, place.home, key);
    if (victim.stamp <= stamp) {
      Way& way = bucket.ways[victim.way];
      way.pair.store(key.pair(), std::memory_order_release);
      way.word.store(Word::of(key.situation(), verdict, stamp, reach).bits, std::memory_order_release);
    }
    end_write(bucket, sequence);
    return victim.evicted && victim.stamp <= stamp;
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return count_ * sizeof(Bucket); }

  /// The look-up at home (see *Replacement*), where a key is put when there is room: half the work of `find`, and
  /// nearly always enough. A copy of the table's pointers, to be kept where the caller looks first: the table and the
  /// clock must outlive it.
  class Homes {
   public:
    Homes() noexcept = default;

    /// As `DecisionCache::find`. Writes nothing.
    [[nodiscard]] VerdictNumber find(CacheKey key, Reach reach, std::uint32_t stamp) const noexcept {
      const Place place = place_of(key);
      const Bucket& bucket = buckets_[place.bucket];
      const std::uint64_t sequence = bucket.sequence.load(std::memory_order_acquire);
      if (bucket.ways[place.home].pair.load(std::memory_order_acquire) != key.pair()) return 0;
      return answer_of(bucket, sequence, place.home, key, reach, stamp);
    }

   private:
    friend class DecisionCache;
    Homes(Bucket* buckets, const ChangeClock* clock, unsigned shift) noexcept
        : buckets_(buckets), clock_(clock), shift_(shift) {}

    struct Place {
      std::size_t bucket;
      std::size_t home;
    };
    [[nodiscard]] Place place_of(CacheKey key) const noexcept {
      const std::uint64_t highest = Digest()(key) >> shift_;
      return {highest / kHomes, highest % kHomes};
    }
    /// What the way says, or 0 when that is no answer to the key. REQUIRES: its pair was the key's, and `sequence` was
    /// loaded before the pair.
    [[nodiscard]] VerdictNumber answer_of(const Bucket& bucket, std::uint64_t sequence, std::size_t way, CacheKey key,
                                          Reach reach, std::uint32_t stamp) const noexcept {
      const Word word{bucket.ways[way].word.load(std::memory_order_acquire)};
      if (word.situation() != key.situation()) return 0;
      // The number never goes down, so one that was odd is never met again as the even one before it.
      if (bucket.sequence.load(std::memory_order_relaxed) != (sequence & ~std::uint64_t{1})) return 0;
      if (word.stamp() > stamp || !clock_->holds(word.stamp(), key.principal(), key.resource(), reach)) return 0;
      return word.verdict();
    }

    Bucket* buckets_ = nullptr;
    const ChangeClock* clock_ = nullptr;
    unsigned shift_ = 0;
  };
  [[nodiscard]] Homes homes() const noexcept { return homes_; }

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

  /// Who, and what of it.
  struct alignas(16) Way {
    std::atomic<std::uint64_t> pair{0};
    std::atomic<std::uint64_t> word{0};
  };
  /// Two cache lines, and no way in both.
  struct alignas(128) Bucket {
    std::atomic<std::uint64_t> sequence{0};
    std::array<Way, kWays> ways{};
  };
  static_assert(sizeof(Bucket) == 128);

  struct Victim {
    std::size_t way = kProbation;
    bool evicted = false;
    std::uint32_t stamp = 0;  ///< of the same key's entry, which only a newer one replaces
  };

  /// A bit for each way that has the pair. Without branches: which way it is cannot be predicted.
  template <std::size_t... kWay>
  static std::uint32_t ways_of(const Bucket& bucket, std::uint64_t pair,
                               std::index_sequence<kWay...> /*all*/) noexcept {
    return (... | (std::uint32_t{bucket.ways[kWay].pair.load(std::memory_order_acquire) == pair} << kWay));
  }

  static bool begin_write(Bucket& bucket, std::uint64_t sequence) noexcept {
    return (sequence & 1U) == 0 && bucket.sequence.compare_exchange_strong(
                                       sequence, sequence + 1, std::memory_order_acquire, std::memory_order_relaxed);
  }
  static void end_write(Bucket& bucket, std::uint64_t sequence) noexcept {
    bucket.sequence.store(sequence + 2, std::memory_order_release);
  }

  /// REQUIRES: the bucket is being written by this thread.
  Victim choose(const Bucket& bucket, std::size_t home, CacheKey key) const noexcept {
    Victim free{kProbation, true, 0};
    for (std::size_t way = 0; way < kWays; ++way) {
      const std::uint64_t pair = bucket.ways[way].pair.load(std::memory_order_relaxed);
      const Word word{bucket.ways[way].word.load(std::memory_order_relaxed)};
      if (word.verdict() != 0 && pair == key.pair() && word.situation() == key.situation()) {
        return {way, false, word.stamp()};
      }
      if (!free.evicted && way != home) continue;
      if (word.verdict() == 0 || !homes_.clock_->holds(word.stamp(), CacheKey::principal_of(pair),
                                                       CacheKey::resource_of(pair), word.reach())) {
        free = {way, false, 0};
      }
    }
    return free;
  }

  /// Swaps the probation way with a main way, which one as good as at random. REQUIRES: `sequence` is even.
  void promote(Bucket& bucket, std::uint64_t sequence) const noexcept {
    if (!begin_write(bucket, sequence)) return;
    Way& promoted = bucket.ways[kProbation];
    Way& other = bucket.ways[(sequence / 2 * 0x9e37'79b9'7f4a'7c15ULL >> 32U) % kProbation];
    const auto swap = [](std::atomic<std::uint64_t>& a, std::atomic<std::uint64_t>& b) {
      const std::uint64_t kept = a.load(std::memory_order_relaxed);
      a.store(b.load(std::memory_order_relaxed), std::memory_order_release);
      b.store(kept, std::memory_order_release);
    };
    swap(promoted.pair, other.pair);
    swap(promoted.word, other.word);
    end_write(bucket, sequence);
  }

  struct Free {
    void operator()(Bucket* buckets) const noexcept { free_large(buckets); }
  };

  std::size_t count_;  // a power of two
  std::unique_ptr<Bucket[], Free> buckets_;
  Homes homes_;
};

}  // namespace quis
