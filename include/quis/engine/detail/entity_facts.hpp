#pragma once

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

/// What compiled policies ask about entities and sets of them, by closed ancestor lists and by the smaller side. The
/// reference interpreter has its own.
namespace quis::detail {

/// The type of an entity, local to the request or not.
[[nodiscard]] inline TypeId type_of(EntityId entity, const LocalNames* names) noexcept {
  if (!entity.local()) return quis::type_of(entity);
  return names != nullptr ? names->type_of(entity) : TypeId{};
}

/// Cedar's `in`. `record` is the entity's, or an empty one.
[[nodiscard]] inline bool is_in(EntityId entity, const EntityRecord& record, EntityId target) noexcept {
  // Both in any case: whether the second is needed cannot be predicted.
  return (static_cast<unsigned>(entity == target) | static_cast<unsigned>(record.ancestors.contains(target))) != 0;
}

/// The same for a set. REQUIRES: `targets.entities_only`.
[[nodiscard]] bool is_in_any(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept;

[[nodiscard]] inline bool contains(const SetData& set, EntityId entity) noexcept {
  return set.entities_only ? set.contains_entity(entity) : set.contains(Value::entity(entity));
}

}  // namespace quis::detail
