#include "engine/same_entities.hpp"

#include <algorithm>
#include <vector>

namespace quis {
namespace {

void sort_unique(std::vector<EntityId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

bool same_record(const RecordData* a, const RecordData* b) {
  const auto value = [](const RecordData* data) {
    return data != nullptr ? Value::record(data) : Value::empty_record();
  };
  return value(a) == value(b);
}

bool same_parents(const EntityRecord& a, const EntityRecord& b) {
  std::vector<EntityId> left(a.direct_parents().begin(), a.direct_parents().end());
  std::vector<EntityId> right(b.direct_parents().begin(), b.direct_parents().end());
  sort_unique(left);
  sort_unique(right);
  return left == right;
}

}  // namespace

bool same_entities(const Entities& a, const Entities& b) {
  if (a.size() != b.size()) return false;
  bool same = true;
  a.for_each([&](const EntityRecord& record) {
    if (!same) return;
    const EntityRecord* other = b.find(record.uid);
    same = other != nullptr && same_record(&record.attributes, &other->attributes) &&
           same_record(record.tags, other->tags) && same_parents(record, *other);
  });
  return same;
}

}  // namespace quis
