// Folding keeps errors where they were: an operation that fails on constants is not folded but compiled, and fails at
// run time if it is reached. The hierarchy and the store are never folded in: they belong to the world, not to the
// policy.

#include "engine/folding.hpp"

#include <utility>

#include <quis/base/extension.hpp>

#include "engine/operations.hpp"

namespace quis {
namespace {

Constant to_constant(const Evaluated& result) { return result ? Constant{*result} : std::nullopt; }

}  // namespace

Constant fold_unary(const Expr& e, const Value& operand) {
  switch (e.op) {
    case Op::not_:
      if (operand.is(Value::Kind::boolean)) return Value::boolean(!operand.as_boolean());
      return std::nullopt;
    case Op::is_empty:
      if (operand.is(Value::Kind::set)) return Value::boolean(operand.as_set().size == 0);
      return std::nullopt;
    case Op::negate: return to_constant(negate(operand));
    case Op::is: return to_constant(is_type(operand, e.type, nullptr));
    default: return to_constant(like(operand, e.pattern));
  }
}

Constant fold_binary(Op op, const Value& left, const Value& right) {
  switch (op) {
    case Op::equal: return Value::boolean(left == right);
    case Op::not_equal: return Value::boolean(!(left == right));
    case Op::add:
    case Op::subtract:
    case Op::multiply: return to_constant(arithmetic(op, left, right));
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return to_constant(order(op, left, right));
    case Op::contains:
      if (!left.is(Value::Kind::set)) return std::nullopt;
      return Value::boolean(left.as_set().contains(right));
    default: return std::nullopt;
  }
}

Constant fold_attribute(const Expr& e, const Value& subject) {
  if (!subject.is(Value::Kind::record)) return std::nullopt;
  const Value* found = subject.as_record().find(e.name);
  if (e.op == Op::has_attribute) return Value::boolean(found != nullptr);
  return found != nullptr ? Constant{*found} : std::nullopt;
}

Constant fold_variadic(const Expr& e, const std::vector<Constant>& operands, ValueArena& arena) {
  std::vector<Value> values;
  values.reserve(operands.size());
  for (const Constant& operand : operands) values.push_back(*operand);
  if (e.op == Op::set) return arena.set(values);
  if (e.op == Op::call) return to_constant(call_extension(e.function, values, arena));
  std::vector<std::pair<SymbolId, Value>> fields;
  fields.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) fields.emplace_back(e.keys[i], values[i]);
  return arena.record(fields);
}

}  // namespace quis
