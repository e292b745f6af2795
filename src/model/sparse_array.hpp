#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace quis {

/// An array indexed by dense ids of which only some are used: pages come into being when something in them is written.
///
/// One vocabulary serves every entity store of the process, so the ids of a small store may lie anywhere; it pays for
/// the pages it touches and for one pointer for each page before them.
template <class Element>
class SparseArray {
 public:
  static constexpr std::uint32_t kPageSize = 256;

  /// Null when the page was never written.
  [[nodiscard]] const Element* find(std::uint32_t index) const noexcept {
    const std::size_t page = index / kPageSize;
    if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
    return &pages_[page][index % kPageSize];
  }

  /// Allocates the page if it is new, with its elements value-initialised. Elements never move.
  [[nodiscard]] Element& at(std::uint32_t index) {
    const std::size_t page = index / kPageSize;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (pages_[page] == nullptr) pages_[page] = std::make_unique<Element[]>(kPageSize);
    return pages_[page][index % kPageSize];
  }

 private:
  std::vector<std::unique_ptr<Element[]>> pages_;
};

}  // namespace quis
