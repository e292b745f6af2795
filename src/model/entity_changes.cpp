#include <quis/model/entity_changes.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include <quis/base/vocabulary.hpp>

#include "model/local_ids.hpp"

namespace quis {
namespace {

tl::unexpected<Errors> out_of_memory() {
  return failure(ErrorCode::limit_exceeded, "not enough memory to note the change", "apply fewer changes at a time");
}

std::span<EntityChanges::Field> sorted_copy(std::span<const EntityChanges::Field> fields, ValueArena& arena) {
  const std::span<EntityChanges::Field> copied = arena.allocate_array<EntityChanges::Field>(fields.size());
  std::uninitialized_copy(fields.begin(), fields.end(), copied.begin());
  std::ranges::sort(copied, {}, &EntityChanges::Field::first);
  for (auto& [name, value] : copied) value = arena.copy(value);
  return copied;
}

std::span<const EntityId> sorted_copy(std::span<const EntityId> parents, ValueArena& arena) {
  const std::span<EntityId> copied = arena.allocate_array<EntityId>(parents.size());
  std::uninitialized_copy(parents.begin(), parents.end(), copied.begin());
  std::ranges::sort(copied);
  const auto end = std::unique(copied.begin(), copied.end());
  return {copied.data(), static_cast<std::size_t>(end - copied.begin())};
}

Result<void> check_once(EntityId uid, std::span<const EntityChanges::Field> sorted) {
  const auto twice = std::ranges::adjacent_find(sorted, {}, &EntityChanges::Field::first);
  if (twice == sorted.end()) return {};
  return failure(ErrorCode::duplicate_key,
                 "`" + to_text(uid) + "` has `" + std::string(text_of(twice->first)) + "` twice",
                 "remove one of the two");
}

}  // namespace

Result<void> EntityChanges::put(EntityId uid, std::span<const Field> attributes, std::span<const EntityId> parents,
                                std::span<const Field> tags) {
  if (uid.local() || std::ranges::any_of(parents, &EntityId::local) || mentions_local(attributes) ||
      mentions_local(tags)) {
    return local_ids_refused();
  }
  try {
    Change change;
    change.kind = Kind::put;
    change.uid = uid;
    change.attributes = sorted_copy(attributes, arena_);
    change.tags = sorted_copy(tags, arena_);
    change.parents = sorted_copy(parents, arena_);
    if (auto once = check_once(uid, change.attributes); !once) return once;
    if (auto once = check_once(uid, change.tags); !once) return once;
    return note(change);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

/// The value still belongs to the caller.
Result<void> EntityChanges::note(Change change) {
  try {
    change.value = arena_.copy(change.value);
    changes_.push_back(change);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
  return {};
}

Result<void> EntityChanges::note_field(Kind kind, EntityId uid, SymbolId name, const Value& value) {
  if (uid.local() || name.local() || mentions_local(value)) return local_ids_refused();
  Change change;
  change.kind = kind;
  change.uid = uid;
  change.name = name;
  change.value = value;
  return note(change);
}

Result<void> EntityChanges::note_parent(Kind kind, EntityId uid, EntityId parent) {
  if (uid.local() || parent.local()) return local_ids_refused();
  Change change;
  change.kind = kind;
  change.uid = uid;
  change.parent = parent;
  return note(change);
}

Result<void> EntityChanges::remove(EntityId uid) {
  if (uid.local()) return local_ids_refused();
  Change change;
  change.kind = Kind::remove;
  change.uid = uid;
  return note(change);
}

Result<void> EntityChanges::set_attribute(EntityId uid, SymbolId name, const Value& value) {
  return note_field(Kind::set_attribute, uid, name, value);
}

Result<void> EntityChanges::remove_attribute(EntityId uid, SymbolId name) {
  return note_field(Kind::remove_attribute, uid, name, {});
}

Result<void> EntityChanges::set_tag(EntityId uid, SymbolId name, const Value& value) {
  return note_field(Kind::set_tag, uid, name, value);
}

Result<void> EntityChanges::remove_tag(EntityId uid, SymbolId name) {
  return note_field(Kind::remove_tag, uid, name, {});
}

Result<void> EntityChanges::add_parent(EntityId uid, EntityId parent) {
  return note_parent(Kind::add_parent, uid, parent);
}

Result<void> EntityChanges::remove_parent(EntityId uid, EntityId parent) {
  return note_parent(Kind::remove_parent, uid, parent);
}

}  // namespace quis
