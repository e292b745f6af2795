#include "model/page_copy.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <span>

#include "model/ancestor_lists.hpp"

namespace quis {

std::size_t PageCopy::gather(OwnedPage& page) {
  const auto data = std::make_shared<EntityData>();
  PageCopy copy(*data);
  for (EntityRecord& record : page.records) {
    if (record.uid.valid()) record = copy.copy(record);
  }
  page.sources.assign(1, data);
  return copy.slots_;
}

EntityRecord PageCopy::copy(const EntityRecord& record) {
  EntityRecord copied = record;
  copied.attributes = copy(record.attributes, record.has_values_near() ? near_values(copied) : std::span<Value>());
  if (record.tags != nullptr) copied.tags = stored_record(copy(*record.tags, {}), data_.values);
  copied.parents = parents_[parents_.intern(record.direct_parents(), data_.lists)].data();
  if (!record.has_ancestors_near()) copied.ancestors = copy(record.ancestors);
  return copied;
}

RecordData PageCopy::copy(const RecordData& record, std::span<Value> room) {
  if (record.size == 0) return {};
  const std::uint32_t keys = keys_.intern({record.keys, record.size}, data_.values);
  const std::span<Value> values = allocate_values(record.size, data_.values, room);
  std::ranges::transform(record.values, record.values + record.size, values.begin(),
                         [this](const Value& v) { return copy(v); });
  return {record.size, keys_[keys].data(), values.data()};
}

// Recursion is as deep as values nest, which their readers bound.
Value PageCopy::copy(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::set: {
      const SetData& set = value.as_set();
      const std::span<Value> elements = data_.values.allocate_array<Value>(set.size);
      std::ranges::transform(set.span(), elements.begin(), [this](const Value& v) { return copy(v); });
      return data_.values.set_over(elements);
    }
    case Value::Kind::record: {
      void* const place = data_.values.allocate(sizeof(RecordData), alignof(RecordData));
      return Value::record(::new (place) RecordData(copy(value.as_record(), {})));
    }
    default: return data_.values.copy(value);
  }
}

AncestorSet PageCopy::copy(const AncestorSet& ancestors) {
  if (ancestors.size() == 0) return {};
  const EntityId*& copied = ancestors_[ancestors.slots().data()];
  if (copied == nullptr) {
    const std::span<EntityId> slots = allocate_ancestor_slots(ancestors.slots().size(), data_.lists);
    std::ranges::copy(ancestors.slots(), slots.begin());
    copied = slots.data();
    slots_ += slots.size();
  }
  return ancestors.over(copied);
}

}  // namespace quis
