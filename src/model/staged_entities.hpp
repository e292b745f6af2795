#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/entity_changes.hpp>

#include "model/record_shapes.hpp"

namespace quis {

/// An entity that a change set names, as the set leaves it.
struct StagedEntity {
  EntityId uid;
  const EntityRecord* before = nullptr;  // null when the store does not hold it
  bool exists = false;                   // the rest is empty when it does not
  std::vector<Field> attributes;         // sorted by name
  std::vector<Field> tags;
  std::vector<EntityId> parents;  // sorted

  /// Whether it was added or removed, or has other direct parents: what changes ancestries.
  [[nodiscard]] bool moved() const noexcept;
  /// Whether anything of it is different.
  [[nodiscard]] bool changed() const noexcept;
};

/// A store as a change set will leave it: the entities that the set names in front of the store.
class StagedEntities {
 public:
  /// `store` must outlive this object.
  explicit StagedEntities(const Entities& store) : store_(store) {}

  /// Fails with `unknown_entity`; the object is of no use then. Values are not copied: they stay those of `changes` and
  /// of the store.
  [[nodiscard]] Result<void> apply(const EntityChanges& changes);

  /// In order of first mention.
  [[nodiscard]] std::span<const StagedEntity> named() const noexcept { return named_; }
  [[nodiscard]] bool exists(EntityId entity) const;
  /// None when the entity does not exist.
  [[nodiscard]] std::span<const EntityId> parents_of(EntityId entity) const;
  /// As it was before the changes.
  [[nodiscard]] const Entities& store() const noexcept { return store_; }

 private:
  [[nodiscard]] StagedEntity& stage(EntityId uid);
  [[nodiscard]] const StagedEntity* find(EntityId uid) const;
  [[nodiscard]] Result<void> apply(const EntityChanges::Change& change);

  const Entities& store_;
  std::vector<StagedEntity> named_;
  std::unordered_map<EntityId, std::size_t> places_;  // in named_
};

}  // namespace quis
