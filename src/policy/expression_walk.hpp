#pragma once

#include <cstddef>
#include <vector>

#include <quis/policy/ast.hpp>

#include "policy/expression_shapes.hpp"

namespace quis {

/// Calls `visit` with every node of an expression, in source order as far as it matters, and each node once: what the
/// steps of `has a.b.c` share is visited with the first of them.
template <class Visit>
void for_each_node(const Expr& root, Visit&& visit) {
  std::vector<const Expr*> open{&root};
  while (!open.empty()) {
    const Expr& expr = *open.back();
    open.pop_back();
    visit(expr);
    const std::size_t steps = path_steps(expr);
    for (std::size_t i = 1; i < steps; ++i) visit(*expr.operands[i]);
    for (std::size_t i = expr.operands.size(); i-- > 0;) {
      if (i == 0 || i >= steps) open.push_back(expr.operands[i]);
    }
  }
}

}  // namespace quis
