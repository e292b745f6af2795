#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "base/large_memory.hpp"

#include "model/entities_storage.hpp"

namespace quis {

/// Where the pages of a new store lie: when there are many, in blocks of some fifty on large pages of the system,
/// so that a record among millions is found without a second miss for its address.
///
/// A block lives as long as one of its pages. So a store whose pages are replaced one by one may hold on to what it was
/// built with, and never to more.
class PageMemory {
 public:
  [[nodiscard]] std::shared_ptr<OwnedPage> make_page() {
    if (++pages_ <= kFew) return std::make_shared<OwnedPage>();
    if (block_ == nullptr || kLargePage - block_->used < kPageAndCounts) block_ = std::make_shared<Block>();
    return std::allocate_shared<OwnedPage>(Allocator<OwnedPage>(block_));
  }

 private:
  static constexpr std::size_t kFew = 16;
  static constexpr std::size_t kPageAndCounts = sizeof(OwnedPage) + 4 * alignof(OwnedPage);

  struct Block {
    Block() : memory(static_cast<std::byte*>(allocate_large(kLargePage))) {}
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() { free_large(memory); }

    std::byte* memory;
    std::size_t used = 0;
  };

  /// A copy stays with each page, and holds on to the block.
  template <class T>
  struct Allocator {
    using value_type = T;

    explicit Allocator(std::shared_ptr<Block> from) noexcept : block(std::move(from)) {}
    template <class U>
    Allocator(const Allocator<U>& other) noexcept : block(other.block) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t count) {
      static_assert(sizeof(T) <= kPageAndCounts);
      void* at = block->memory + block->used;
      std::size_t left = kLargePage - block->used;
      if (std::align(alignof(T), count * sizeof(T), at, left) == nullptr) throw std::bad_alloc();
      block->used = kLargePage - left + count * sizeof(T);
      return static_cast<T*>(at);
    }
    void deallocate(T*, std::size_t) noexcept {}
    template <class U>
    friend bool operator==(const Allocator& a, const Allocator<U>& b) noexcept {
      return a.block == b.block;
    }

    std::shared_ptr<Block> block;
  };

  std::shared_ptr<Block> block_;
  std::size_t pages_ = 0;
};

}  // namespace quis
