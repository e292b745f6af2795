#include "engine/partial_facts.hpp"

#include <vector>

#include "engine/operations.hpp"

namespace quis {
namespace {

/// An unknown entity whose type only one declaration allows is of that type.
PartialEntity narrowed(PartialEntity entity, const std::vector<TypeId>* allowed) noexcept {
  if (!entity.entity.valid() && !entity.type.valid() && allowed != nullptr && allowed->size() == 1) {
    entity.type = allowed->front();
  }
  return entity;
}

}  // namespace

PartialFacts::PartialFacts(const Entities& entities, const PartialRequest& request, const Schema* schema)
    : entities_(entities), names_(request.names), schema_(schema) {
  if (schema != nullptr) action_ = schema->find(request.action);
  principal_ = narrowed(request.principal, action_ != nullptr ? &action_->principals : nullptr);
  resource_ = narrowed(request.resource, action_ != nullptr ? &action_->resources : nullptr);
  for (const OpenEntity& open : request.open_entities) {
    OpenEntity& known = open_.try_emplace(open.entity, OpenEntity{open.entity, false, false, false}).first->second;
    known.attributes |= open.attributes;
    known.tags |= open.tags;
    known.ancestors |= open.ancestors;
    open_ancestry_ |= open.ancestors;
  }
}

bool PartialFacts::open_attributes(EntityId entity) const noexcept {
  const auto found = open_.find(entity);
  return found != open_.end() && found->second.attributes;
}

bool PartialFacts::open_tags(EntityId entity) const noexcept {
  const auto found = open_.find(entity);
  return found != open_.end() && found->second.tags;
}

TypeId PartialFacts::type_of(EntityId entity) const noexcept { return quis::type_of(entity, names_); }

Tri PartialFacts::is_in(EntityId entity, EntityId ancestor) const {
  if (entities_.is_in(entity, ancestor)) return Tri::yes;
  if (!open_ancestry_) return Tri::no;
  const auto leads_on = [this](EntityId at) {
    const auto found = open_.find(at);
    return found != open_.end() && found->second.ancestors;
  };
  bool open = leads_on(entity);
  if (const EntityRecord* record = entities_.find(entity)) {
    record->ancestors.for_each([&](EntityId at) { open = open || leads_on(at); });
  }
  return open && may_be_in(type_of(entity), type_of(ancestor)) ? Tri::unknown : Tri::no;
}

// The hierarchy of actions is declared by action, not by type, and what the schema does not know of has no ancestors.
bool PartialFacts::may_be_in(TypeId member, TypeId ancestor) const noexcept {
  if (!member.valid() || !ancestor.valid() || member == ancestor || schema_ == nullptr) return true;
  if (member.local() || is_action_type(member)) return true;
  const EntityTypeDeclaration* declaration = schema_->find(member);
  return declaration != nullptr && declaration->may_have_ancestor(ancestor);
}

const EntityTypeDeclaration* PartialFacts::declared(TypeId type, bool& undeclared) const noexcept {
  undeclared = false;
  if (schema_ == nullptr || !type.valid() || type.local() || is_action_type(type)) return nullptr;
  const EntityTypeDeclaration* declaration = schema_->find(type);
  undeclared = declaration == nullptr;  // no such entity can be in a store that conforms
  return declaration;
}

const AttributeType* PartialFacts::attribute(TypeId type, SymbolId name, bool& undeclared) const noexcept {
  const EntityTypeDeclaration* declaration = declared(type, undeclared);
  if (declaration == nullptr) return nullptr;
  const AttributeType* found = declaration->attributes != nullptr ? declaration->attributes->find(name) : nullptr;
  undeclared = found == nullptr;
  return found;
}

const Type* PartialFacts::tags(TypeId type, bool& undeclared) const noexcept {
  const EntityTypeDeclaration* declaration = declared(type, undeclared);
  if (declaration == nullptr) return nullptr;
  undeclared = declaration->tags == nullptr;
  return declaration->tags.get();
}

}  // namespace quis
