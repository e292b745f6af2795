#pragma once

#include <algorithm>

#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

#include "engine/operations.hpp"

/// Memberships and sets as the compiled evaluator goes about them: by closed ancestor lists, and by the smaller side.
/// The reference interpreter has its own.
namespace quis {

/// Cedar's `in`. `record` is the entity's, or an empty one.
[[nodiscard]] inline bool is_in(EntityId entity, const EntityRecord& record, EntityId target) noexcept {
  const bool is_ancestor = record.ancestors.contains(target);  // either way: whether it is needed cannot be predicted
  return entity == target || is_ancestor;
}

/// The same for a set. REQUIRES: `targets.entities_only`.
[[nodiscard]] bool is_in_any(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept;

[[nodiscard]] inline bool contains(const SetData& set, EntityId entity) noexcept {
  return set.entities_only ? set.contains_entity(entity) : set.contains(Value::entity(entity));
}

/// The value itself, if it is a boolean.
[[nodiscard]] Evaluated boolean(const Value& value) noexcept;
[[nodiscard]] Evaluated in(const Entities& entities, const Value& entity, const Value& target) noexcept;
[[nodiscard]] Evaluated contains(const Value& set, const Value& element) noexcept;
[[nodiscard]] Evaluated contains_all(const Value& set, const Value& others) noexcept;
[[nodiscard]] Evaluated contains_any(const Value& set, const Value& others) noexcept;

}  // namespace quis
