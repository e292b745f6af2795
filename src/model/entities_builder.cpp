#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "model/closure.hpp"
#include "model/entities_storage.hpp"
#include "model/local_ids.hpp"
#include "model/record_shapes.hpp"

namespace quis {
namespace {

bool equal(const RecordData& a, const RecordData& b) noexcept {
  return std::equal(a.keys, a.keys + a.size, b.keys, b.keys + b.size) &&
         std::equal(a.values, a.values + a.size, b.values, b.values + b.size);
}

}  // namespace

struct EntitiesBuilder::State {
  std::shared_ptr<EntityData> data = std::make_shared<EntityData>();
  std::vector<std::shared_ptr<OwnedPage>> pages;  // null where no entity lies
  std::size_t count = 0;
  Closure closure{data->lists};
  RecordShapes shapes;
  std::vector<Field> fields;  // scratch of `add`
  std::vector<EntityId> parents;

  [[nodiscard]] Result<RecordData> record(EntityId uid, std::span<const Field> of) {
    fields.assign(of.begin(), of.end());
    auto made = shapes.make(fields, data->values);
    if (made) return *made;
    return failure(ErrorCode::duplicate_key,
                   "`" + to_text(uid) + "` has `" + std::string(text_of(made.error())) + "` twice",
                   "remove one of the two");
  }

  [[nodiscard]] EntityRecord& at(EntityId uid) {
    const std::size_t number = uid.value / EntityPage::kSize;
    if (number >= pages.size()) pages.resize(number + 1);
    std::shared_ptr<OwnedPage>& page = pages[number];
    if (page == nullptr) {
      page = std::make_shared<OwnedPage>();
      page->sources.push_back(data);
    }
    return page->records[uid.value % EntityPage::kSize];
  }

  [[nodiscard]] Result<void> add(EntityId uid, std::span<const Field> attributes, std::span<const Field> tags) {
    auto attribute_record = record(uid, attributes);
    if (!attribute_record) return tl::unexpected(std::move(attribute_record.error()));
    auto tag_record = record(uid, tags);
    if (!tag_record) return tl::unexpected(std::move(tag_record.error()));

    EntityRecord& entity = at(uid);
    if (entity.uid.valid()) {
      const RecordData old_tags = entity.tags == nullptr ? RecordData{} : *entity.tags;
      if (equal(entity.attributes, *attribute_record) && equal(old_tags, *tag_record) &&
          closure.list_of(uid) == closure.list_number(parents)) {
        return {};
      }
      return failure(ErrorCode::duplicate_entity, "`" + to_text(uid) + "` stands twice, with different contents",
                     "keep one of the two");
    }
    const auto list = closure.parents(closure.add(uid, parents));
    entity.uid = uid;
    entity.attributes = *attribute_record;
    if (tag_record->size > 0) {
      entity.tags = new (data->values.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(*tag_record);
    }
    entity.parents = list.data();
    entity.parent_count = static_cast<std::uint32_t>(list.size());
    ++count;
    return {};
  }
};

EntitiesBuilder::EntitiesBuilder() : state_(std::make_unique<State>()) {}
EntitiesBuilder::EntitiesBuilder(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder& EntitiesBuilder::operator=(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder::~EntitiesBuilder() = default;

ValueArena& EntitiesBuilder::arena() noexcept { return state_->data->values; }

Result<void> EntitiesBuilder::add(EntityId uid, std::span<const Field> attributes, std::span<const EntityId> parents,
                                  std::span<const Field> tags) {
  if (uid.local() || std::ranges::any_of(parents, &EntityId::local) || mentions_local(attributes) ||
      mentions_local(tags)) {
    return local_ids_refused();
  }
  std::vector<EntityId>& sorted = state_->parents;
  sorted.assign(parents.begin(), parents.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return state_->add(uid, attributes, tags);
}

Result<Entities> EntitiesBuilder::build() {
  const std::unique_ptr<State> state = std::exchange(state_, std::make_unique<State>());
  if (auto closed = state->closure.close(); !closed) return tl::unexpected(std::move(closed.error()));

  const auto storage = std::make_shared<EntitiesStorage>();
  storage->count = state->count;
  storage->ancestry_slots = state->closure.slots();
  storage->page_table.reserve(state->pages.size());
  for (std::size_t number = 0; number < state->pages.size(); ++number) {
    const std::shared_ptr<OwnedPage>& page = state->pages[number];
    if (page == nullptr) continue;
    for (EntityRecord& record : page->records) {
      if (record.uid.valid()) record.ancestors = state->closure.ancestors(state->closure.list_of(record.uid));
    }
    storage->set_page(number, page);
  }
  return Entities(storage);
}

}  // namespace quis
