#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <quis/base/ids.hpp>
#include <quis/model/entities.hpp>

#include "model/ancestor_lists.hpp"
#include "model/entities_storage.hpp"
#include "model/id_lists.hpp"
#include "model/record_shapes.hpp"

namespace quis {

/// Makes the next version of a page.
///
/// What is written goes to data of this page's own: when one set of changes fills a thousand pages, no page keeps the
/// data of the others alive. The old records go on pointing where they pointed, so a page gathers sources, and with
/// them data that nothing points to any more. Beyond `kMostSources` everything is copied to one new place and the rest
/// let go: garbage is a bounded multiple of what is in use, and copying a page costs little for each of the changes
/// between.
class EntityPageWriter {
 public:
  static constexpr std::size_t kMostSources = 8;

  /// `before` may be null.
  explicit EntityPageWriter(const OwnedPage* before);

  /// Fields are sorted. Values that the entity has already are shared, others are copied.
  void set_attributes(EntityId entity, std::span<const Field> fields);
  void set_tags(EntityId entity, std::span<const Field> fields);
  void set_parents(EntityId entity, std::span<const EntityId> parents);
  /// For `set_ancestors` of any number of entities; what goes near lives no longer than the writer.
  [[nodiscard]] AncestorSet store(std::span<EntityId> ancestors, bool near) {
    return store_ancestors(ancestors, near ? near_ : data_->lists);
  }
  void set_ancestors(EntityId entity, const AncestorSet& stored, bool near) {
    quis::set_ancestors(at(entity), stored, near, data_->values);
  }
  void set_version(EntityId entity, std::uint64_t version) noexcept;
  void add(EntityId entity) noexcept { at(entity).uid = entity; }
  void remove(EntityId entity) noexcept { at(entity) = EntityRecord(); }

  struct Finished {
    std::shared_ptr<const OwnedPage> page;
    std::size_t gathered_slots = 0;  // of ancestor lists that were copied with everything else
  };
  [[nodiscard]] Finished finish();

 private:
  [[nodiscard]] EntityRecord& at(EntityId entity) noexcept { return page_->records[entity.value % EntityPage::kSize]; }
  /// New values go to `room` if it is large enough.
  [[nodiscard]] RecordData fields_over(const RecordData& before, std::span<const Field> fields, std::span<Value> room);

  std::shared_ptr<OwnedPage> page_;
  std::shared_ptr<EntityData> data_ = std::make_shared<EntityData>();  // of what is written
  ValueArena near_;                                                    // sets of ancestors that records copy
  RecordShapes shapes_;
  IdLists<EntityId> parents_;
};

}  // namespace quis
