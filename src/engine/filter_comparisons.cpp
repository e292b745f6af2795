// Comparisons of a place in the row with a value or with another place.

#include <algorithm>
#include <utility>

#include "engine/filter_algebra.hpp"
#include "engine/filter_translator.hpp"

namespace quis {
namespace {

using Kind = FilterExpr::Kind;
using Comparison = FilterExpr::Comparison;

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

}  // namespace

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
  auto sides = terms(left, right);
  if (!sides) return FilterPair::error();
  auto& [a, b] = *sides;
  if (!a.place) {
    std::swap(a, b);
    op = mirrored(op);
  }
  if (!a.place) {  // neither side is unknown, which the branches of an `if` can be
    if (!a.value || !b.value) return FilterPair::error();
    Expr literals[2];
    literals[0].value = *(op == comparison_of(e) ? a : b).value;
    literals[1].value = *(op == comparison_of(e) ? b : a).value;
    const Expr* operands[] = {&literals[0], &literals[1]};
    Expr step = e;
    step.operands = operands;
    const auto value = closed(step);
    if (!value) return FilterPair::error();
    return {constant(value->as_boolean()), constant(!value->as_boolean()), true};
  }
  const Place& place = *a.place;
  if (!b.place && !b.value) return FilterPair::error();
  const Value::Kind other = b.place ? b.place->kind : b.value->kind();
  const bool decimals = e.op == Op::call;
  const auto ordered = [&](Value::Kind kind) {
    if (decimals) return kind == Value::Kind::decimal;
    return kind == Value::Kind::integer || kind == Value::Kind::datetime || kind == Value::Kind::duration;
  };
  if (!equality && (!ordered(place.kind) || place.kind != other)) return FilterPair::error();
  const bool alike = place.kind == other && !(b.place && place.entity_type != b.place->entity_type);
  if (!alike) {  // of different types, so never equal
    FilterPair unequal{constant(false), all_of({present(place), b.place ? present(*b.place) : constant(true)}),
                       place.total && (!b.place || b.place->total)};
    return op == Comparison::equal ? unequal : inverse(std::move(unequal));
  }
  if (!is_scalar(place.kind)) return refuse(e, "sets, records and IP addresses are not compared as a whole");
  FilterPair pair;
  pair.yes = leaf(Kind::compare, place);
  if (b.place) {
    pair.yes.other = b.place->path;
  } else {
    pair.yes.values.push_back(*b.value);
  }
  pair.no = pair.yes;
  pair.yes.comparison = op;
  pair.no.comparison = inverse_of(op);
  pair.total = place.total && (!b.place || b.place->total);
  return pair;
}

}  // namespace quis
