#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>

namespace quis {

/// Changes to an entity store, to be applied together by `EntityUpdater::apply`: all of them or none.
///
/// The calls only note what shall change, in order; a later one sees what the earlier ones did, and whether they make
/// sense is found out when they are applied. Then
///
/// - setting a thing, or adding a parent, needs its entity: it is an error (`unknown_entity`) when the store does not
///   hold the entity at that point of the changes;
/// - removing what is not there does nothing, be it an entity, an attribute, a tag or a parent, or any of these of an
///   entity that is not there;
/// - setting what is so already, and adding a parent that is one, changes nothing.
///
/// So changes that were applied may be applied again. A parent need not be in the store. No change is checked against a
/// schema: see `conformance.hpp`.
///
/// Values are copied when they are given. Every call fails with `invalid_argument`, and notes nothing, when it is given
/// a name that only one request knows (see `LocalNames`), also within a value.
///
/// Thread safety: as a standard container.
class EntityChanges {
 public:
  using Field = std::pair<SymbolId, Value>;

  /// Adds the entity, or replaces all there is of it. Fields may come in any order; one that stands twice is refused
  /// (`duplicate_key`).
  [[nodiscard]] Result<void> put(EntityId uid, std::span<const Field> attributes, std::span<const EntityId> parents,
                                 std::span<const Field> tags = {});
  /// Those who name it as a parent keep doing so, but reach through it no more.
  [[nodiscard]] Result<void> remove(EntityId uid);

  [[nodiscard]] Result<void> set_attribute(EntityId uid, SymbolId name, const Value& value);
  [[nodiscard]] Result<void> remove_attribute(EntityId uid, SymbolId name);
  [[nodiscard]] Result<void> set_tag(EntityId uid, SymbolId name, const Value& value);
  [[nodiscard]] Result<void> remove_tag(EntityId uid, SymbolId name);
  [[nodiscard]] Result<void> add_parent(EntityId uid, EntityId parent);
  [[nodiscard]] Result<void> remove_parent(EntityId uid, EntityId parent);

  /// How many changes were noted.
  [[nodiscard]] std::size_t size() const noexcept { return changes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return changes_.empty(); }

  enum class Kind : std::uint8_t {
    put,
    remove,
    set_attribute,
    remove_attribute,
    set_tag,
    remove_tag,
    add_parent,
    remove_parent
  };

  /// One of them, as it was noted; what it points to lives as long as the `EntityChanges`.
  struct Change {
    Kind kind = Kind::put;
    EntityId uid;
    EntityId parent;                    ///< of `add_parent` and `remove_parent`
    SymbolId name;                      ///< of an attribute or tag
    Value value;                        ///< of `set_attribute` and `set_tag`
    std::span<const Field> attributes;  ///< of `put`, as are the next two; sorted, each name once
    std::span<const Field> tags;
    std::span<const EntityId> parents;  ///< sorted, each once
  };

  /// In the order in which they were noted.
  [[nodiscard]] std::span<const Change> changes() const noexcept { return changes_; }

 private:
  [[nodiscard]] Result<void> note_field(Kind kind, EntityId uid, SymbolId name, const Value& value);
  [[nodiscard]] Result<void> note_parent(Kind kind, EntityId uid, EntityId parent);
  [[nodiscard]] Result<void> note(Change change);

  ValueArena arena_;
  std::vector<Change> changes_;
};

}  // namespace quis
