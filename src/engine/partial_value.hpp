#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/type.hpp>

#include "policy/expr_builder.hpp"

namespace quis {

/// What is known of a value that is not known: it holds whenever the expression has a value at all.
struct Shape {
  bool known = false;  ///< that it is of `kind`
  Value::Kind kind = Value::Kind::boolean;
  bool open_context = false;   ///< it is the context, some of whose attributes are known
  bool exists = false;         ///< an entity that is in the store
  TypeId entity;               ///< of an entity, or invalid
  const Type* type = nullptr;  ///< as the schema has it, or null

  [[nodiscard]] static Shape of(Value::Kind kind) noexcept {
    Shape shape;
    shape.known = true;
    shape.kind = kind;
    return shape;
  }
  [[nodiscard]] static Shape of_entity(TypeId type, bool exists) noexcept {
    Shape shape = of(Value::Kind::entity);
    shape.entity = type;
    shape.exists = exists;
    return shape;
  }
  [[nodiscard]] static Shape of(const Type& type) noexcept {
    Shape shape = of(type.kind());
    if (type.kind() == Value::Kind::entity) shape.entity = type.entity_type();
    shape.type = &type;
    return shape;
  }

  [[nodiscard]] bool is(Value::Kind wanted) const noexcept { return known && kind == wanted; }
};

/// The outcome of evaluating an expression with unknowns: a value, a sure error, or a smaller expression.
struct Partial {
  enum class State : std::uint8_t { value, error, residual };

  State state = State::residual;
  bool may_fail = true;  ///< of a residual: it may err
  Shape shape;           ///< of a residual
  Value value;
  EvaluationError error;
  /// Residual: in every completion it has the value, or errs, as the original does. Error: it errs in every completion.
  /// Value: the expression as the policy writes it, where that reads no variable; else null.
  BuiltExpr expr;
  std::span<const Partial> fields;  ///< of a residual record that a policy writes out, by its keys

  [[nodiscard]] static Partial of(const Value& value, BuiltExpr expr = {}) noexcept {
    Partial partial;
    partial.state = State::value;
    partial.may_fail = false;
    partial.value = value;
    partial.expr = expr;
    return partial;
  }
  [[nodiscard]] static Partial failing(const EvaluationError& error, BuiltExpr expr) noexcept {
    Partial partial;
    partial.state = State::error;
    partial.error = error;
    partial.expr = expr;
    return partial;
  }
  [[nodiscard]] static Partial residual(BuiltExpr expr, const Shape& shape, bool may_fail) noexcept {
    Partial partial;
    partial.expr = expr;
    partial.shape = shape;
    partial.may_fail = may_fail;
    return partial;
  }

  [[nodiscard]] bool is_value() const noexcept { return state == State::value; }
  [[nodiscard]] bool is_error() const noexcept { return state == State::error; }
  [[nodiscard]] bool is_residual() const noexcept { return state == State::residual; }
  [[nodiscard]] std::optional<Value::Kind> kind() const noexcept {
    if (is_value()) return value.kind();
    return shape.known ? std::optional(shape.kind) : std::nullopt;
  }
};

}  // namespace quis
