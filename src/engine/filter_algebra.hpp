#pragma once

#include <cstddef>
#include <vector>

#include <quis/engine/filter.hpp>

/// Conditions on rows, put together.
namespace quis {

[[nodiscard]] FilterExpr constant(bool value);
[[nodiscard]] bool is_constant(const FilterExpr& e, bool value);
[[nodiscard]] std::size_t size_of(const FilterExpr& e);

/// `all` or `any` of the operands. Flat: a chain must not become as deep as it is long.
[[nodiscard]] FilterExpr joined(FilterExpr::Kind kind, std::vector<FilterExpr> operands);
/// Of two. (A braced list would copy both.)
[[nodiscard]] FilterExpr joined(FilterExpr::Kind kind, FilterExpr first, FilterExpr second);

}  // namespace quis
