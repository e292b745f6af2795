#include <quis/model/entities.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "model/entities_storage.hpp"

namespace quis {

std::size_t EntityData::value_bytes() const noexcept {
  std::size_t bytes = values.bytes() + borrowed_bytes;
  for (const ValueArena& arena : more_values) bytes += arena.bytes();
  return bytes;
}

void EntitiesStorage::set_page(std::size_t number, std::shared_ptr<const OwnedPage> page) {
  if (number >= page_table.size()) {
    page_table.resize(number + 1);
    chunks.resize(number / kChunkPages + 1);
  }
  std::shared_ptr<Chunk>& chunk = chunks[number / kChunkPages];
  if (chunk == nullptr) {
    chunk = std::make_shared<Chunk>();
  } else if (chunk.use_count() > 1) {
    // Whoever else counts may stop at any time, but nobody starts: only the writer copies a storage.
    chunk = std::make_shared<Chunk>(*chunk);
  }
  page_table[number] = page.get();
  (*chunk)[number % kChunkPages] = std::move(page);
}

Entities::Entities() {
  static const std::shared_ptr<const EntitiesStorage> empty = std::make_shared<EntitiesStorage>();
  storage_ = empty;
}

Entities::Entities(std::shared_ptr<const EntitiesStorage> storage) noexcept
    : storage_(std::move(storage)),
      pages_(storage_->page_table.data()),
      page_count_(static_cast<std::uint32_t>(storage_->page_table.size())) {}

std::size_t Entities::size() const noexcept { return storage_->count; }

EntitiesStatistics Entities::statistics() const {
  EntitiesStatistics statistics;
  statistics.entities = storage_->count;
  statistics.record_bytes = storage_->page_table.capacity() * sizeof(void*) +
                            storage_->chunks.capacity() * sizeof(std::shared_ptr<EntitiesStorage::Chunk>);
  for (const auto& chunk : storage_->chunks) {
    if (chunk != nullptr) statistics.record_bytes += sizeof(EntitiesStorage::Chunk);
  }
  std::unordered_set<const EntityData*> seen;
  for (std::size_t number = 0; number < storage_->page_table.size(); ++number) {
    const OwnedPage* page = storage_->page(number);
    if (page == nullptr) continue;
    statistics.record_bytes += sizeof(OwnedPage) + page->sources.capacity() * sizeof(page->sources[0]);
    statistics.value_bytes += page->columns.bytes();
    for (const auto& source : page->sources) {
      if (!seen.insert(source.get()).second) continue;
      statistics.value_bytes += source->value_bytes();
      statistics.ancestor_bytes += source->lists.bytes();
    }
  }
  return statistics;
}

void Entities::for_each(const std::function<void(const EntityRecord&)>& visit) const {
  for (const EntityPage* page : storage_->page_table) {
    if (page == nullptr) continue;
    for (const EntityRecord& record : page->records) {
      if (record.uid.valid()) visit(record);
    }
  }
}

void Entities::sample(std::size_t most, const std::function<void(const EntityRecord&)>& visit) const {
  const auto& table = storage_->page_table;
  const auto pages = static_cast<std::size_t>(std::ranges::count_if(table, [](const auto* page) { return page; }));
  const std::size_t step = std::max<std::size_t>(pages * EntityPage::kSize / std::max<std::size_t>(most, 1), 1);
  std::size_t skip = 0;  // records to pass by before the next
  for (const EntityPage* page : table) {
    if (page == nullptr) continue;
    for (; skip < EntityPage::kSize && most != 0; skip += step) {
      if (!page->records[skip].uid.valid()) continue;
      visit(page->records[skip]);
      --most;
    }
    skip -= std::min<std::size_t>(skip, EntityPage::kSize);
  }
}

}  // namespace quis
