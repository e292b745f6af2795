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

LargeBlock::LargeBlock(std::size_t bytes) {
  const bool is_large = bytes >= kLargePage;
  void* const memory = is_large ? allocate_large(bytes) : ::operator new (bytes, std::align_val_t{kLine});
  memory_ = {static_cast<std::byte*>(memory), detail::FreeBlock{is_large}};
}

void detail::FreeBlock::operator()(std::byte* memory) const noexcept {
  is_large ? free_large(memory) : ::operator delete (memory, std::align_val_t{kLine});
}

void* LastingMemory::take(std::size_t bytes, std::size_t alignment) {
  const std::size_t skip = static_cast<std::size_t>(-reinterpret_cast<std::uintptr_t>(next_)) & (alignment - 1);
  if (skip <= left_ && bytes <= left_ - skip) {
    std::byte* const taken = next_ + skip;
    next_ = taken + bytes;
    left_ -= skip + bytes;
    return taken;
  }
  const std::size_t block = std::clamp(held_, kSmallestBlock, kLargePage);
  if (bytes > block / 8)
    return new_block(bytes + kLine, bytes >= kLargePage);  // so that the rest of the block is not wasted
  next_ = new_block(block, block == kLargePage);
  left_ = block - kLine;
  return take(bytes, alignment);
}

/// A block begins with a line that leads to the one before. Nothing reads it: memory that is never given back is no
/// leak to those who look for leaks as long as something leads to it.
std::byte* LastingMemory::new_block(std::size_t bytes, bool is_large) {
  void* const memory = is_large ? allocate_large(bytes) : ::operator new (bytes, std::align_val_t{kLine});
  ::new (memory) void*(blocks_);
  blocks_ = memory;
  held_ += bytes;
  return static_cast<std::byte*>(memory) + kLine;
}

void* detail::allocate_array_page(std::size_t bytes) {
  return bytes >= kLargePage ? allocate_large(bytes) : ::operator new(bytes);
}

}  // namespace quis
