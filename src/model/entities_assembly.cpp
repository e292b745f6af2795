#include "model/entities_assembly.hpp"

#include <algorithm>
#include <utility>

#include "base/parallel.hpp"

#include "model/ancestor_lists.hpp"

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
    auto made = memory_.make_page();
    made->sources.push_back(data_);
    page = std::move(made);
  }
  closure_.add(entity, parents);  // before the entity is there: if memory runs out it is not
  EntityRecord& record = page->records[entity.value % EntityPage::kSize];
  record.uid = entity;
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
  const std::size_t shares = (pages_.size() + kShare - 1) / kShare;
  std::vector<ValueArena> moved(shares);  // values that gave way to ancestors
  in_parallel(shares, [&](std::size_t share) {
    const std::size_t end = std::min(pages_.size(), (share + 1) * kShare);
    for (std::size_t number = share * kShare; number < end; ++number) {
      if (pages_[number] == nullptr) continue;
      for (EntityRecord& record : pages_[number]->records) {
        if (!record.uid.valid()) continue;
        const std::uint32_t list = closure_.list_of(record.uid);
        set_ancestors(record, closure_.ancestors(list), closure_.goes_near(list), moved[share]);
      }
    }
  });
  for (ValueArena& arena : moved) {
    if (arena.bytes() > 0) data_->more_values.push_back(std::move(arena));
  }
  for (std::size_t number = 0; number < pages_.size(); ++number) {
    if (pages_[number] != nullptr) storage->set_page(number, std::move(pages_[number]));
  }
  return Entities(storage);
}

}  // namespace quis
