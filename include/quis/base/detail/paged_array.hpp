#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace quis::detail {

/// Memory for a page of an array, on large pages of the system when it is large itself.
[[nodiscard]] void* allocate_array_page(std::size_t bytes);

/// An append-only array whose elements never move, so that readers need no lock. Each page is twice as long as the one
/// before: the table of pages is then a few words, and reading an element is a bit count and two loads.
///
/// Thread safety: one writer at a time. A thread may read an element once it learned of its index from a thread that
/// knew it. Never frees: for tables that live as long as the process.
template <class T>
class PagedArray {
 public:
  constexpr PagedArray() noexcept = default;
  PagedArray(const PagedArray&) = delete;
  PagedArray& operator=(const PagedArray&) = delete;

  /// REQUIRES: the index was written.
  [[nodiscard]] const T& operator[](std::uint32_t index) const noexcept {
    const Place place = place_of(index);
    return pages_[place.page].load(std::memory_order_acquire)[place.offset];
  }

  /// Writes the next element. REQUIRES: indices are appended in order from 0.
  void append(std::uint32_t index, const T& element) {
    const Place place = place_of(index);
    T* page = pages_[place.page].load(std::memory_order_relaxed);
    if (page == nullptr) {
      const std::size_t bytes = (sizeof(T) * kFirstPage) << place.page;
      page = static_cast<T*>(allocate_array_page(bytes));
      pages_[place.page].store(page, std::memory_order_release);
      bytes_ += bytes;
    }
    std::construct_at(page + place.offset, element);
  }

  /// Memory held. REQUIRES: no writer.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::uint32_t kFirstPage = 1024;
  static constexpr std::uint32_t kPages = 22;  // 1024 * (2^22 - 1) elements, more than ids can name

  struct Place {
    std::uint32_t page;
    std::uint32_t offset;
  };
  [[nodiscard]] static constexpr Place place_of(std::uint32_t index) noexcept {
    const std::uint32_t biased = index + kFirstPage;
    const auto page = static_cast<std::uint32_t>(std::bit_width(biased / kFirstPage | 1U)) - 1;
    return {page, biased - (kFirstPage << page)};
  }

  std::atomic<T*> pages_[kPages] = {};
  std::size_t bytes_ = 0;
};

}  // namespace quis::detail
