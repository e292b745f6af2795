#pragma once

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/expr_builder.hpp"
#include "policy/json_shape.hpp"

namespace quis {

/// Reads an expression in Cedar's JSON form. Null when it is none; then `shape` or `builder` knows why.
[[nodiscard]] BuiltExpr read_expression_json(JsonShape& shape, ExprBuilder& builder, const boost::json::value& value,
                                             const json::Path& path);

}  // namespace quis
