#include "policy/schema_types.hpp"

#include <algorithm>

#include <quis/base/vocabulary.hpp>

namespace quis {

using Kind = StaticType::Kind;

TypeRef SchemaTypes::type_of_literal(EntityId entity) {
  const TypeId type = type_of(entity);
  const bool declared = is_action_type(type) ? schema_.find(entity) != nullptr : schema_.find(type) != nullptr;
  return declared ? types_.entity(type) : nullptr;
}

TypeRef SchemaTypes::attributes_of(TypeRef type) {
  if (type->is(Kind::record)) return type;
  if (!type->is(Kind::entity)) return nullptr;
  if (const auto known = attributes_.find(type); known != attributes_.end()) return known->second;
  TypeRef common = nullptr;
  for (const TypeId entity : type->entities) {
    const EntityTypeDeclaration* declared = schema_.find(entity);
    const TypeRef own = declared == nullptr ? types_.record({}, false) : types_.from(*declared->attributes);
    if (common == nullptr) {
      common = own;
      continue;
    }
    LubProblem ignored = LubProblem::none;  // records always have a permissive bound
    common = permissive_.least_upper_bound(common, own, ignored);
  }
  attributes_.emplace(type, common);
  return common;
}

bool SchemaTypes::may_have(TypeRef type, SymbolId name) const {
  switch (type->kind) {
    case Kind::never:
    case Kind::any_entity: return true;
    case Kind::record: return type->open || type->find(name) != nullptr;
    case Kind::entity:
      return std::any_of(type->entities.begin(), type->entities.end(), [&](TypeId entity) {
        const EntityTypeDeclaration* declared = schema_.find(entity);
        return declared != nullptr && declared->attributes->find(name) != nullptr;
      });
    default: return false;
  }
}

std::vector<TypeRef> SchemaTypes::tags_of(TypeRef type) {
  std::vector<TypeRef> tags;
  for (const TypeId entity : type->entities) {
    const EntityTypeDeclaration* declared = schema_.find(entity);
    if (declared == nullptr || declared->tags == nullptr) continue;
    const TypeRef tag = types_.from(*declared->tags);
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

bool SchemaTypes::may_be_in(TypeId lower, TypeId upper) {
  if (lower == upper) return true;
  if (const EntityTypeDeclaration* declared = schema_.find(lower)) return declared->may_have_ancestor(upper);
  if (!action_types_known_) {
    action_types_known_ = true;
    for (const ActionDeclaration& action : schema_.actions()) {
      std::unordered_set<TypeId>& above = action_types_[type_of(action.uid)];
      for (const EntityId ancestor : action.ancestors) above.insert(type_of(ancestor));
    }
  }
  const auto found = action_types_.find(lower);
  return found != action_types_.end() && found->second.contains(upper);
}

bool SchemaTypes::may_be_in(TypeRef lower, TypeRef upper) {
  return std::any_of(lower->entities.begin(), lower->entities.end(), [&](TypeId below) {
    return std::any_of(upper->entities.begin(), upper->entities.end(),
                       [&](TypeId above) { return may_be_in(below, above); });
  });
}

}  // namespace quis
