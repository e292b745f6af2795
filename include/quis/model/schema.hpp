#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/model/type.hpp>

namespace quis {

/// An entity type as the schema declares it.
struct EntityTypeDeclaration {
  TypeId name;
  std::vector<TypeId> member_of;                    ///< types that its direct parents may have, as declared
  std::vector<TypeId> ancestors;                    ///< the transitive closure of `member_of`, sorted by id
  TypePtr attributes;                               ///< a record type
  TypePtr tags;                                     ///< the type of every tag; null when the type has no tags
  std::optional<std::vector<std::string>> choices;  ///< of `entity E enum [...]`: the only ids that exist

  [[nodiscard]] bool may_have_ancestor(TypeId type) const noexcept;
};

/// An action as the schema declares it.
struct ActionDeclaration {
  EntityId uid;
  std::vector<EntityId> parents;    ///< direct, as declared
  std::vector<EntityId> ancestors;  ///< the transitive closure of `parents`, sorted by id
  std::vector<TypeId> principals;   ///< types it applies to; both lists empty for an action that is only a group
  std::vector<TypeId> resources;
  TypePtr context;  ///< a record type; the empty record when none was declared
};

/// A resolved schema: what entities, requests and contexts may look like. Built by `parse_schema`
/// (policy/schema_parser.hpp).
///
/// Every name in it was resolved: common types are expanded, groups are closed under membership and free of cycles,
/// every type that is mentioned is declared.
///
/// Thread safety: immutable once built.
class Schema {
 public:
  /// Takes declarations whose names are resolved; computes the closures. Fails on a cycle of actions and on
  /// declarations that stand twice.
  [[nodiscard]] static Result<Schema> build(std::vector<EntityTypeDeclaration> types,
                                            std::vector<ActionDeclaration> actions);

  /// Null when the schema does not declare it. Expected O(1).
  [[nodiscard]] const EntityTypeDeclaration* find(TypeId type) const noexcept;
  [[nodiscard]] const ActionDeclaration* find(EntityId action) const noexcept;

  /// Whether any type lists the only ids that exist.
  [[nodiscard]] bool has_enumerated_types() const noexcept { return has_enumerated_types_; }

  /// In order of declaration.
  [[nodiscard]] std::span<const EntityTypeDeclaration> entity_types() const noexcept { return types_; }
  [[nodiscard]] std::span<const ActionDeclaration> actions() const noexcept { return actions_; }

 private:
  std::vector<EntityTypeDeclaration> types_;
  std::vector<ActionDeclaration> actions_;
  std::unordered_map<TypeId, std::size_t> type_index_;
  std::unordered_map<EntityId, std::size_t> action_index_;
  bool has_enumerated_types_ = false;
};

}  // namespace quis
