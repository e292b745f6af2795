#pragma once

#include "policy/json_emitter.hpp"

#include <quis/policy/ast.hpp>

namespace quis {

/// An expression in Cedar's JSON form, e.g. `{"==": {"left": {"Var": "principal"}, "right": …}}`.
void write_expression_json(JsonEmitter& out, const Expr& expression);

}  // namespace quis
