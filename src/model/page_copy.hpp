#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "model/entities_storage.hpp"
#include "model/id_lists.hpp"
#include "model/record_shapes.hpp"

namespace quis {

/// Moves what the records of a page point to from wherever it is to one place of its own.
class PageCopy {
 public:
  /// Replaces the page's sources. What records share, of keys and lists, they go on sharing. Returns the slots of the
  /// ancestor lists that were copied.
  static std::size_t gather(OwnedPage& page);

 private:
  explicit PageCopy(EntityData& data) noexcept : data_(data) {}

  [[nodiscard]] EntityRecord copy(const EntityRecord& record);
  /// The values go to `room` if it is large enough, else with everything else.
  [[nodiscard]] RecordData copy(const RecordData& record, std::span<Value> room);
  [[nodiscard]] Value copy(const Value& value);
  [[nodiscard]] AncestorSet copy(const AncestorSet& ancestors);

  EntityData& data_;
  IdLists<SymbolId> keys_;
  IdLists<EntityId> parents_;
  std::unordered_map<const EntityId*, const EntityId*> ancestors_;  // slots, from where they were to where they are
  std::size_t slots_ = 0;
};

}  // namespace quis
