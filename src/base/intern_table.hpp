#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string_view>

#include <quis/base/detail/paged_array.hpp>
#include <quis/base/limits.hpp>

#include "base/intern_index.hpp"
#include "base/text_pool.hpp"

namespace quis {

/// Texts and their ids, 0, 1, 2… in order of arrival. What else belongs to a name (an entity's type) is the caller's,
/// who keeps it in an array beside this table.
///
/// Thread safety: everything from any thread; finding and reading take no lock. Never frees.
class InternTable {
 public:
  constexpr InternTable() noexcept = default;

  /// `is_it(id)` judges what the caller keeps beside the text.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, std::string_view text, const IsIt& is_it) const noexcept {
    return index_.find(short_hash(hash), [&](std::uint32_t id) { return is_it(id) && texts_[id].view() == text; });
  }

  /// `keep(id)` stores what the caller keeps beside the text, before anyone can find the id.
  template <class IsIt, class Keep>
  [[nodiscard]] std::uint32_t intern(std::uint64_t hash, std::string_view text, const IsIt& is_it,
                                     const Keep& keep) noexcept {
    if (const std::uint32_t known = find(hash, text, is_it); known != InternIndex::kAbsent) {
      return known;
    }
    const std::scoped_lock lock(mutex_);
    if (const std::uint32_t known = find(hash, text, is_it); known != InternIndex::kAbsent) {
      return known;
    }
    const std::uint32_t id = count_.load(std::memory_order_relaxed);
    if (id == limits::kMaxNames) {
      std::terminate();
    }
    texts_.append(id, pool_.add(text));
    keep(id);
    index_.insert(short_hash(hash), id);
    count_.store(id + 1, std::memory_order_release);  // last: who counts a name can find it
    return id;
  }

  [[nodiscard]] std::string_view text(std::uint32_t id) const noexcept { return texts_[id].view(); }

  /// How many names there are; each of them can be found. Lock-free.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_.load(std::memory_order_acquire); }

  struct Statistics {
    std::size_t count;
    std::size_t bytes;
  };
  /// `beside()` is called under the lock, for the bytes of what the caller keeps.
  template <class Beside>
  [[nodiscard]] Statistics statistics(const Beside& beside) const noexcept {
    const std::scoped_lock lock(mutex_);
    return {count(), texts_.bytes() + pool_.bytes() + index_.bytes() + beside()};
  }

 private:
  static constexpr std::uint32_t short_hash(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32U);
  }

  InternIndex index_;
  detail::PagedArray<PooledText> texts_;
  mutable std::mutex mutex_;
  TextPool pool_;
  std::atomic<std::uint32_t> count_ = 0;
};

}  // namespace quis
