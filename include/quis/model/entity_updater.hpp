#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/limits.hpp>
#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/entity_changes.hpp>

namespace quis {

/// A changed store, and what is different in it.
struct EntityUpdate {
  Entities entities;
  /// Every entity that a policy may see otherwise than before: added, removed, changed in its attributes, tags or
  /// parents, or with other ancestors because something above it changed. In order of id, each once. What was named in
  /// the changes and is as it was is not among them.
  std::vector<EntityId> touched;
};

/// Makes the next version of an entity store, and the one after that, at the price of what changes.
///
/// Versions share all they have in common: the pages in which nothing changed. Every version is a store like any other
/// and stays as it is for as long as somebody has it; the updater holds the newest one only.
///
/// Cost of a change to one entity that nobody names as a parent: microseconds in a store of a million. A change above
/// others costs what they and their ancestors are. The first change to any entity's parents, and the first one above
/// others, each read the whole store once. What a page no longer uses is given back when the page is copied whole,
/// which is done every few changes to it.
///
/// Thread safety: one thread at a time. Stores that were handed out may be read by any thread meanwhile.
class EntityUpdater {
 public:
  /// `max_ancestry_slots` bounds the ancestor lists as it does for a builder, and those that one set of changes makes,
  /// records' own included.
  explicit EntityUpdater(Entities entities, std::size_t max_ancestry_slots = limits::kMaxAncestrySlots);
  EntityUpdater(EntityUpdater&&) noexcept;
  EntityUpdater& operator=(EntityUpdater&&) noexcept;
  ~EntityUpdater();

  /// The newest version.
  [[nodiscard]] const Entities& current() const noexcept;

  /// Applies the changes in order, and marks what they touch with `version` (see `Entities::version_of`), a number that
  /// the caller lets grow.
  ///
  /// All or nothing; after an error `current()` is what it was. Fails with `unknown_entity` (see `EntityChanges`), with
  /// `cycle` when an entity would become its own ancestor, naming the entities on the cycle, and with `limit_exceeded`.
  /// Nothing is checked against a schema.
  [[nodiscard]] Result<EntityUpdate> apply(const EntityChanges& changes, std::uint64_t version);

  /// What it holds beside the store, to find the members of groups.
  [[nodiscard]] std::size_t index_bytes() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quis
