#include "model/staged_entities.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "model/json_problems.hpp"

namespace quis {
namespace {

std::vector<Field> fields_of(const RecordData& record) {
  std::vector<Field> fields;
  fields.reserve(record.size);
  for (std::uint32_t i = 0; i < record.size; ++i) fields.emplace_back(record.keys[i], record.values[i]);
  return fields;
}

bool equal(std::span<const Field> fields, const RecordData& record) noexcept {
  if (fields.size() != record.size) return false;
  for (std::uint32_t i = 0; i < record.size; ++i) {
    if (fields[i].first != record.keys[i] || !(fields[i].second == record.values[i])) return false;
  }
  return true;
}

void set_field(std::vector<Field>& fields, SymbolId name, const Value& value) {
  const auto place = std::ranges::lower_bound(fields, name, {}, &Field::first);
  if (place != fields.end() && place->first == name) {
    place->second = value;
  } else {
    fields.emplace(place, name, value);
  }
}

void remove_field(std::vector<Field>& fields, SymbolId name) {
  const auto place = std::ranges::lower_bound(fields, name, {}, &Field::first);
  if (place != fields.end() && place->first == name) fields.erase(place);
}

void add_to(std::vector<EntityId>& parents, EntityId parent) {
  const auto place = std::ranges::lower_bound(parents, parent);
  if (place == parents.end() || *place != parent) parents.insert(place, parent);
}

void remove_from(std::vector<EntityId>& parents, EntityId parent) {
  const auto place = std::ranges::lower_bound(parents, parent);
  if (place != parents.end() && *place == parent) parents.erase(place);
}

std::string what_cannot_be(const EntityChanges::Change& change) {
  switch (change.kind) {
    case EntityChanges::Kind::set_attribute:
      return "its attribute " + in_backticks(text_of(change.name)) + " cannot be set";
    case EntityChanges::Kind::set_tag: return "its tag " + in_backticks(text_of(change.name)) + " cannot be set";
    default: return "it cannot become a member of " + in_backticks(to_text(change.parent));
  }
}

}  // namespace

bool StagedEntity::moved() const noexcept {
  if (exists != (before != nullptr)) return true;
  return exists && !std::ranges::equal(parents, before->direct_parents());
}

bool StagedEntity::changed() const noexcept {
  if (moved()) return true;
  if (!exists) return false;
  return !equal(attributes, before->attributes) || !equal(tags, before->tags == nullptr ? RecordData{} : *before->tags);
}

Result<void> StagedEntities::apply(const EntityChanges& changes) {
  for (const EntityChanges::Change& change : changes.changes()) {
    if (auto applied = apply(change); !applied) return applied;
  }
  return {};
}

Result<void> StagedEntities::apply(const EntityChanges::Change& change) {
  using Kind = EntityChanges::Kind;
  StagedEntity& entity = stage(change.uid);
  const bool needs_entity =
      change.kind == Kind::set_attribute || change.kind == Kind::set_tag || change.kind == Kind::add_parent;
  if (needs_entity && !entity.exists) {
    return failure(ErrorCode::unknown_entity,
                   in_backticks(to_text(change.uid)) + " is not in the store, so " + what_cannot_be(change),
                   "add the entity first");
  }
  switch (change.kind) {
    case Kind::put:
      entity.exists = true;
      entity.attributes.assign(change.attributes.begin(), change.attributes.end());
      entity.tags.assign(change.tags.begin(), change.tags.end());
      entity.parents.assign(change.parents.begin(), change.parents.end());
      break;
    case Kind::remove:
      entity.exists = false;
      entity.attributes.clear();
      entity.tags.clear();
      entity.parents.clear();
      break;
    case Kind::set_attribute: set_field(entity.attributes, change.name, change.value); break;
    case Kind::remove_attribute: remove_field(entity.attributes, change.name); break;
    case Kind::set_tag: set_field(entity.tags, change.name, change.value); break;
    case Kind::remove_tag: remove_field(entity.tags, change.name); break;
    case Kind::add_parent: add_to(entity.parents, change.parent); break;
    case Kind::remove_parent: remove_from(entity.parents, change.parent); break;
  }
  return {};
}

StagedEntity& StagedEntities::stage(EntityId uid) {
  const auto [place, is_new] = places_.try_emplace(uid, named_.size());
  if (!is_new) return named_[place->second];
  StagedEntity& entity = named_.emplace_back();
  entity.uid = uid;
  entity.before = store_.find(uid);
  if (entity.before == nullptr) return entity;
  entity.exists = true;
  entity.attributes = fields_of(entity.before->attributes);
  if (entity.before->tags != nullptr) entity.tags = fields_of(*entity.before->tags);
  entity.parents.assign(entity.before->direct_parents().begin(), entity.before->direct_parents().end());
  return entity;
}

const StagedEntity* StagedEntities::find(EntityId uid) const {
  const auto place = places_.find(uid);
  return place == places_.end() ? nullptr : &named_[place->second];
}

bool StagedEntities::exists(EntityId entity) const {
  const StagedEntity* staged = find(entity);
  return staged == nullptr ? store_.find(entity) != nullptr : staged->exists;
}

std::span<const EntityId> StagedEntities::parents_of(EntityId entity) const {
  if (const StagedEntity* staged = find(entity)) return staged->parents;
  const EntityRecord* record = store_.find(entity);
  return record == nullptr ? std::span<const EntityId>() : record->direct_parents();
}

}  // namespace quis
