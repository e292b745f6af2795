#include "engine/readers.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread_sanitizer.hpp"

#if defined(__linux__) && !defined(QUIS_THREAD_SANITIZER)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#define QUIS_HAS_MEMBARRIER 1
#else
#define QUIS_HAS_MEMBARRIER 0
#endif

namespace quis {
namespace {

bool register_membarrier() noexcept {
#if QUIS_HAS_MEMBARRIER
  static const bool registered = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return registered;
#else
  return false;
#endif
}

/// Small numbers for threads, the smallest first, used again when a thread has ended: after a crowd of threads, the
/// next ones get the slots that are quickest to find. Lives for ever: threads may end after `main`.
class ThreadNumbers {
 public:
  static ThreadNumbers& all() {
    static ThreadNumbers& numbers = *new ThreadNumbers;
    return numbers;
  }
  std::uint32_t take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      free_.reserve(next_ + 1);  // so that `give_back` never allocates
      return next_++;
    }
    std::ranges::pop_heap(free_, std::greater());
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  void give_back(std::uint32_t number) noexcept {
    const std::lock_guard lock(mutex_);
    free_.push_back(number);
    std::ranges::push_heap(free_, std::greater());
  }

 private:
  std::mutex mutex_;
  std::vector<std::uint32_t> free_;  // a heap
  std::uint32_t next_ = 0;
};

}  // namespace

constinit thread_local std::uint32_t Readers::number_ = Readers::kNone;

std::uint32_t Readers::number_thread() noexcept {
  // A thread that still decides while its thread-local objects are destroyed, after this one was, takes a number that
  // is not given back.
  struct Holder {
    std::uint32_t number = ThreadNumbers::all().take();
    ~Holder() {
      number_ = kNone;
      ThreadNumbers::all().give_back(number);
    }
  };
  static thread_local bool held = false;
  if (held) return number_ = ThreadNumbers::all().take();
  held = true;
  thread_local const Holder holder;
  return number_ = holder.number;
}

Readers::Readers() : asymmetric_(register_membarrier()) {}

Readers::~Readers() {
  for (const auto& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
}

ReaderSlot& Readers::far_slot(std::uint32_t thread) noexcept {
  std::uint32_t first = kFirst;
  std::uint32_t size = kFirst * 2;
  std::size_t number = 0;
  for (; thread - first >= size; ++number) {
    first += size;
    size *= 2;
  }
  std::atomic<ReaderSlot*>& chunk = chunks_.at(number);
  ReaderSlot* slots = chunk.load(std::memory_order_acquire);
  if (slots == nullptr) {
    auto made = std::make_unique<ReaderSlot[]>(size);
    if (chunk.compare_exchange_strong(slots, made.get())) slots = made.release();
  }
  return slots[thread - first];
}

void Readers::heavy_barrier() const noexcept {
#if QUIS_HAS_MEMBARRIER
  if (asymmetric_) {
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return;
  }
#endif
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

std::uint64_t Readers::retire() noexcept {
  const std::uint64_t closed = epoch_.fetch_add(1, std::memory_order_acq_rel);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return closed;
}

template <class Visit>
void Readers::for_each_slot(Visit&& visit) const {
  for (const ReaderSlot& slot : first_) visit(slot);
  std::uint32_t size = kFirst * 2;
  for (const auto& chunk : chunks_) {
    // A chunk that is not seen has no reader who could have loaded what was replaced: he stored the chunk before his
    // slot, on the reader's side of the same barrier.
    const ReaderSlot* const slots = chunk.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; slots != nullptr && i < size; ++i) visit(slots[i]);
    size *= 2;
  }
}

std::uint64_t Readers::oldest() const noexcept {
  heavy_barrier();
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  for_each_slot([&oldest](const ReaderSlot& slot) {
    const std::uint64_t since = slot.epoch.load(std::memory_order_acquire);
    if (since != 0) oldest = std::min(oldest, since);
  });
  return oldest;
}

std::uint64_t Readers::total(Counter counter) const noexcept {
  std::uint64_t sum = 0;
  for_each_slot([&](const ReaderSlot& slot) {
    sum += slot.counters[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
  });
  return sum;
}

}  // namespace quis
