#pragma once

#include <cstdint>

#include <tl/expected.hpp>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>
#include <quis/policy/policy.hpp>

/// The reference interpreter: Cedar's semantics read straight off the syntax tree, with no index, no compilation and no
/// cleverness. It is what the compiled evaluator is checked against, and what evaluates expressions that are no policy.
namespace quis {

/// What became of a policy for one request.
enum class Verdict : std::uint8_t { not_satisfied, satisfied, error };

/// The value of an expression. Sets and records that it makes live in `arena`; everything else is borrowed from the
/// expression, the request and the entities. Depth of recursion: the height of the tree.
[[nodiscard]] tl::expected<Value, EvaluationError> evaluate(const Expr& expression, const Request& request,
                                                            const Entities& entities, ValueArena& arena);

/// Whether the scope and the conditions of a policy hold. On `Verdict::error`, `error` says why.
[[nodiscard]] Verdict evaluate(const Policy& policy, const Request& request, const Entities& entities,
                               ValueArena& arena, EvaluationError& error);

/// Whether the scope alone holds; a scope never errs.
[[nodiscard]] bool scope_matches(const Policy& policy, const Request& request, const Entities& entities);

}  // namespace quis
