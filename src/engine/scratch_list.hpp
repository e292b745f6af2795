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
    if (size_ == capacity_) [[unlikely]]
      grow();
    data_[size_++] = element;
  }
  void clear() noexcept { size_ = 0; }

  [[nodiscard]] std::span<T> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const noexcept { return {data_, size_}; }

 private:
  [[gnu::noinline, gnu::cold]] void grow() {
    thread_local std::vector<T> kept;
    const bool is_inline = data_ == reinterpret_cast<T*>(inline_);
    if (kept.size() < std::size_t{size_} * 2) kept.resize(std::size_t{size_} * 2);
    if (is_inline) std::copy_n(data_, size_, kept.data());
    data_ = kept.data();
    capacity_ = static_cast<std::uint32_t>(kept.size());
  }

  T* data_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = kInline;
  alignas(T) std::byte inline_[kInline * sizeof(T)];  // deliberately not initialised
};

}  // namespace quis
