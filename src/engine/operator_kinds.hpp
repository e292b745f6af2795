#pragma once

#include <cstddef>
#include <optional>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>

/// What operators take and give, as far as it can be told without values.
namespace quis {

/// The kind that operand `i` must be of, where there is just one.
[[nodiscard]] inline std::optional<Value::Kind> wanted_kind(const Expr& e, std::size_t i) noexcept {
  switch (e.op) {
    case Op::not_:
    case Op::and_:
    case Op::or_: return Value::Kind::boolean;
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply: return Value::Kind::integer;
    case Op::is_empty:
    case Op::contains_all:
    case Op::contains_any: return Value::Kind::set;
    case Op::contains: return i == 0 ? std::optional(Value::Kind::set) : std::nullopt;
    case Op::get_tag:
    case Op::has_tag: return i == 0 ? Value::Kind::entity : Value::Kind::string;
    case Op::is: return Value::Kind::entity;
    case Op::in:
    case Op::is_in: return i == 0 ? std::optional(Value::Kind::entity) : std::nullopt;
    case Op::like: return Value::Kind::string;
    case Op::call:
      if (e.operands.size() != signature_of(e.function).arity) return std::nullopt;
      return signature_of(e.function).arguments[i];
    default: return std::nullopt;
  }
}

/// True when `kind` is one of the kinds that operand `i` may be of, where there are several.
[[nodiscard]] inline bool is_possible_kind(Op op, std::size_t i, Value::Kind kind) noexcept {
  switch (op) {
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return kind == Value::Kind::integer || kind == Value::Kind::datetime || kind == Value::Kind::duration;
    case Op::get_attribute:
    case Op::has_attribute: return kind == Value::Kind::record || kind == Value::Kind::entity;
    case Op::in:
    case Op::is_in: return i == 0 || kind == Value::Kind::entity || kind == Value::Kind::set;
    default: return true;
  }
}

/// Whether the operator can err although its operands are of the right kinds.
[[nodiscard]] inline bool is_fallible(const Expr& e) noexcept {
  switch (e.op) {
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::get_attribute:
    case Op::get_tag: return true;
    case Op::call:
      return signature_of(e.function).is_constructor || e.operands.size() != signature_of(e.function).arity ||
             e.function == ExtensionFunction::offset || e.function == ExtensionFunction::duration_since ||
             e.function == ExtensionFunction::to_date;
    default: return false;
  }
}

/// The kind of the operator's value, where it does not depend on the operands.
[[nodiscard]] inline std::optional<Value::Kind> result_kind(const Expr& e) noexcept {
  switch (e.op) {
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply: return Value::Kind::integer;
    case Op::set: return Value::Kind::set;
    case Op::record: return Value::Kind::record;
    case Op::call: return signature_of(e.function).result;
    case Op::literal: return e.value.kind();
    case Op::variable: return e.variable == Variable::context ? Value::Kind::record : Value::Kind::entity;
    case Op::if_:
    case Op::get_attribute:
    case Op::get_tag: return std::nullopt;
    default: return Value::Kind::boolean;
  }
}

}  // namespace quis
