#include <quis/model/entities.hpp>

#include "model/entities_storage.hpp"

namespace quis {

Entities::Entities() {
  static const std::shared_ptr<const Storage> empty = std::make_shared<Storage>();
  storage_ = empty;
}

std::size_t Entities::size() const noexcept { return storage_->count; }

EntitiesStatistics Entities::statistics() const noexcept {
  const std::size_t page_table = storage_->page_table.capacity() * sizeof(void*);
  return {storage_->count, storage_->records.bytes() + page_table, storage_->lists.bytes(), storage_->values.bytes()};
}

void Entities::for_each(const std::function<void(const EntityRecord&)>& visit) const {
  for (const EntityRecord* page : storage_->page_table) {
    if (page == nullptr) continue;
    for (std::uint32_t slot = 0; slot < kPageSize; ++slot) {
      if (page[slot].uid.valid()) visit(page[slot]);
    }
  }
}

}  // namespace quis
