#pragma once

#include <cstdint>
#include <unordered_map>

#include <quis/engine/partial.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/schema.hpp>

namespace quis {

enum class Tri : std::uint8_t { no, yes, unknown };

[[nodiscard]] constexpr Tri tri(bool holds) noexcept { return holds ? Tri::yes : Tri::no; }

/// What partial evaluation may take for granted: the store, what of it is open, and the schema.
class PartialFacts {
 public:
  /// `schema` may be null.
  PartialFacts(const Entities& entities, const PartialRequest& request, const Schema* schema);

  [[nodiscard]] const Entities& entities() const noexcept { return entities_; }
  [[nodiscard]] const Schema* schema() const noexcept { return schema_; }
  /// The action's declaration; null without a schema.
  [[nodiscard]] const ActionDeclaration* action() const noexcept { return action_; }

  [[nodiscard]] bool open_attributes(EntityId entity) const noexcept;
  [[nodiscard]] bool open_tags(EntityId entity) const noexcept;
  [[nodiscard]] TypeId type_of(EntityId entity) const noexcept;

  /// Whether a known entity is in another.
  [[nodiscard]] Tri is_in(EntityId entity, EntityId ancestor) const;
  /// Whether some entity of type `member` (invalid: any) can be `ancestor` or in it.
  [[nodiscard]] bool may_be_in(TypeId member, TypeId ancestor) const noexcept;
  /// The declaration of an attribute of an entity type. `undeclared` is set when no entity of the type can have it.
  [[nodiscard]] const AttributeType* attribute(TypeId type, SymbolId name, bool& undeclared) const noexcept;
  /// The declared type of the tags of an entity type, or null. `undeclared` is set when no entity of it can have tags.
  [[nodiscard]] const Type* tags(TypeId type, bool& undeclared) const noexcept;

  /// What is known of the principal or the resource of a request, by itself and by the schema.
  [[nodiscard]] PartialEntity principal() const noexcept { return principal_; }
  [[nodiscard]] PartialEntity resource() const noexcept { return resource_; }

 private:
  [[nodiscard]] const EntityTypeDeclaration* declared(TypeId type, bool& undeclared) const noexcept;

  const Entities& entities_;
  const LocalNames* names_;
  const Schema* schema_;
  const ActionDeclaration* action_ = nullptr;
  PartialEntity principal_;
  PartialEntity resource_;
  std::unordered_map<EntityId, OpenEntity> open_;
  bool open_ancestry_ = false;
};

}  // namespace quis
