#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

/// Readers that never wait, and what they still look at (epoch-based reclamation).
///
/// Snapshots are replaced by one atomic pointer. Whoever replaces one must know when nobody looks at the old one any
/// more, and readers must not pay for that: no lock, no reference count, no line that two readers write.
///
/// Each thread has a slot of its own. A reader writes the current epoch into its slot, *then* loads the pointer, and
/// clears the slot when it is done. A writer replaces the pointer, *then* closes the epoch (`retire`), and frees the
/// old snapshot once no slot holds an epoch up to the closed one (`oldest`).
///
/// *Why nothing is freed that is looked at.* Say a reader loaded the old pointer. Between its store to the slot and
/// that load stands one half of a store-load barrier, and between the writer's store to the pointer and its look at the
/// slots the other half, however late that comes; so either the reader sees the new pointer, which it did not, or the
/// writer sees the slot. What the writer sees there is at most the closed epoch: a reader that found a later one found
/// it by an acquire of what `retire` released after the pointer was stored, and would have loaded the new pointer. So
/// the writer waits. When it sees the slot clear, or written anew, it acquires a release that comes after everything
/// the reader did.
///
/// *What the barrier costs.* On Linux the writer's half is `membarrier`, which makes every running thread of the
/// process pass a barrier, and the reader's half only stops the compiler: half a nanosecond. Elsewhere, and under
/// ThreadSanitizer, which cannot see it, both halves are fences. It interrupts every processor that runs the process,
/// so whoever replaces often looks at the slots once for many that were replaced.
///
/// Rejected: hazard pointers (a reader must read the pointer twice), reference counts (35 ns when two threads share
/// one), and quiescent states that hosts must announce (a host that forgets grows without bound).
namespace quis {

/// What a thread counts.
enum class Counter : std::uint8_t { hits, misses, evictions, bypasses };
inline constexpr std::size_t kCounters = 4;

/// A thread's own cache line: only it writes, anybody may read what is atomic.
struct alignas(64) ReaderSlot {
  std::atomic<std::uint64_t> epoch{0};  ///< in which the thread began to read; 0 while it does not
  std::uint32_t nesting = 0;            ///< readings within readings: a hook may decide while its thread decides
  std::array<std::atomic<std::uint64_t>, kCounters> counters{};

  void count(Counter counter) noexcept {
    auto& value = counters[static_cast<std::size_t>(counter)];
    value.store(value.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};
static_assert(sizeof(ReaderSlot) == 64);

/// The slots of all threads that ever read through one engine.
///
/// Thread safety: `begin` and `end` by any thread at any time, for itself; `retire` and `oldest` by one thread at a
/// time.
class Readers {
 public:
  Readers();
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// From here until `end`, nothing that the calling thread finds through the engine is freed. Two stores and no wait;
  /// allocates when sixty-four threads or more decide. May be nested.
  [[nodiscard]] ReaderSlot& begin() noexcept {
    const std::uint32_t thread = thread_number();
    ReaderSlot& slot = thread < kFirst ? first_[thread] : far_slot(thread);
    if (slot.nesting++ == 0) enter(slot);
    return slot;
  }
  static void end(ReaderSlot& slot) noexcept {
    if (--slot.nesting == 0) leave(slot);
  }

  /// The same for a reading within which nobody begins another, for less: nothing is counted. Null when the thread
  /// reads already, or has never begun.
  [[nodiscard]] ReaderSlot* begin_brief() noexcept {
    const std::uint32_t thread = number_;
    if (thread >= kFirst) [[unlikely]]
      return nullptr;
    ReaderSlot& slot = first_[thread];
    if (slot.nesting != 0) [[unlikely]]
      return nullptr;
    enter(slot);
    return &slot;
  }
  static void end_brief(ReaderSlot& slot) noexcept { leave(slot); }

  /// Closes the current epoch and returns it: whoever still reads what was replaced before this call began to read in
  /// it or earlier. That it was replaced is visible to every processor afterwards.
  [[nodiscard]] std::uint64_t retire() noexcept;
  /// The earliest epoch in which somebody who still reads began, or the largest number: what was retired in an earlier
  /// one may be freed. Interrupts the threads that run.
  [[nodiscard]] std::uint64_t oldest() const noexcept;

  /// The sum of a counter over all threads; exact when none of them is counting.
  [[nodiscard]] std::uint64_t total(Counter counter) const noexcept;

 private:
  void enter(ReaderSlot& slot) const noexcept {
    // A release, so that a writer who sees this epoch has also seen the end of what the thread read before.
    slot.epoch.store(epoch_.load(std::memory_order_acquire), std::memory_order_release);
    light_barrier();
  }
  static void leave(ReaderSlot& slot) noexcept { slot.epoch.store(0, std::memory_order_release); }

  /// The reader's half of the barrier.
  void light_barrier() const noexcept {
    if (asymmetric_) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
  }
  static constexpr std::uint32_t kFirst = 64;   // slots of the first chunk; each further one has twice as many
  static constexpr std::uint32_t kChunks = 16;  // beyond the first: four million threads at once
  static constexpr std::uint32_t kNone = 0xffff'ffffU;

  [[nodiscard]] static std::uint32_t thread_number() noexcept { return number_ != kNone ? number_ : number_thread(); }
  static std::uint32_t number_thread() noexcept;
  ReaderSlot& far_slot(std::uint32_t thread) noexcept;
  void heavy_barrier() const noexcept;
  template <class Visit>
  void for_each_slot(Visit&& visit) const;

  static constinit thread_local std::uint32_t number_;

  const bool asymmetric_;
  alignas(64) std::atomic<std::uint64_t> epoch_{1};
  alignas(64) std::array<ReaderSlot, kFirst> first_;
  std::array<std::atomic<ReaderSlot*>, kChunks> chunks_{};
};

/// From `begin` to `end`.
class Reading {
 public:
  explicit Reading(Readers& readers) noexcept : slot_(readers.begin()) {}
  ~Reading() { Readers::end(slot_); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  [[nodiscard]] ReaderSlot& slot() const noexcept { return slot_; }

 private:
  ReaderSlot& slot_;
};

}  // namespace quis
