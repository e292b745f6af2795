#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "model/closure.hpp"
#include "model/entities_storage.hpp"
#include "model/record_shapes.hpp"

namespace quis {
namespace {

/// True when the value names something that only one request knows.
bool mentions_local(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::entity: return value.as_entity().local();
    case Value::Kind::set: return std::ranges::any_of(value.as_set().span(), mentions_local);
    case Value::Kind::record: {
      const RecordData& record = value.as_record();
      return std::any_of(record.keys, record.keys + record.size, [](SymbolId key) { return key.local(); }) ||
             std::any_of(record.values, record.values + record.size, mentions_local);
    }
    default: return false;
  }
}

bool mentions_local(std::span<const Field> fields) {
  return std::ranges::any_of(fields, [](const Field& f) { return f.first.local() || mentions_local(f.second); });
}

bool equal(const RecordData& a, const RecordData& b) noexcept {
  return std::equal(a.keys, a.keys + a.size, b.keys, b.keys + b.size) &&
         std::equal(a.values, a.values + a.size, b.values, b.values + b.size);
}

}  // namespace

struct EntitiesBuilder::State {
  std::shared_ptr<Entities::Storage> storage = std::make_shared<Entities::Storage>();
  Closure closure{storage->lists};
  RecordShapes shapes;
  std::vector<Field> fields;  // scratch of `add`
  std::vector<EntityId> parents;

  [[nodiscard]] Result<RecordData> record(EntityId uid, std::span<const Field> of) {
    fields.assign(of.begin(), of.end());
    auto made = shapes.make(fields, storage->values);
    if (made) return *made;
    return failure(ErrorCode::duplicate_key,
                   "`" + to_text(uid) + "` has `" + std::string(text_of(made.error())) + "` twice",
                   "remove one of the two");
  }

  [[nodiscard]] Result<void> add(EntityId uid, std::span<const Field> attributes, std::span<const Field> tags) {
    auto attribute_record = record(uid, attributes);
    if (!attribute_record) return tl::unexpected(std::move(attribute_record.error()));
    auto tag_record = record(uid, tags);
    if (!tag_record) return tl::unexpected(std::move(tag_record.error()));

    EntityRecord& entity = storage->records.at(uid.value);
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
      entity.tags = new (storage->values.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(*tag_record);
    }
    entity.parents = list.data();
    entity.parent_count = static_cast<std::uint32_t>(list.size());
    ++storage->count;
    return {};
  }
};

EntitiesBuilder::EntitiesBuilder() : state_(std::make_unique<State>()) {}
EntitiesBuilder::EntitiesBuilder(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder& EntitiesBuilder::operator=(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder::~EntitiesBuilder() = default;

ValueArena& EntitiesBuilder::arena() noexcept { return state_->storage->values; }

Result<void> EntitiesBuilder::add(EntityId uid, std::span<const Field> attributes, std::span<const EntityId> parents,
                                  std::span<const Field> tags) {
  if (uid.local() || std::ranges::any_of(parents, &EntityId::local) || mentions_local(attributes) ||
      mentions_local(tags)) {
    return failure(ErrorCode::invalid_argument, "an entity store cannot hold names that only one request knows",
                   "make its ids with `intern_entity` and `intern_symbol`");
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

  Entities::Storage& storage = *state->storage;
  storage.page_table.reserve(storage.records.page_count());
  for (std::size_t page = 0; page < storage.records.page_count(); ++page) {
    storage.page_table.push_back(storage.records.page(page));
    if (storage.records.page(page) == nullptr) continue;
    const auto first = static_cast<std::uint32_t>(page) * Entities::kPageSize;
    for (std::uint32_t id = first; id < first + Entities::kPageSize; ++id) {
      EntityRecord& record = storage.records.at(id);
      if (record.uid.valid()) record.ancestors = state->closure.ancestors(state->closure.list_of(record.uid));
    }
  }
  Entities entities;
  entities.pages_ = storage.page_table.data();
  entities.page_count_ = static_cast<std::uint32_t>(storage.page_table.size());
  entities.storage_ = std::move(state->storage);
  return entities;
}

}  // namespace quis
