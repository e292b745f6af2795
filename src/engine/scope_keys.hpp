#pragma once

#include <cstdint>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>

#include "engine/id_table.hpp"
#include "engine/operations.hpp"
#include "engine/scratch_list.hpp"
#include "engine/value_table.hpp"

/// What policies ask of the principal or the resource of a request, as numbers (see scope_index.hpp).
namespace quis::detail {

/// What policies ask of one entity: the numbers of its `== e` and `in e` keys, or 0.
struct EntityKeys {
  EntityId entity;
  std::uint32_t equal = 0;
  std::uint32_t in = 0;
};

struct TypeKey {
  TypeId type;
  std::uint32_t key = 0;
};

/// What policies compare `variable.name` with, where the entity is of a type or, when that is invalid, of any.
struct AttributeKeys {
  TypeId type;
  Variable variable = Variable::principal;  ///< this side's, or the context
  SymbolId name;
  ValueTable constants;
  std::uint32_t absent = 0;  ///< the key where there is no such attribute, or 0
};

/// The keys of all policies on one side.
struct KeyDirectory {
  IdTable<EntityKeys, &EntityKeys::entity> entities;
  IdTable<TypeKey, &TypeKey::type> types;
  std::vector<AttributeKeys> attributes;
  bool has_ancestor_keys = false;  ///< some policy asks `in e`

  /// Adds the keys that hold for a request whose entity on this side is `entity`.
  template <class Keys>
  void collect(EntityId entity, const Request& request, const Entities& store, Keys& keys) const;

 private:
  template <class Keys>
  [[gnu::noinline]] void collect_attributes(TypeId type, const EntityRecord& record, const Request& request,
                                            Keys& keys) const;
};

/// The keys that hold for one request on one side.
template <class Side>
using KeyList = ScratchList<std::uint32_t, 64, Side>;
using PrincipalKeys = KeyList<struct OfPrincipal>;
using ResourceKeys = KeyList<struct OfResource>;

template <class Keys>
void KeyDirectory::collect(EntityId entity, const Request& request, const Entities& store, Keys& keys) const {
  keys.add(0);
  const EntityRecord& record = store.facts_of(entity);
  if (!types.empty()) {
    if (const auto* found = types.find(type_of(entity, request.names))) keys.add(found->key);
  }
  if (!attributes.empty()) collect_attributes(type_of(entity, request.names), record, request, keys);
  if (entities.empty()) return;
  if (const auto* found = entities.find(entity)) {
    if (found->equal != 0) keys.add(found->equal);
    if (found->in != 0) keys.add(found->in);
  }
  if (!has_ancestor_keys) return;
  record.ancestors.for_each([&](EntityId ancestor) {
    const auto* found = entities.find(ancestor);
    if (found != nullptr && found->in != 0) keys.add(found->in);
  });
}

template <class Keys>
void KeyDirectory::collect_attributes(TypeId type, const EntityRecord& record, const Request& request,
                                      Keys& keys) const {
  const bool has_context = request.context.is(Value::Kind::record);
  for (const AttributeKeys& attribute : attributes) {
    if (attribute.type.valid() && attribute.type != type) continue;
    const Value* value = nullptr;
    if (attribute.variable != Variable::context) {
      value = record.attributes.find(attribute.name);
    } else if (has_context) {
      value = request.context.as_record().find(attribute.name);
    }
    const std::uint32_t key = value != nullptr ? attribute.constants.find(*value) : attribute.absent;
    if (key != 0) keys.add(key);
  }
}

}  // namespace quis::detail
