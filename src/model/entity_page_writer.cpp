#include "model/entity_page_writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "model/page_copy.hpp"

namespace quis {

EntityPageWriter::EntityPageWriter(const OwnedPage* before)
    : page_(before == nullptr ? std::make_shared<OwnedPage>() : std::make_shared<OwnedPage>(*before)) {}

void EntityPageWriter::set_attributes(EntityId entity, std::span<const Field> fields) {
  EntityRecord& record = at(entity);
  record.attributes =
      fields_over(record.attributes, fields, record.has_ancestors_near() ? std::span<Value>() : near_values(record));
}

void EntityPageWriter::set_tags(EntityId entity, std::span<const Field> fields) {
  EntityRecord& record = at(entity);
  record.tags =
      stored_record(fields_over(record.tags == nullptr ? RecordData{} : *record.tags, fields, {}), data_->values);
}

RecordData EntityPageWriter::fields_over(const RecordData& before, std::span<const Field> fields,
                                         std::span<Value> room) {
  std::vector<Field> written(fields.begin(), fields.end());
  std::size_t known_keys = 0;
  std::size_t known_values = 0;
  for (auto& [key, value] : written) {
    const Value* held = before.find(key);
    if (held != nullptr) ++known_keys;
    if (held != nullptr && *held == value) {
      value = *held;
      ++known_values;
    } else {
      value = data_->values.copy(value);
    }
  }
  const bool same_keys = known_keys == fields.size() && known_keys == before.size;
  if (!same_keys) return shapes_.make(written, data_->values, room).value();  // no key stands twice
  if (known_values == known_keys) return before;
  const std::span<Value> values = allocate_values(written.size(), data_->values, room);
  std::ranges::transform(written, values.begin(), &Field::second);
  return {before.size, before.keys, values.data()};
}

void EntityPageWriter::set_parents(EntityId entity, std::span<const EntityId> parents) {
  EntityRecord& record = at(entity);
  record.parents = parents_[parents_.intern(parents, data_->lists)].data();
  record.parent_count = static_cast<std::uint32_t>(parents.size());
}

void EntityPageWriter::set_version(EntityId entity, std::uint64_t version) noexcept {
  page_->versions[entity.value % EntityPage::kSize] = version;
}

EntityPageWriter::Finished EntityPageWriter::finish() {
  if (data_->values.bytes() + data_->lists.bytes() > 0) page_->sources.push_back(std::move(data_));
  // See `Entities::facts_of`.
  assert(std::ranges::all_of(page_->records, [](const EntityRecord& record) {
    return record.uid.valid() ||
           (record.attributes.size == 0 && record.tags == nullptr && record.ancestors.size() == 0);
  }));
  const std::size_t slots = page_->sources.size() > kMostSources ? PageCopy::gather(*page_) : 0;
  return {std::move(page_), slots};
}

}  // namespace quis
