#pragma once

#include <cstddef>

namespace quis {

/// The size of a large page where the system has them, and a good size of a block elsewhere.
inline constexpr std::size_t kLargePage = std::size_t{2} << 20U;

/// Uninitialised memory that begins at a multiple of `kLargePage`, on large pages if the system can give them: what is
/// read at random is then found without a second miss for its address. Pages that nobody touches cost nothing. Throws
/// `std::bad_alloc`. Free with `free_large`.
[[nodiscard]] void* allocate_large(std::size_t bytes);
void free_large(void* memory) noexcept;

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
