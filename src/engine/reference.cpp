#include <quis/engine/reference.hpp>

#include "engine/interpreter.hpp"
#include "engine/scope_match.hpp"

namespace quis {
tl::expected<Value, EvaluationError> evaluate(const Expr& expression, const Request& request, const Entities& entities,
                                              ValueArena& arena) {
  return Interpreter<>(request, entities, arena).evaluate(expression);
}

bool scope_matches(const Policy& policy, const Request& request, const Entities& entities) {
  const auto is_in = [&](EntityId entity, EntityId ancestor) { return reaches(entities, entity, ancestor); };
  return matches(policy.principal(), request.principal, request.names, is_in) &&
         matches(policy.body->action, request.action, is_in) &&
         matches(policy.resource(), request.resource, request.names, is_in);
}

Verdict evaluate(const Policy& policy, const Request& request, const Entities& entities, ValueArena& arena,
                 EvaluationError& error) {
  if (!scope_matches(policy, request, entities)) return Verdict::not_satisfied;
  Interpreter<> interpreter(request, entities, arena);
  for (const Condition& condition : policy.body->conditions) {
    const Evaluated value = interpreter.evaluate(*condition.body);
    if (!value) {
      error = value.error();
      return Verdict::error;
    }
    if (!value->is(Value::Kind::boolean)) {
      error = EvaluationError::mismatch(value->kind(), Value::Kind::boolean);
      return Verdict::error;
    }
    if (value->as_boolean() == condition.negated) return Verdict::not_satisfied;
  }
  return Verdict::satisfied;
}

}  // namespace quis
