#include "engine/filter_algebra.hpp"

#include <iterator>
#include <utility>

namespace quis {

FilterExpr constant(bool value) {
  FilterExpr e;
  e.value = value;
  return e;
}

bool is_constant(const FilterExpr& e, bool value) { return e.kind == FilterExpr::Kind::constant && e.value == value; }

std::size_t size_of(const FilterExpr& e) {
  std::size_t size = 1 + e.values.size();
  for (const FilterExpr& operand : e.operands) size += size_of(operand);
  return size;
}

FilterExpr joined(FilterExpr::Kind kind, std::vector<FilterExpr> operands) {
  const bool neutral = kind == FilterExpr::Kind::all;
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

FilterExpr joined(FilterExpr::Kind kind, FilterExpr first, FilterExpr second) {
  std::vector<FilterExpr> operands;
  operands.reserve(2);
  operands.push_back(std::move(first));
  operands.push_back(std::move(second));
  return joined(kind, std::move(operands));
}

}  // namespace quis
