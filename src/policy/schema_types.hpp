#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <quis/model/schema.hpp>

#include "policy/type_relations.hpp"

namespace quis {

/// What a schema says of static types: their attributes, tags and hierarchy. Borrows the schema; as thread-safe as a
/// standard container.
class SchemaTypes {
 public:
  /// `relations` may follow the rules of either mode: unions of entity types, whose attributes need bounds, arise in
  /// permissive mode only.
  SchemaTypes(const Schema& schema, TypeTable& types, TypeRelations& permissive)
      : schema_(schema), types_(types), permissive_(permissive) {}

  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }

  /// An entity's type as policies may write it: null when the schema declares no such type or action.
  [[nodiscard]] TypeRef type_of_literal(EntityId entity);

  /// The attributes of an entity or record type as a record type; null for every other type. Those of a union of entity
  /// types are the ones that all have.
  [[nodiscard]] TypeRef attributes_of(TypeRef type);
  /// Whether a value of the type may have an attribute of that name.
  [[nodiscard]] bool may_have(TypeRef type, SymbolId name) const;
  /// The distinct types that tags may have; empty when there can be none. REQUIRES: an entity type.
  [[nodiscard]] std::vector<TypeRef> tags_of(TypeRef type);

  /// Whether an entity of type `lower` can be in one of type `upper`.
  [[nodiscard]] bool may_be_in(TypeId lower, TypeId upper);
  /// The same for some entity type of each. REQUIRES: entity types.
  [[nodiscard]] bool may_be_in(TypeRef lower, TypeRef upper);

 private:
  const Schema& schema_;
  TypeTable& types_;
  TypeRelations& permissive_;
  std::unordered_map<TypeRef, TypeRef> attributes_;
  // Pairs of action types, an action of the first being in one of the second: namespaces may put actions into each
  // other's groups.
  std::unordered_map<TypeId, std::unordered_set<TypeId>> action_types_;
  bool action_types_known_ = false;
};

}  // namespace quis
