#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include <quis/base/limits.hpp>

#include "base/hash.hpp"
#include "base/hash_order.hpp"
#include "base/intern_index.hpp"
#include "base/name_cells.hpp"
#include "base/parallel.hpp"

namespace quis {

/// Names and their ids, 0, 1, 2… in order of arrival. What else belongs to a name is the caller's, who keeps it in an
/// array beside this table.
///
/// Thread safety: everything from any thread; finding and reading take no lock. Never frees.
class InternTable {
 public:
  constexpr InternTable() noexcept = default;

  [[nodiscard]] std::uint32_t find(const Name& name) const noexcept {
    // Nine of ten names stand where their hashes say; if they are short too, they are found without a loop or a call.
    const detail::HashKey* const key = detail::process_key.load(std::memory_order_acquire);
    if (key != nullptr && name.text.size() <= TextTail::kSize) [[likely]] {
      const std::uint32_t id = index_.first_with(hash_of(*key, name));
      if (id != InternIndex::kAbsent && cells_[id].holds_short(name)) [[likely]] {
        return id;
      }
    }
    return find_at_length(name.beside, name.text);
  }

  /// Calls `found(i, id)` for each i below `count` with the id of `name(i)`, or `kAbsent`. Sends for what several names
  /// need before it looks at one of them.
  template <class NameOf, class Found>
  void find_each(std::size_t count, const NameOf& name, const Found& found) const noexcept {
    std::array<std::uint32_t, kAtOnce> hashes;
    for (std::size_t begin = 0; begin < count; begin += kAtOnce) {
      const std::size_t some = std::min(kAtOnce, count - begin);
      for (std::size_t i = 0; i < some; ++i) hashes[i] = hash_of(name(begin + i));
      const auto name_here = [&](std::size_t i) { return name(begin + i); };
      find_some(std::span(hashes).first(some), name_here,
                [&](std::size_t i, std::uint32_t id) { found(begin + i, id); });
    }
  }

  /// `keep(id)` stores what the caller keeps beside a new name, before anyone can find it.
  template <class Keep>
  [[nodiscard]] std::uint32_t intern(const Name& name, const Keep& keep) noexcept {
    const std::uint32_t hash = hash_of(name);
    if (const std::uint32_t known = find(hash, name); known != InternIndex::kAbsent) {
      return known;
    }
    const std::scoped_lock lock(mutex_);
    if (const std::uint32_t known = find(hash, name); known != InternIndex::kAbsent) {
      return known;
    }
    const std::uint32_t id = count_.load(std::memory_order_relaxed);
    add(id, name, keep);
    index_.insert(hash, id);
    count_.store(id + 1, std::memory_order_release);  // last: who counts a name can find it
    return id;
  }

  /// Interns `name(i)` for each i below `ids.size()`, in this order; `ids[i]` becomes its id. `keep(id, i)` is
  /// as above.
  template <class NameOf, class Keep>
  void intern_each(const NameOf& name, std::span<std::uint32_t> ids, const Keep& keep) noexcept {
    std::vector<std::uint32_t> hashes(ids.size());
    const std::scoped_lock lock(mutex_);
    in_parallel((ids.size() + kShare - 1) / kShare, [&](std::size_t share) {
      const std::size_t end = std::min(ids.size(), (share + 1) * kShare);
      for (std::size_t begin = share * kShare; begin < end; begin += kAtOnce) {
        const auto some = std::span(hashes).subspan(begin, std::min(kAtOnce, end - begin));
        for (std::size_t i = 0; i < some.size(); ++i) some[i] = hash_of(name(begin + i));
        const auto name_here = [&](std::size_t i) { return name(begin + i); };
        find_some(some, name_here, [&](std::size_t i, std::uint32_t id) { ids[begin + i] = id; });
      }
    });
    const std::uint32_t first = count_.load(std::memory_order_relaxed);
    std::uint32_t next = first;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != InternIndex::kAbsent) continue;
      add(next, name(i), [&](std::uint32_t id) { keep(id, i); });
      ids[i] = next++;
    }
    if (next == first) return;
    index_.reserve(next);
    HashOrder(hashes).for_each([&](std::uint32_t hash, std::uint32_t i) {
      if (ids[i] < first) return;
      // When a name stands twice, nobody will find the id that was meant for the second.
      ids[i] = index_.find_or_insert(hash, ids[i], [&](std::uint32_t id) { return cells_[id].holds(name(i)); });
    });
    count_.store(next, std::memory_order_release);
  }

  [[nodiscard]] std::string_view text(std::uint32_t id) const noexcept { return cells_[id].text(); }

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
    return {count(), cells_.bytes(count()) + index_.bytes() + beside()};
  }

 private:
  static constexpr std::size_t kAtOnce = 16;
  static constexpr std::size_t kShare = std::size_t{1} << 14U;  // names, worth a thread

  [[nodiscard]] static std::uint32_t hash_of(const detail::HashKey& key, const Name& name) noexcept {
    return static_cast<std::uint32_t>(detail::hash_with(key, name.text, name.tail, name.beside) >> 32U);
  }
  [[nodiscard]] static std::uint32_t hash_of(const Name& name) noexcept { return hash_of(detail::hash_key(), name); }
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, const Name& name) const noexcept {
    return index_.find(hash, [&](std::uint32_t id) { return cells_[id].holds(name); });
  }
  // By value, so that who looks for a short name need not put it into memory.
  [[nodiscard, gnu::noinline]] std::uint32_t find_at_length(std::uint32_t beside,
                                                            std::string_view text) const noexcept {
    const Name name(beside, text);
    return find(hash_of(name), name);
  }
  /// As `find_each`, for a few names whose hashes are known.
  template <class NameOf, class Found>
  void find_some(std::span<const std::uint32_t> hashes, const NameOf& name, const Found& found) const noexcept {
    for (const std::uint32_t hash : hashes) index_.prefetch(hash);
    for (const std::uint32_t hash : hashes) {
      if (const std::uint32_t id = index_.first_with(hash); id != InternIndex::kAbsent) cells_.prefetch(id);
    }
    for (std::size_t i = 0; i < hashes.size(); ++i) found(i, find(hashes[i], name(i)));
  }
  template <class Keep>
  void add(std::uint32_t id, const Name& name, const Keep& keep) {
    if (id == limits::kMaxNames) {
      std::terminate();
    }
    cells_.add(id, name);
    keep(id);
  }

  InternIndex index_;
  NameCells cells_;
  mutable std::mutex mutex_;
  std::atomic<std::uint32_t> count_ = 0;
};

}  // namespace quis
