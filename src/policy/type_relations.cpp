#include "policy/type_relations.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <vector>

namespace quis {

namespace {

using Kind = StaticType::Kind;

bool is_boolean(const StaticType& type) noexcept {
  return type.is(Kind::boolean) || type.is(Kind::truth) || type.is(Kind::falsity);
}

bool has_parts(const StaticType& type) noexcept { return type.is(Kind::set) || type.is(Kind::record); }

bool same_names(const StaticType& a, const StaticType& b) noexcept {
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const StaticField& x, const StaticField& y) { return x.name == y.name; });
}

}  // namespace

std::size_t TypeRelations::Hash::operator()(const Pair& pair) const noexcept {
  const std::hash<TypeRef> hash;
  return hash(pair.first) * 31 + hash(pair.second);
}

bool TypeRelations::is_subtype(TypeRef sub, TypeRef super) {
  if (sub == super || sub->is(Kind::never)) return true;
  if (!has_parts(*sub) || sub->kind != super->kind) return compute_subtype(sub, super);
  if (const auto known = subtypes_.find({sub, super}); known != subtypes_.end()) return known->second;
  const bool answer = compute_subtype(sub, super);
  subtypes_.emplace(Pair{sub, super}, answer);
  return answer;
}

bool TypeRelations::compute_subtype(TypeRef sub, TypeRef super) {
  switch (super->kind) {
    case Kind::boolean: return is_boolean(*sub);
    case Kind::set:
      return sub->is(Kind::set) &&
             (super->element == nullptr || (sub->element != nullptr && is_subtype(sub->element, super->element)));
    case Kind::record: return sub->is(Kind::record) && is_subrecord(sub, super);
    case Kind::any_entity: return sub->is(Kind::entity) && !strict_;
    case Kind::entity:
      return sub->is(Kind::entity) && !strict_ &&
             std::includes(super->entities.begin(), super->entities.end(), sub->entities.begin(), sub->entities.end());
    default: return false;
  }
}

bool TypeRelations::is_subrecord(TypeRef sub, TypeRef super) {
  if (sub->open && !super->open) return false;
  const bool may_be_wider = super->open && !strict_;
  return (may_be_wider || same_names(*sub, *super)) && fields_are_subtypes(sub, super);
}

bool TypeRelations::fields_are_subtypes(TypeRef sub, TypeRef super) {
  return std::all_of(super->fields.begin(), super->fields.end(), [&](const StaticField& wanted) {
    const StaticField* given = sub->find(wanted.name);
    if (given == nullptr) return false;
    const bool fits = strict_ ? given->required == wanted.required : given->required || !wanted.required;
    return fits && is_subtype(given->type, wanted.type);
  });
}

TypeRef TypeRelations::least_upper_bound(TypeRef a, TypeRef b, LubProblem& problem) {
  const Bound found = bound(a, b);
  if (found.type == nullptr) problem = found.problem;
  return found.type;
}

TypeRelations::Bound TypeRelations::bound(TypeRef a, TypeRef b) {
  if (is_subtype(a, b)) return {b};
  if (is_subtype(b, a)) return {a};
  if (!has_parts(*a) || a->kind != b->kind) return compute_bound(a, b);
  if (const auto known = bounds_.find({a, b}); known != bounds_.end()) return known->second;
  const Bound answer = compute_bound(a, b);
  bounds_.emplace(Pair{a, b}, answer);
  return answer;
}

TypeRelations::Bound TypeRelations::compute_bound(TypeRef a, TypeRef b) {
  if (is_boolean(*a) && is_boolean(*b)) return {types_.of(Kind::boolean)};
  if (a->is(Kind::set) && b->is(Kind::set)) {
    if (a->element == nullptr || b->element == nullptr) return {types_.set_of(nullptr)};
    const Bound element = bound(a->element, b->element);
    return element.type == nullptr ? element : Bound{types_.set_of(element.type)};
  }
  if (a->is(Kind::record) && b->is(Kind::record)) return bound_of_records(a, b);
  if (a->is(Kind::entity) && b->is(Kind::entity)) return bound_of_entities(a, b);
  if ((a->is(Kind::entity) && b->is(Kind::record)) || (a->is(Kind::record) && b->is(Kind::entity))) {
    return {nullptr, LubProblem::entity_and_record};
  }
  return {};
}

TypeRelations::Bound TypeRelations::bound_of_entities(TypeRef a, TypeRef b) {
  if (strict_) return {nullptr, LubProblem::entity_types};
  std::vector<TypeId> all;
  std::set_union(a->entities.begin(), a->entities.end(), b->entities.begin(), b->entities.end(),
                 std::back_inserter(all));
  return {types_.entity_of(all)};
}

// What two records have in common. A permissive bound leaves out an attribute whose types have no bound, and is then
// open, for values of it may have more than it says.
TypeRelations::Bound TypeRelations::bound_of_records(TypeRef a, TypeRef b) {
  if (strict_ && !same_names(*a, *b)) return {nullptr, LubProblem::record_width};
  std::vector<StaticField> common;
  for (const StaticField& field : a->fields) {
    const StaticField* other = b->find(field.name);
    if (other == nullptr) continue;
    const Bound type = bound(field.type, other->type);
    if (type.type == nullptr) {
      if (strict_) return type;
      continue;
    }
    if (strict_ && field.required != other->required) return {nullptr, LubProblem::optionality};
    common.push_back({field.name, type.type, field.required && other->required});
  }
  const bool open = a->open || b->open || common.size() != a->fields.size() || common.size() != b->fields.size();
  return {types_.record(std::move(common), open)};
}

bool are_disjoint(const StaticType& a, const StaticType& b) noexcept {
  if (!a.is(Kind::entity) || !b.is(Kind::entity)) return false;
  return std::none_of(a.entities.begin(), a.entities.end(),
                      [&](TypeId type) { return std::binary_search(b.entities.begin(), b.entities.end(), type); });
}

}  // namespace quis
