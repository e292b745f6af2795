#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "model/entities_assembly.hpp"
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
  EntitiesAssembly assembly;
  RecordShapes shapes;
  std::vector<Field> fields;  // scratch of `add`
  std::vector<EntityId> parents;

  [[nodiscard]] Result<RecordData> record(EntityId uid, std::span<const Field> of, std::span<Value> room = {}) {
    fields.assign(of.begin(), of.end());
    auto made = shapes.make(fields, assembly.data().values, room);
    if (made) return *made;
    return failure(ErrorCode::duplicate_key,
                   "`" + to_text(uid) + "` has `" + std::string(text_of(made.error())) + "` twice",
                   "remove one of the two");
  }

  [[nodiscard]] Result<void> add(EntityId uid, std::span<const Field> attributes, std::span<const Field> tags) {
    std::array<Value, EntityRecord::kNearValues> few;  // for the record, once the entity has one
    auto attribute_record = record(uid, attributes, few);
    if (!attribute_record) return tl::unexpected(std::move(attribute_record.error()));
    auto tag_record = record(uid, tags);
    if (!tag_record) return tl::unexpected(std::move(tag_record.error()));

    const std::uint32_t list = assembly.closure().list_number(parents);
    if (const EntityRecord* entity = assembly.find(uid)) {
      const RecordData old_tags = entity->tags == nullptr ? RecordData{} : *entity->tags;
      if (equal(entity->attributes, *attribute_record) && equal(old_tags, *tag_record) &&
          assembly.closure().list_of(uid) == list) {
        return {};
      }
      return failure(ErrorCode::duplicate_entity, "`" + to_text(uid) + "` stands twice, with different contents",
                     "keep one of the two");
    }
    const RecordData* const stored_tags = stored_record(*tag_record, assembly.data().values);
    EntityRecord& placed = assembly.place(uid, list);  // the last that may fail
    placed.attributes = *attribute_record;
    if (placed.attributes.values == few.data()) {
      std::ranges::copy(few, near_values(placed).begin());
      placed.attributes.values = near_values(placed).data();
    }
    placed.tags = stored_tags;
    return {};
  }
};

EntitiesBuilder::EntitiesBuilder() : state_(std::make_unique<State>()) {}
EntitiesBuilder::EntitiesBuilder(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder& EntitiesBuilder::operator=(EntitiesBuilder&&) noexcept = default;
EntitiesBuilder::~EntitiesBuilder() = default;

ValueArena& EntitiesBuilder::arena() noexcept { return state_->assembly.data().values; }

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
  if (auto closed = state->assembly.close(); !closed) return tl::unexpected(std::move(closed.error()));
  return state->assembly.finish();
}

}  // namespace quis
