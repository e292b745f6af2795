#pragma once

#include <cstddef>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

#include "model/sparse_array.hpp"

namespace quis {

/// Everything an entity store owns. Filled by the builder, never changed afterwards.
struct Entities::Storage {
  static_assert(SparseArray<EntityRecord>::kPageSize == kPageSize);

  SparseArray<EntityRecord> records;            // by id
  std::vector<const EntityRecord*> page_table;  // what `find` reads: the pages of `records`
  std::size_t count = 0;
  ValueArena values;  // attributes and tags
  ValueArena lists;   // parents and ancestors
};

}  // namespace quis
