#pragma once

#include <optional>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>

namespace quis {

/// The value of an expression that is the same in every request; nothing when it is not known or there is none.
using Constant = std::optional<Value>;

/// The value of `e` over constant operands; nothing when the operation fails or asks the store.
[[nodiscard]] Constant fold_unary(const Expr& e, const Value& operand);
[[nodiscard]] Constant fold_binary(Op op, const Value& left, const Value& right);
/// `get_attribute` and `has_attribute`.
[[nodiscard]] Constant fold_attribute(const Expr& e, const Value& subject);
/// `set`, `record` and `call`. The value lives in `arena`. REQUIRES: every operand has a value.
[[nodiscard]] Constant fold_variadic(const Expr& e, const std::vector<Constant>& operands, ValueArena& arena);

}  // namespace quis
