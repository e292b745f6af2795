#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace quis {

/// The size of a large page where the system has them, and a good size of a block elsewhere.
inline constexpr std::size_t kLargePage = std::size_t{2} << 20U;

/// Uninitialised memory that begins at a multiple of `kLargePage`, on large pages if the system can give them: what is
/// read at random is then found without a second miss for its address. Pages that nobody touches cost nothing. Throws
/// `std::bad_alloc`. Free with `free_large`.
[[nodiscard]] void* allocate_large(std::size_t bytes);
void free_large(void* memory) noexcept;

namespace detail {
struct FreeBlock {
  bool is_large = false;  ///< by which of the two it was allocated
  void operator()(std::byte* memory) const noexcept;
};
}  // namespace detail

/// Arrays in one block, which is on large pages if there is much of them: many small tables that are read at random are
/// found without a second miss. Movable; the arrays stay where they are.
class LargeBlock {
 public:
  LargeBlock() noexcept = default;
  /// Room for arrays of so many bytes in all, each rounded up to whole cache lines. Throws `std::bad_alloc`.
  explicit LargeBlock(std::size_t bytes);

  [[nodiscard]] static constexpr std::size_t rounded(std::size_t bytes) noexcept {
    return (bytes + 63) & ~std::size_t{63};
  }
  /// A copy of the array. REQUIRES: there is room.
  template <class T>
  [[nodiscard]] const T* copy_of(std::span<const T> array) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 64);
    T* const place = reinterpret_cast<T*>(memory_.get() + used_);
    std::uninitialized_copy(array.begin(), array.end(), place);
    used_ += rounded(array.size_bytes());
    return place;
  }

 private:
  std::unique_ptr<std::byte[], detail::FreeBlock> memory_;
  std::size_t used_ = 0;
};

/// Memory that is never given back, in blocks that grow with what was taken. One writer at a time.
class LastingMemory {
 public:
  constexpr LastingMemory() noexcept = default;

  /// Uninitialised. `alignment` is at most that of a cache line.
  [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment);
  /// Held from the system.
  [[nodiscard]] std::size_t bytes() const noexcept { return held_; }

 private:
  std::byte* new_block(std::size_t bytes, bool is_large);

  void* blocks_ = nullptr;  // the last
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t held_ = 0;
};

}  // namespace quis
