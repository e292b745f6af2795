#pragma once

#include <cstdint>

#include <quis/base/ids.hpp>

#include "model/sparse_array.hpp"

namespace quis {

/// A set of entities that is emptied in constant time, for walks that must not visit anything twice.
class EntityMarks {
 public:
  void clear() {
    if (++stamp_ == 0) *this = EntityMarks();
  }

  /// True when it was not marked since `clear`.
  [[nodiscard]] bool mark(EntityId entity) {
    std::uint32_t& mark = marks_.at(entity.value);
    if (mark == stamp_) return false;
    mark = stamp_;
    return true;
  }

 private:
  SparseArray<std::uint32_t> marks_;
  std::uint32_t stamp_ = 1;
};

}  // namespace quis
