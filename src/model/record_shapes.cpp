#include "model/record_shapes.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace quis {

const RecordData* stored_record(const RecordData& record, ValueArena& arena) {
  if (record.size == 0) return nullptr;
  return ::new (arena.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(record);
}

std::span<Value> allocate_values(std::size_t count, ValueArena& arena, std::span<Value> room) {
  if (count <= room.size()) return room.first(count);
  constexpr std::size_t kLine = 64;
  const std::size_t bytes = count * sizeof(Value);
  const bool few = 0 < bytes && bytes <= kLine;
  return {static_cast<Value*>(arena.allocate(bytes, few ? std::bit_ceil(bytes) : alignof(Value))), count};
}

tl::expected<RecordData, SymbolId> RecordShapes::make(std::span<Field> fields, ValueArena& arena,
                                                      std::span<Value> room) {
  std::ranges::sort(fields, {}, &Field::first);
  const auto twice = std::ranges::adjacent_find(fields, {}, &Field::first);
  if (twice != fields.end()) return tl::unexpected(twice->first);
  if (fields.empty()) return RecordData{};

  // Records of more keys than this are rare enough for an allocation of their own.
  constexpr std::size_t kFewKeys = 32;
  SymbolId few[kFewKeys];
  std::vector<SymbolId> many;
  std::span<SymbolId> keys(few, std::min(fields.size(), kFewKeys));
  if (fields.size() > kFewKeys) {
    many.resize(fields.size());
    keys = many;
  }
  std::ranges::transform(fields, keys.begin(), &Field::first);
  const std::span<Value> values = allocate_values(fields.size(), arena, room);
  std::ranges::transform(fields, values.begin(), &Field::second);
  return RecordData{static_cast<std::uint32_t>(fields.size()), keys_[keys_.intern(keys, arena)].data(), values.data()};
}

}  // namespace quis
