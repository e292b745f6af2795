#include "model/entities_assembly.hpp"

#include <new>
#include <utility>

namespace quis {

const EntityRecord* EntitiesAssembly::find(EntityId entity) const noexcept {
  const std::size_t number = entity.value / EntityPage::kSize;
  if (number >= pages_.size() || pages_[number] == nullptr) return nullptr;
  const EntityRecord& record = pages_[number]->records[entity.value % EntityPage::kSize];
  return record.uid.valid() ? &record : nullptr;
}

void EntitiesAssembly::place(EntityId entity, const RecordData& attributes, const RecordData& tags,
                             std::uint32_t parents) {
  const std::size_t number = entity.value / EntityPage::kSize;
  if (number >= pages_.size()) pages_.resize(number + 1);
  std::shared_ptr<OwnedPage>& page = pages_[number];
  if (page == nullptr) {
    page = std::make_shared<OwnedPage>();
    page->sources.push_back(data_);
  }
  EntityRecord& record = page->records[entity.value % EntityPage::kSize];
  record.uid = entity;
  record.attributes = attributes;
  if (tags.size > 0) {
    record.tags = ::new (data_->values.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(tags);
  }
  closure_.add(entity, parents);
  record.parents = closure_.parents(parents).data();
  record.parent_count = static_cast<std::uint32_t>(closure_.parents(parents).size());
  ++count_;
}

Result<Entities> EntitiesAssembly::finish() {
  if (auto closed = closure_.close(); !closed) return tl::unexpected(std::move(closed.error()));
  const auto storage = std::make_shared<EntitiesStorage>();
  storage->count = count_;
  storage->ancestry_slots = closure_.slots();
  storage->page_table.reserve(pages_.size());
  for (std::size_t number = 0; number < pages_.size(); ++number) {
    if (pages_[number] == nullptr) continue;
    for (EntityRecord& record : pages_[number]->records) {
      if (record.uid.valid()) record.ancestors = closure_.ancestors(closure_.list_of(record.uid));
    }
    storage->set_page(number, std::move(pages_[number]));
  }
  return Entities(storage);
}

}  // namespace quis
