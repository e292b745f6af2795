#include "base/large_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <quis/base/detail/paged_array.hpp>

namespace quis {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kSmallestBlock = std::size_t{64} << 10U;

}  // namespace

void* allocate_large(std::size_t bytes) {
  void* const memory = ::operator new (bytes, std::align_val_t{kLargePage});
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  (void)::madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);  // a wish
#endif
  return memory;
}

void free_large(void* memory) noexcept { ::operator delete (memory, std::align_val_t{kLargePage}); }

void* LastingMemory::take(std::size_t bytes, std::size_t alignment) {
  const std::size_t skip = static_cast<std::size_t>(-reinterpret_cast<std::uintptr_t>(next_)) & (alignment - 1);
  if (skip <= left_ && bytes <= left_ - skip) {
    std::byte* const taken = next_ + skip;
    next_ = taken + bytes;
    left_ -= skip + bytes;
    return taken;
  }
  const std::size_t block = std::clamp(held_, kSmallestBlock, kLargePage);
  if (bytes > block / 8) {  // its own, so that the rest of the block is not wasted
    void* const own = ::operator new (bytes, std::align_val_t{kLine});
    held_ += bytes;
    return own;
  }
  next_ = static_cast<std::byte*>(block == kLargePage ? allocate_large(block)
                                                      : ::operator new (block, std::align_val_t{kLine}));
  left_ = block;
  held_ += block;
  return take(bytes, alignment);
}

void* detail::allocate_array_page(std::size_t bytes) {
  return bytes >= kLargePage ? allocate_large(bytes) : ::operator new(bytes);
}

}  // namespace quis
