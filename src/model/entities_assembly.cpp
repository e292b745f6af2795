#include "model/entities_assembly.hpp"

#include <algorithm>
#include <utility>

#include "base/parallel.hpp"

namespace quis {

const EntityRecord* EntitiesAssembly::find(EntityId entity) const noexcept {
  const std::size_t number = entity.value / EntityPage::kSize;
  if (number >= pages_.size() || pages_[number] == nullptr) return nullptr;
  const EntityRecord& record = pages_[number]->records[entity.value % EntityPage::kSize];
  return record.uid.valid() ? &record : nullptr;
}

EntityRecord& EntitiesAssembly::place(EntityId entity, std::uint32_t parents) {
  const std::size_t number = entity.value / EntityPage::kSize;
  if (number >= pages_.size()) pages_.resize(number + 1);
  std::shared_ptr<OwnedPage>& page = pages_[number];
  if (page == nullptr) {
    page = memory_.make_page();
    page->sources.push_back(data_);
  }
  EntityRecord& record = page->records[entity.value % EntityPage::kSize];
  record.uid = entity;
  closure_.add(entity, parents);
  record.parents = closure_.parents(parents).data();
  record.parent_count = static_cast<std::uint32_t>(closure_.parents(parents).size());
  ++count_;
  return record;
}

Entities EntitiesAssembly::finish() {
  const auto storage = std::make_shared<EntitiesStorage>();
  storage->count = count_;
  storage->ancestry_slots = closure_.slots();
  storage->page_table.reserve(pages_.size());
  constexpr std::size_t kShare = 128;  // pages, worth a thread
  in_parallel((pages_.size() + kShare - 1) / kShare, [&](std::size_t share) {
    const std::size_t end = std::min(pages_.size(), (share + 1) * kShare);
    for (std::size_t number = share * kShare; number < end; ++number) {
      if (pages_[number] == nullptr) continue;
      for (EntityRecord& record : pages_[number]->records) {
        if (record.uid.valid()) record.ancestors = closure_.ancestors(closure_.list_of(record.uid));
      }
    }
  });
  for (std::size_t number = 0; number < pages_.size(); ++number) {
    if (pages_[number] != nullptr) storage->set_page(number, std::move(pages_[number]));
  }
  return Entities(storage);
}

}  // namespace quis
