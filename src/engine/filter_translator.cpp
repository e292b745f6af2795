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

#include "engine/filter_algebra.hpp"

namespace quis {
namespace {

using Kind = FilterExpr::Kind;
using Comparison = FilterExpr::Comparison;

}  // namespace

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
  if (problems_.size() >= limits::kMaxReportedErrors) return FilterPair::error();
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::not_translatable;
  diagnostic.message = "`" + to_text(e) + "` cannot be part of a filter: " + why;
  diagnostic.policy = policy_->id;
  if (policy_->body->source_name != nullptr) diagnostic.source = *policy_->body->source_name;
  diagnostic.span = e.span;
  diagnostic.help = "rewrite the policy, or decide the rows one by one";
  problems_.push_back(std::move(diagnostic));
  return FilterPair::error();
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
  if (nodes_ > limits::kMaxFilterNodes) return FilterPair::error();
  // Where the first cannot err, it is true wherever it is not false.
  FilterExpr later = first.total ? std::move(second.no) : joined(Kind::all, first.yes, std::move(second.no));
  whole.yes = joined(Kind::all, std::move(first.yes), std::move(second.yes));
  whole.no = joined(Kind::any, std::move(first.no), std::move(later));
  return whole;
}

FilterPair FilterTranslator::conditional(const FilterPair& condition, const FilterPair& then,
                                         const FilterPair& otherwise) {
  spend(2 * (size_of(condition.yes) + size_of(condition.no)));
  if (nodes_ > limits::kMaxFilterNodes) return FilterPair::error();
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
  if (nodes_ > limits::kMaxFilterNodes) return FilterPair::error();
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
    if (!value || !value->is(Value::Kind::boolean)) return FilterPair::error();
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
      if (subject->kind != (e.op == Op::like ? Value::Kind::string : Value::Kind::set)) return FilterPair::error();
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

std::optional<FilterTranslator::Terms> FilterTranslator::terms(const Expr& left, const Expr& right) {
  auto a = term(left);
  auto b = term(right);
  if (a && b) return Terms{std::move(*a), std::move(*b)};
  const Expr& unsaid = a ? right : left;
  (void)refuse(unsaid, why_not(unsaid));
  return std::nullopt;
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
  if (found->kind != Value::Kind::boolean) return FilterPair::error();
  FilterPair pair;
  pair.yes = leaf(Kind::compare, *found, {Value::boolean(true)});
  pair.no = leaf(Kind::compare, *found, {Value::boolean(false)});
  pair.total = found->total;
  return pair;
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
