#pragma once

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/expr_builder.hpp"
#include "policy/json_shape.hpp"

namespace quis {

/// Reads a literal, set or record in Cedar's JSON value form. Null when it is none; then `shape` or `builder` knows
/// why.
[[nodiscard]] BuiltExpr read_literal_json(JsonShape& shape, ExprBuilder& builder, const boost::json::value& value,
                                          const json::Path& path);

}  // namespace quis
