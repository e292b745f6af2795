#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace quis {

/// A list that lives on the stack for the time of one decision. `kInline` elements need no memory; more move into a
/// buffer that the thread keeps, one for each `Owner`, so that only the largest decision of a thread allocates.
///
/// REQUIRES: one list of an owner in use on a thread at a time.
template <class T, std::uint32_t kInline, class Owner>
class ScratchList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  ScratchList() noexcept : data_(reinterpret_cast<T*>(inline_)) {}
  ScratchList(const ScratchList&) = delete;
  ScratchList& operator=(const ScratchList&) = delete;

  void add(const T& element) {
    *room(1) = element;
    ++size_;
  }
  /// Room for so many more behind the last, for who writes several: then `take` says how many they were.
  [[nodiscard]] T* room(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(size_ + count);
    return data_ + size_;
  }
  void take(const T* end) noexcept { size_ = static_cast<std::size_t>(end - data_); }
  void clear() noexcept { size_ = 0; }

  [[nodiscard]] std::span<T> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const noexcept { return {data_, size_}; }

 private:
  [[gnu::noinline, gnu::cold]] void grow(std::size_t needed) {
    thread_local std::vector<T> kept;
    const bool is_inline = data_ == reinterpret_cast<T*>(inline_);
    if (kept.size() < needed) kept.resize(needed * 2);
    if (is_inline) std::copy_n(data_, size_, kept.data());
    data_ = kept.data();
    capacity_ = kept.size();
  }

  T* data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = kInline;
  alignas(T) std::byte inline_[kInline * sizeof(T)];  // deliberately not initialised
};

}  // namespace quis
