// Groups, sets and types: which entity a place holds, what it is in, and what a set has in it.

#include <algorithm>
#include <iterator>
#include <utility>

#include <quis/engine/reference.hpp>
#include <quis/policy/expression.hpp>

#include "engine/filter_algebra.hpp"
#include "engine/filter_translator.hpp"

namespace quis {

namespace {

using Kind = FilterExpr::Kind;

}  // namespace

std::vector<Value> FilterTranslator::self_and_ancestors(EntityId entity) const {
  std::vector<Value> all{Value::entity(entity)};
  if (const EntityRecord* record = entities_.find(entity)) {
    record->ancestors.for_each([&](EntityId ancestor) { all.push_back(Value::entity(ancestor)); });
  }
  return all;
}

/// Where the schema knows no such membership, to be in an entity is to be that entity.
FilterExpr FilterTranslator::member_of(const Place& place, const std::vector<Value>& groups) {
  const EntityTypeDeclaration* declaration = schema_.find(place.entity_type);
  std::vector<Value> above;
  std::vector<Value> itself;
  for (const Value& group : groups) {
    const TypeId type = type_of(group.as_entity());
    if (declaration == nullptr || declaration->may_have_ancestor(type)) {
      above.push_back(group);
    } else if (type == place.entity_type) {
      itself.push_back(group);
    }
  }
  std::vector<FilterExpr> ways;
  if (!itself.empty()) ways.push_back(leaf(Kind::one_of, place, std::move(itself)));
  if (!above.empty()) ways.push_back(leaf(Kind::is_in, place, std::move(above)));
  return any_of(std::move(ways));
}

FilterPair FilterTranslator::in(const Expr& e) {
  const auto operands = terms(*e.operands[0], *e.operands[1]);
  if (!operands) return FilterPair::error();
  const auto& [member, group] = *operands;
  if (member.place && group.place) return refuse(e, "both sides are unknown");
  if (member.place) {
    const Place& place = *member.place;
    if (!group.value || place.kind != Value::Kind::entity) return FilterPair::error();
    std::vector<Value> groups{*group.value};
    if (group.value->is(Value::Kind::set)) {
      const auto elements = group.value->as_set().span();
      groups.assign(elements.begin(), elements.end());
    }
    const auto is_entity = [](const Value& v) { return v.is(Value::Kind::entity); };
    if (!std::all_of(groups.begin(), groups.end(), is_entity)) return FilterPair::error();
    return at(place, member_of(place, groups));
  }
  // A known member of an unknown group: the group is one of those that the member is in.
  const Place& place = *group.place;
  if (!member.value || !member.value->is(Value::Kind::entity)) return FilterPair::error();
  const bool set = place.kind == Value::Kind::set && place.type->element()->kind() == Value::Kind::entity;
  if (!set && place.kind != Value::Kind::entity) {
    return place.kind == Value::Kind::set ? refuse(e, "the set may hold what is no entity") : FilterPair::error();
  }
  return at(place, leaf(set ? Kind::contains_any : Kind::one_of, place, self_and_ancestors(member.value->as_entity())));
}

FilterPair FilterTranslator::contains(const Expr& e) {
  const auto operands = terms(*e.operands[0], *e.operands[1]);
  if (!operands) return FilterPair::error();
  const auto& [set, element] = *operands;
  if (set.place && element.place) return refuse(e, "both sides are unknown");
  if (set.place) {
    const Place& place = *set.place;
    if (!element.value || place.kind != Value::Kind::set) return FilterPair::error();
    const Value::Kind kind = place.type->element()->kind();
    if (kind != element.value->kind()) return never(place);
    if (!is_scalar(kind)) return refuse(e, "sets of sets, records or IP addresses have no columns");
    return at(place, leaf(Kind::contains_any, place, {*element.value}));
  }
  const Place& place = *element.place;
  if (!set.value || !set.value->is(Value::Kind::set)) return FilterPair::error();
  if (!is_scalar(place.kind)) return refuse(e, "sets, records and IP addresses are not compared as a whole");
  std::vector<Value> values;
  for (const Value& value : set.value->as_set().span()) {
    if (value.is(place.kind)) values.push_back(value);
  }
  if (values.empty()) return never(place);
  return at(place, leaf(Kind::one_of, place, std::move(values)));
}

FilterPair FilterTranslator::contains_set(const Expr& e) {
  auto operands = terms(*e.operands[0], *e.operands[1]);
  if (!operands) return FilterPair::error();
  auto& [set, other] = *operands;
  if (!set.place && e.op == Op::contains_any) std::swap(set, other);  // which has no sides
  if (!set.place || other.place) return refuse(e, "what the unknown set must not hold has no form in a filter");
  const Place& place = *set.place;
  if (!other.value || place.kind != Value::Kind::set || !other.value->is(Value::Kind::set)) return FilterPair::error();
  const Value::Kind kind = place.type->element()->kind();
  if (!is_scalar(kind)) return refuse(e, "sets of sets, records or IP addresses have no columns");
  const auto wanted = other.value->as_set().span();
  std::vector<Value> values;
  for (const Value& value : wanted) {
    if (value.is(kind)) values.push_back(value);
  }
  if (e.op == Op::contains_any) {
    if (values.empty()) return never(place);
    return at(place, leaf(Kind::contains_any, place, std::move(values)));
  }
  if (values.size() < wanted.size()) return never(place);
  std::vector<FilterExpr> each{present(place)};
  for (const Value& value : values) each.push_back(leaf(Kind::contains_any, place, {value}));
  return at(place, all_of(std::move(each)));
}

FilterPair FilterTranslator::has(const Expr& e) {
  const auto subject = place(*e.operands[0]);
  if (!subject) return refuse(*e.operands[0], why_not(*e.operands[0]));
  if (subject->kind != Value::Kind::entity && subject->kind != Value::Kind::record) return FilterPair::error();
  const auto attribute = [&]() -> std::optional<Place> {
    Expr get = e;
    get.op = Op::get_attribute;
    return place(get);
  }();
  if (!attribute) return never(*subject);  // the schema declares none
  return at(*subject, present(*attribute));
}

FilterPair FilterTranslator::is(const Expr& e) {
  const auto subject = place(*e.operands[0]);
  if (!subject) return refuse(*e.operands[0], why_not(*e.operands[0]));
  if (subject->kind != Value::Kind::entity) return FilterPair::error();
  if (subject->entity_type != e.type) return never(*subject);
  if (e.op == Op::is_in) return in(e);
  return inverse(never(*subject));
}

}  // namespace quis
