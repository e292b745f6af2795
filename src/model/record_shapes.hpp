#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include <tl/expected.hpp>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

#include "model/id_lists.hpp"

namespace quis {

/// One field of a record that is being made.
using Field = std::pair<SymbolId, Value>;

/// The record itself in `arena`, as tags are kept; null when it has no fields.
[[nodiscard]] const RecordData* stored_record(const RecordData& record, ValueArena& arena);

/// Room for the values of a record: `room` if it is large enough, else `arena`'s. There few never lie across two cache
/// lines: among millions of entities the second would be one more to wait for.
[[nodiscard]] std::span<Value> allocate_values(std::size_t count, ValueArena& arena, std::span<Value> room = {});

/// Room for few values in the record's second line. REQUIRES: no ancestors lie there.
[[nodiscard]] inline std::span<Value> near_values(EntityRecord& record) noexcept {
  return {reinterpret_cast<Value*>(record.near), EntityRecord::kNearValues};
}

/// Makes records whose key arrays are shared by all records that have the same keys.
class RecordShapes {
 public:
  /// Sorts `fields`. Keys and values go to `arena`, always the same one for one object of this class; values to `room`
  /// instead when it is large enough. The error is a key that stands twice.
  [[nodiscard]] tl::expected<RecordData, SymbolId> make(std::span<Field> fields, ValueArena& arena,
                                                        std::span<Value> room = {});

 private:
  IdLists<SymbolId> keys_;
};

}  // namespace quis
