#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quis/base/limits.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>

#include "engine/id_table.hpp"
#include "engine/operations.hpp"
#include "engine/scratch_list.hpp"
#include "engine/value_table.hpp"

/// What policies ask of the principal or the resource of a request, as keys (see scope_index.hpp).
namespace quis::detail {

/// What a policy asks of one entity, as one number. Of `== e` and `in e` it is made of the entity's id, so a request
/// has its keys without a look at anything but the entity's ancestors. Above all ids are *asks nothing*, and types and
/// attributes, numbered as they turn up.
struct ScopeKey {
  enum class Kind : std::uint32_t { equal, in, other };
  static constexpr std::size_t kKinds = 3;
  static constexpr std::uint32_t kFirstOther = limits::kMaxNames * 2;
  static constexpr std::uint32_t kNone = 0xffff'ffffU;
  static constexpr std::uint32_t kMostOthers = kNone - kFirstOther;

  std::uint32_t value = kNone;

  [[nodiscard]] static constexpr ScopeKey equal(EntityId entity) noexcept { return {entity.value << 1U}; }
  [[nodiscard]] static constexpr ScopeKey in(EntityId entity) noexcept { return {entity.value << 1U | 1U}; }
  [[nodiscard]] static constexpr ScopeKey other(std::uint32_t number) noexcept { return {kFirstOther + number}; }
  [[nodiscard]] static constexpr ScopeKey nothing() noexcept { return other(0); }

  [[nodiscard]] constexpr bool valid() const noexcept { return value != kNone; }
  [[nodiscard]] constexpr Kind kind() const noexcept {
    return value >= kFirstOther ? Kind::other : static_cast<Kind>(value & 1U);
  }
  /// The entity's id, or the number that it was given.
  [[nodiscard]] constexpr std::uint32_t number() const noexcept {
    return value >= kFirstOther ? value - kFirstOther : value >> 1U;
  }

  friend constexpr auto operator<=>(const ScopeKey&, const ScopeKey&) = default;
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

/// The keys that hold for one request on one side.
template <class Side>
using RequestKeys = ScratchList<ScopeKey, 64, Side>;

struct NamedEntity {
  EntityId entity;
};

/// The keys of all policies on one side, as far as a request has to look for them.
struct KeyDirectory {
  IdTable<TypeKey, &TypeKey::type> types;
  std::vector<AttributeKeys> attributes;
  IdTable<NamedEntity, &NamedEntity::entity> groups;  ///< those that some policy asks to be in

  /// Adds the keys that hold for a request whose entity on this side is `entity`, each once.
  ///
  /// An entity that only the request knows has none of its own: no policy asks for it, and its id is no number here.
  /// O(ancestors), and no more keys than a few and those that policies name.
  template <class Keys>
  void collect(EntityId entity, const Request& request, const Entities& store, Keys& keys) const;

 private:
  template <class Keys>
  [[gnu::noinline]] void collect_attributes(TypeId type, const EntityRecord& record, const Request& request,
                                            Keys& keys) const;
};

template <class Keys>
inline void KeyDirectory::collect(EntityId entity, const Request& request, const Entities& store, Keys& keys) const {
  keys.add(ScopeKey::nothing());
  const EntityRecord& record = store.facts_of(entity);
  if (!types.empty()) {
    if (const auto* found = types.find(type_of(entity, request.names))) keys.add(ScopeKey::other(found->key));
  }
  if (!attributes.empty()) collect_attributes(type_of(entity, request.names), record, request, keys);
  if (entity.value >= limits::kMaxNames) return;  // local or none
  keys.add(ScopeKey::equal(entity));
  if (groups.empty()) return;
  // Of few ancestors all are keys, for that is less work than to find out which of them policies name. Of many it would
  // be theirs, not the policies', how long a decision takes.
  constexpr std::uint32_t kFew = AncestorSet::kLine;
  if (record.ancestors.size() > kFew) [[unlikely]] {
    keys.add(ScopeKey::in(entity));
    record.ancestors.for_each([&](EntityId ancestor) {
      if (groups.find(ancestor) != nullptr) keys.add(ScopeKey::in(ancestor));
    });
    return;
  }
  ScopeKey* end = keys.room(1 + kFew);
  *end++ = ScopeKey::in(entity);
  record.ancestors.for_each([&](EntityId ancestor) { *end++ = ScopeKey::in(ancestor); });
  keys.take(end);
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
    if (key != 0) keys.add(ScopeKey::other(key));
  }
}

}  // namespace quis::detail
