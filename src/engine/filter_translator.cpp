// Cedar conditions as conditions on rows.
//
// Databases have three truth values and so has Cedar, but they are not the same three: SQL's `NULL OR TRUE` is true,
// Cedar's error ends everything. So nothing here relies on the database's third value. Each Cedar expression becomes
// two conditions, each true or false in every row: one for *it is true*, one for *it is false*. Where it errs, neither
// holds. Then `a && b` is true where both are, and false where `a` is false, or `a` is true and `b` false:
// short-circuit and errors come out as Cedar defines them, and a `not` around a whole policy is safe.
//
// That names `a` twice where it can err, so a filter can be exponentially larger than the policy that nests such
// operators to the left; the size is bounded (`limits::kMaxFilterNodes`).

#include "engine/filter_translator.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/engine/reference.hpp>
#include <quis/policy/expression.hpp>

namespace quis {
namespace {

using Kind = FilterExpr::Kind;
using Comparison = FilterExpr::Comparison;

FilterExpr constant(bool value) {
  FilterExpr e;
  e.value = value;
  return e;
}

bool is_constant(const FilterExpr& e, bool value) { return e.kind == Kind::constant && e.value == value; }

std::size_t size_of(const FilterExpr& e) {
  std::size_t size = 1 + e.values.size();
  for (const FilterExpr& operand : e.operands) size += size_of(operand);
  return size;
}

/// Flat: a chain must not become as deep as it is long.
FilterExpr joined(Kind kind, std::vector<FilterExpr> operands) {
  const bool neutral = kind == Kind::all;
  FilterExpr whole;
  whole.kind = kind;
  whole.operands.reserve(operands.size());
  for (FilterExpr& operand : operands) {
    if (is_constant(operand, neutral)) continue;
    if (is_constant(operand, !neutral)) return constant(!neutral);
    if (operand.kind == kind) {
      std::move(operand.operands.begin(), operand.operands.end(), std::back_inserter(whole.operands));
    } else {
      whole.operands.push_back(std::move(operand));
    }
  }
  if (whole.operands.empty()) return constant(neutral);
  if (whole.operands.size() == 1) return std::exchange(whole.operands.front(), {});
  return whole;
}

/// Of two. (A braced list would copy both.)
FilterExpr joined(Kind kind, FilterExpr first, FilterExpr second) {
  std::vector<FilterExpr> operands;
  operands.reserve(2);
  operands.push_back(std::move(first));
  operands.push_back(std::move(second));
  return joined(kind, std::move(operands));
}

FilterPair error() { return {}; }

Comparison inverse_of(Comparison op) {
  switch (op) {
    case Comparison::equal: return Comparison::not_equal;
    case Comparison::not_equal: return Comparison::equal;
    case Comparison::less: return Comparison::greater_equal;
    case Comparison::less_equal: return Comparison::greater;
    case Comparison::greater: return Comparison::less_equal;
    case Comparison::greater_equal: return Comparison::less;
  }
  return op;
}

Comparison mirrored(Comparison op) {
  switch (op) {
    case Comparison::less: return Comparison::greater;
    case Comparison::less_equal: return Comparison::greater_equal;
    case Comparison::greater: return Comparison::less;
    case Comparison::greater_equal: return Comparison::less_equal;
    default: return op;
  }
}

std::optional<Comparison> comparison_of(const Expr& e) {
  switch (e.op) {
    case Op::equal: return Comparison::equal;
    case Op::not_equal: return Comparison::not_equal;
    case Op::less: return Comparison::less;
    case Op::less_equal: return Comparison::less_equal;
    case Op::greater: return Comparison::greater;
    case Op::greater_equal: return Comparison::greater_equal;
    case Op::call: break;
    default: return std::nullopt;
  }
  if (e.operands.size() != 2) return std::nullopt;
  switch (e.function) {
    case ExtensionFunction::less_than: return Comparison::less;
    case ExtensionFunction::less_than_or_equal: return Comparison::less_equal;
    case ExtensionFunction::greater_than: return Comparison::greater;
    case ExtensionFunction::greater_than_or_equal: return Comparison::greater_equal;
    default: return std::nullopt;
  }
}

/// Whether rows can hold such values in one column.
bool is_scalar(Value::Kind kind) {
  return kind != Value::Kind::set && kind != Value::Kind::record && kind != Value::Kind::ip;
}

const char* why_not(const Expr& e) {
  switch (e.op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::negate: return "its overflow is an error, which databases do not keep to";
    case Op::get_tag:
    case Op::has_tag: return "tags have no columns";
    case Op::call: return "extension functions have no form in a filter";
    case Op::if_: return "an `if` may stand only where a condition or a side of a comparison does";
    default: return "it has no form in a filter";
  }
}

}  // namespace

FilterTranslator::FilterTranslator(const Entities& entities, const Schema& schema, const Request& known,
                                   Variable unknown, TypeId type, ValueArena& arena)
    : entities_(entities), schema_(schema), known_(known), unknown_(unknown), type_(type), arena_(arena) {}

bool FilterTranslator::reads_unknown(const Expr& e) const {
  return (e.op == Op::variable && e.variable == unknown_) ||
         std::any_of(e.operands.begin(), e.operands.end(),
                     [this](const Expr* operand) { return reads_unknown(*operand); });
}

void FilterTranslator::spend(std::size_t nodes) {
  const bool was_over = nodes_ > limits::kMaxFilterNodes;
  nodes_ += nodes;
  if (was_over || nodes_ <= limits::kMaxFilterNodes) return;
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::limit_exceeded;
  diagnostic.message = "the filter has more than " + std::to_string(limits::kMaxFilterNodes) + " parts";
  diagnostic.policy = policy_ != nullptr ? policy_->id : std::string();
  diagnostic.help = "make the policies smaller, or decide the rows one by one";
  problems_.push_back(std::move(diagnostic));
}

FilterPair FilterTranslator::refuse(const Expr& e, const char* why) {
  if (problems_.size() >= limits::kMaxReportedErrors) return error();
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::not_translatable;
  diagnostic.message = "`" + to_text(e) + "` cannot be part of a filter: " + why;
  diagnostic.policy = policy_->id;
  if (policy_->body->source_name != nullptr) diagnostic.source = *policy_->body->source_name;
  diagnostic.span = e.span;
  diagnostic.help = "rewrite the policy, or decide the rows one by one";
  problems_.push_back(std::move(diagnostic));
  return error();
}

FilterExpr FilterTranslator::all_of(std::vector<FilterExpr> operands) { return joined(Kind::all, std::move(operands)); }

FilterExpr FilterTranslator::any_of(std::vector<FilterExpr> operands) { return joined(Kind::any, std::move(operands)); }

FilterExpr FilterTranslator::negation(FilterExpr operand) {
  if (operand.kind == Kind::constant) return constant(!operand.value);
  FilterExpr whole;
  whole.kind = Kind::none;
  whole.operands.push_back(std::move(operand));
  return whole;
}

FilterPair FilterTranslator::inverse(FilterPair pair) {
  std::swap(pair.yes, pair.no);
  return pair;
}

FilterPair FilterTranslator::both(FilterPair first, FilterPair second) {
  FilterPair whole;
  whole.total = first.total && second.total;
  spend(size_of(first.yes));
  if (nodes_ > limits::kMaxFilterNodes) return error();
  // Where the first cannot err, it is true wherever it is not false.
  FilterExpr later = first.total ? std::move(second.no) : joined(Kind::all, first.yes, std::move(second.no));
  whole.yes = joined(Kind::all, std::move(first.yes), std::move(second.yes));
  whole.no = joined(Kind::any, std::move(first.no), std::move(later));
  return whole;
}

FilterPair FilterTranslator::conditional(const FilterPair& condition, const FilterPair& then,
                                         const FilterPair& otherwise) {
  spend(2 * (size_of(condition.yes) + size_of(condition.no)));
  if (nodes_ > limits::kMaxFilterNodes) return error();
  return {any_of({all_of({condition.yes, then.yes}), all_of({condition.no, otherwise.yes})}),
          any_of({all_of({condition.yes, then.no}), all_of({condition.no, otherwise.no})}),
          condition.total && then.total && otherwise.total};
}

/// `||` is `&&` with everything turned round.
///
/// *It is false* is *the first is false, or is true and the rest false*, which nests as deep as the chain is long.
/// `&&` is associative, errors included, so the halves of a chain may be taken for its two operands: then it nests as
/// deep as the logarithm, at the price of naming operands as often. Chains too long for that price nest.
FilterPair FilterTranslator::junction(const Expr& e) {
  constexpr std::size_t kLongestHalved = 512;
  const bool is_or = e.op == Op::or_;
  const std::size_t block = e.operands.size() <= kLongestHalved ? e.operands.size() : 1;
  std::size_t begin = e.operands.size() - block;
  FilterPair whole = chain(e.operands.subspan(begin), is_or);
  while (begin > 0) {
    begin -= block;
    whole = both(chain(e.operands.subspan(begin, block), is_or), std::move(whole));
  }
  return is_or ? inverse(std::move(whole)) : whole;
}

FilterPair FilterTranslator::chain(std::span<const Expr* const> operands, bool turned) {
  if (operands.size() == 1) {
    FilterPair only = translate(*operands.front());
    return turned ? inverse(std::move(only)) : only;
  }
  const std::size_t half = operands.size() / 2;
  FilterPair first = chain(operands.first(half), turned);
  return both(std::move(first), chain(operands.subspan(half), turned));
}

FilterPair FilterTranslator::translate(const Expr& e) {
  if (nodes_ > limits::kMaxFilterNodes) return error();
  spend(1);
  switch (e.op) {
    case Op::and_:
    case Op::or_: return junction(e);
    case Op::not_: return inverse(translate(*e.operands[0]));
    case Op::if_: return conditional(translate(*e.operands[0]), translate(*e.operands[1]), translate(*e.operands[2]));
    default: break;
  }
  if (!reads_unknown(e)) {
    const std::optional<Value> value = closed(e);
    if (!value || !value->is(Value::Kind::boolean)) return error();
    return {constant(value->as_boolean()), constant(!value->as_boolean()), true};
  }
  if (const auto op = comparison_of(e)) return comparison(e, *op, *e.operands[0], *e.operands[1]);
  switch (e.op) {
    case Op::variable:
    case Op::get_attribute: return boolean_at(e);
    case Op::has_attribute: return has(e);
    case Op::in: return in(e);
    case Op::is:
    case Op::is_in: return is(e);
    case Op::contains: return contains(e);
    case Op::contains_all:
    case Op::contains_any: return contains_set(e);
    case Op::is_empty:
    case Op::like: {
      const auto subject = place(*e.operands[0]);
      if (!subject) return refuse(*e.operands[0], why_not(*e.operands[0]));
      if (subject->kind != (e.op == Op::like ? Value::Kind::string : Value::Kind::set)) return error();
      FilterExpr test = leaf(e.op == Op::like ? Kind::like : Kind::is_empty, *subject);
      test.pattern.assign(e.pattern.begin(), e.pattern.end());
      return at(*subject, std::move(test));
    }
    default: return refuse(e, why_not(e));
  }
}

std::optional<Value> FilterTranslator::closed(const Expr& e) {
  const auto value = evaluate(e, known_, entities_, arena_);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<FilterTranslator::Place> FilterTranslator::place(const Expr& e) {
  if (e.op == Op::variable && e.variable == unknown_) {
    Place row;
    row.entity_type = type_;
    row.total = true;
    return row;
  }
  if (e.op != Op::get_attribute) return std::nullopt;
  auto found = place(*e.operands[0]);
  if (!found) return found;
  const Type* record = found->type;
  if (found->kind == Value::Kind::entity) {
    const EntityTypeDeclaration* declaration = schema_.find(found->entity_type);
    record = declaration != nullptr ? declaration->attributes.get() : nullptr;
  }
  const AttributeType* attribute =
      record != nullptr && record->kind() == Value::Kind::record ? record->find(e.name) : nullptr;
  if (attribute == nullptr) return std::nullopt;  // partial evaluation has made an error of what is not declared
  const bool sure_to_exist = found->kind == Value::Kind::record || found->path.empty();
  found->total = found->total && attribute->required && sure_to_exist;
  found->path.emplace_back(text_of(e.name));
  found->type = attribute->type.get();
  found->kind = attribute->type->kind();
  found->entity_type = found->kind == Value::Kind::entity ? attribute->type->entity_type() : TypeId{};
  return found;
}

std::optional<FilterTranslator::Term> FilterTranslator::term(const Expr& e) {
  if (!reads_unknown(e)) return Term{std::nullopt, closed(e)};
  auto found = place(e);
  if (!found) return std::nullopt;
  return Term{std::move(found), std::nullopt};
}

FilterExpr FilterTranslator::leaf(Kind kind, const Place& place, std::vector<Value> values) {
  spend(1 + values.size());
  FilterExpr test;
  test.kind = kind;
  test.path = place.path;
  const bool of_elements = place.kind == Value::Kind::set;
  test.of = of_elements ? place.type->element()->kind() : place.kind;
  test.entity_type = place.entity_type;
  if (of_elements && test.of == Value::Kind::entity) test.entity_type = place.type->element()->entity_type();
  test.values = std::move(values);
  return test;
}

FilterExpr FilterTranslator::present(const Place& place) {
  return place.total ? constant(true) : leaf(Kind::present, place);
}

FilterPair FilterTranslator::at(const Place& place, FilterExpr yes) {
  FilterExpr no = all_of({present(place), negation(yes)});
  spend(size_of(no));
  return {std::move(yes), std::move(no), place.total};
}

FilterPair FilterTranslator::never(const Place& place) { return {constant(false), present(place), place.total}; }

FilterPair FilterTranslator::boolean_at(const Expr& e) {
  const auto found = place(e);
  if (!found) return refuse(e, why_not(e));
  if (found->kind != Value::Kind::boolean) return error();
  FilterPair pair;
  pair.yes = leaf(Kind::compare, *found, {Value::boolean(true)});
  pair.no = leaf(Kind::compare, *found, {Value::boolean(false)});
  pair.total = found->total;
  return pair;
}

FilterPair FilterTranslator::comparison(const Expr& e, Comparison op, const Expr& left, const Expr& right) {
  // An `if` beside the operator is an `if` around it; errors are errors either way.
  for (const Expr* side : {&left, &right}) {
    if (side->op != Op::if_ || !reads_unknown(*side)) continue;
    const auto with = [&](const Expr& branch) {
      return side == &left ? comparison(e, op, branch, right) : comparison(e, op, left, branch);
    };
    return conditional(translate(*side->operands[0]), with(*side->operands[1]), with(*side->operands[2]));
  }
  const bool equality = op == Comparison::equal || op == Comparison::not_equal;
  auto a = term(left);
  auto b = term(right);
  if (!a) return refuse(left, why_not(left));
  if (!b) return refuse(right, why_not(right));
  if (!a->place) {
    std::swap(a, b);
    op = mirrored(op);
  }
  if (!a->place) {  // neither side is unknown, which the branches of an `if` can be
    if (!a->value || !b->value) return error();
    Expr literals[2];
    literals[0].value = *(op == comparison_of(e) ? a : b)->value;
    literals[1].value = *(op == comparison_of(e) ? b : a)->value;
    const Expr* operands[] = {&literals[0], &literals[1]};
    Expr step = e;
    step.operands = operands;
    const auto value = closed(step);
    if (!value) return error();
    return {constant(value->as_boolean()), constant(!value->as_boolean()), true};
  }
  const Place& place = *a->place;
  if (!b->place && !b->value) return error();
  const Value::Kind other = b->place ? b->place->kind : b->value->kind();
  const bool decimals = e.op == Op::call;
  const auto ordered = [&](Value::Kind kind) {
    if (decimals) return kind == Value::Kind::decimal;
    return kind == Value::Kind::integer || kind == Value::Kind::datetime || kind == Value::Kind::duration;
  };
  if (!equality && (!ordered(place.kind) || place.kind != other)) return error();
  const bool alike = place.kind == other && !(b->place && place.entity_type != b->place->entity_type);
  if (!alike) {  // of different types, so never equal
    FilterPair unequal{constant(false), all_of({present(place), b->place ? present(*b->place) : constant(true)}),
                       place.total && (!b->place || b->place->total)};
    return op == Comparison::equal ? unequal : inverse(std::move(unequal));
  }
  if (!is_scalar(place.kind)) return refuse(e, "sets, records and IP addresses are not compared as a whole");
  FilterPair pair;
  pair.yes = leaf(Kind::compare, place);
  if (b->place) {
    pair.yes.other = b->place->path;
  } else {
    pair.yes.values.push_back(*b->value);
  }
  pair.no = pair.yes;
  pair.yes.comparison = op;
  pair.no.comparison = inverse_of(op);
  pair.total = place.total && (!b->place || b->place->total);
  return pair;
}

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
  const auto member = term(*e.operands[0]);
  const auto group = term(*e.operands[1]);
  if (!member) return refuse(*e.operands[0], why_not(*e.operands[0]));
  if (!group) return refuse(*e.operands[1], why_not(*e.operands[1]));
  if (member->place && group->place) return refuse(e, "both sides are unknown");
  if (member->place) {
    const Place& place = *member->place;
    if (!group->value || place.kind != Value::Kind::entity) return error();
    std::vector<Value> groups{*group->value};
    if (group->value->is(Value::Kind::set)) {
      const auto elements = group->value->as_set().span();
      groups.assign(elements.begin(), elements.end());
    }
    const auto is_entity = [](const Value& v) { return v.is(Value::Kind::entity); };
    if (!std::all_of(groups.begin(), groups.end(), is_entity)) return error();
    return at(place, member_of(place, groups));
  }
  // A known member of an unknown group: the group is one of those that the member is in.
  const Place& place = *group->place;
  if (!member->value || !member->value->is(Value::Kind::entity)) return error();
  const bool set = place.kind == Value::Kind::set && place.type->element()->kind() == Value::Kind::entity;
  if (!set && place.kind != Value::Kind::entity) {
    return place.kind == Value::Kind::set ? refuse(e, "the set may hold what is no entity") : error();
  }
  return at(place,
            leaf(set ? Kind::contains_any : Kind::one_of, place, self_and_ancestors(member->value->as_entity())));
}

FilterPair FilterTranslator::contains(const Expr& e) {
  const auto set = term(*e.operands[0]);
  const auto element = term(*e.operands[1]);
  if (!set) return refuse(*e.operands[0], why_not(*e.operands[0]));
  if (!element) return refuse(*e.operands[1], why_not(*e.operands[1]));
  if (set->place && element->place) return refuse(e, "both sides are unknown");
  if (set->place) {
    const Place& place = *set->place;
    if (!element->value || place.kind != Value::Kind::set) return error();
    const Value::Kind kind = place.type->element()->kind();
    if (kind != element->value->kind()) return never(place);
    if (!is_scalar(kind)) return refuse(e, "sets of sets, records or IP addresses have no columns");
    return at(place, leaf(Kind::contains_any, place, {*element->value}));
  }
  const Place& place = *element->place;
  if (!set->value || !set->value->is(Value::Kind::set)) return error();
  if (!is_scalar(place.kind)) return refuse(e, "sets, records and IP addresses are not compared as a whole");
  std::vector<Value> values;
  for (const Value& value : set->value->as_set().span()) {
    if (value.is(place.kind)) values.push_back(value);
  }
  if (values.empty()) return never(place);
  return at(place, leaf(Kind::one_of, place, std::move(values)));
}

FilterPair FilterTranslator::contains_set(const Expr& e) {
  auto set = term(*e.operands[0]);
  auto other = term(*e.operands[1]);
  if (!set) return refuse(*e.operands[0], why_not(*e.operands[0]));
  if (!other) return refuse(*e.operands[1], why_not(*e.operands[1]));
  if (!set->place && e.op == Op::contains_any) std::swap(set, other);  // which has no sides
  if (!set->place || other->place) return refuse(e, "what the unknown set must not hold has no form in a filter");
  const Place& place = *set->place;
  if (!other->value || place.kind != Value::Kind::set || !other->value->is(Value::Kind::set)) return error();
  const Value::Kind kind = place.type->element()->kind();
  if (!is_scalar(kind)) return refuse(e, "sets of sets, records or IP addresses have no columns");
  const auto wanted = other->value->as_set().span();
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
  if (subject->kind != Value::Kind::entity && subject->kind != Value::Kind::record) return error();
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
  if (subject->kind != Value::Kind::entity) return error();
  if (subject->entity_type != e.type) return never(*subject);
  if (e.op == Op::is_in) return in(e);
  return inverse(never(*subject));
}

FilterExpr FilterTranslator::scope(const ScopeConstraint& constraint) {
  Place row;
  row.entity_type = type_;
  row.total = true;
  const std::vector<Value> entity{Value::entity(constraint.entity)};
  const bool typed = constraint.kind == ScopeConstraint::Kind::is || constraint.kind == ScopeConstraint::Kind::is_in;
  if (typed && constraint.type != type_) return constant(false);
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any:
    case ScopeConstraint::Kind::is: break;
    case ScopeConstraint::Kind::equal: return leaf(Kind::one_of, row, entity);
    case ScopeConstraint::Kind::in:
    case ScopeConstraint::Kind::is_in: return member_of(row, entity);
  }
  return constant(true);
}

FilterExpr FilterTranslator::satisfied(const Policy& policy) {
  policy_ = &policy;
  const bool principal = unknown_ == Variable::principal;
  std::vector<FilterExpr> parts{scope(principal ? policy.principal() : policy.resource())};
  for (const Condition& condition : policy.body->conditions) {
    FilterPair pair = translate(*condition.body);
    parts.push_back(std::move(condition.negated ? pair.no : pair.yes));
  }
  policy_ = nullptr;
  return all_of(std::move(parts));
}

}  // namespace quis
