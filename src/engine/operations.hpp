#pragma once

#include <cstdint>

#include <tl/expected.hpp>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/engine/detail/entity_facts.hpp>
#include <quis/engine/detail/order.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>

/// The primitive operations of Cedar expressions whose rules leave no room for two implementations: arithmetic,
/// ordering, attribute access. The reference interpreter and the compiled evaluator share them. What the compiled
/// evaluator does in a faster way than the definition (hierarchy, sets, control flow) is written twice on purpose.
namespace quis {

using detail::in_order;
using detail::is_ordered;
using detail::type_of;

using Evaluated = tl::expected<Value, EvaluationError>;

[[nodiscard]] inline tl::unexpected<EvaluationError> mismatch(const Value& found, Value::Kind expected) noexcept {
  return tl::make_unexpected(EvaluationError::mismatch(found.kind(), expected));
}

/// +, - and * on longs; the left operand's kind is checked first.
[[nodiscard]] inline Evaluated arithmetic(Op op, const Value& left, const Value& right) noexcept {
  if (!left.is(Value::Kind::integer)) return mismatch(left, Value::Kind::integer);
  if (!right.is(Value::Kind::integer)) return mismatch(right, Value::Kind::integer);
  std::int64_t result = 0;
  if (!detail::compute(op, left.as_integer(), right.as_integer(), result)) {
    return tl::make_unexpected(EvaluationError::overflow());
  }
  return Value::integer(result);
}

[[nodiscard]] inline Evaluated negate(const Value& operand) noexcept {
  if (!operand.is(Value::Kind::integer)) return mismatch(operand, Value::Kind::integer);
  std::int64_t result = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, operand.as_integer(), &result)) {
    return tl::make_unexpected(EvaluationError::overflow());
  }
  return Value::integer(result);
}

/// <, <=, > and >=, defined where both sides are longs, datetimes or durations.
[[nodiscard]] inline Evaluated order(Op op, const Value& left, const Value& right) noexcept {
  if (!is_ordered(left.kind())) return mismatch(left, is_ordered(right.kind()) ? right.kind() : Value::Kind::integer);
  if (left.kind() != right.kind()) return mismatch(right, left.kind());
  return Value::boolean(in_order(detail::comparison_of(op), left.as_integer(), right.as_integer()));
}

/// `subject.name` for records and entities.
[[nodiscard]] inline Evaluated get_attribute(const Entities& entities, const Value& subject, SymbolId name) noexcept {
  if (subject.is(Value::Kind::record)) {
    const Value* found = subject.as_record().find(name);
    if (found != nullptr) return *found;
    return tl::make_unexpected(EvaluationError::missing_attribute(name));
  }
  if (!subject.is(Value::Kind::entity)) return mismatch(subject, Value::Kind::record);
  const EntityRecord* record = entities.find(subject.as_entity());
  if (record == nullptr) return tl::make_unexpected(EvaluationError::missing_entity(subject.as_entity()));
  const Value* found = record->attributes.find(name);
  if (found != nullptr) return *found;
  return tl::make_unexpected(EvaluationError::missing_attribute(name, subject.as_entity()));
}

/// `subject has name`: false for an entity that is not in the store.
[[nodiscard]] inline Evaluated has_attribute(const Entities& entities, const Value& subject, SymbolId name) noexcept {
  if (subject.is(Value::Kind::record)) return Value::boolean(subject.as_record().find(name) != nullptr);
  if (!subject.is(Value::Kind::entity)) return mismatch(subject, Value::Kind::record);
  const EntityRecord* record = entities.find(subject.as_entity());
  return Value::boolean(record != nullptr && record->attributes.find(name) != nullptr);
}

/// The tag of an entity, or null when the entity or the tag does not exist. REQUIRES: an entity and a string. A tag
/// that nothing loaded mentions has no symbol and so cannot be there.
[[nodiscard]] inline const Value* find_tag(const EntityRecord* record, const Value& tag) noexcept {
  if (record == nullptr || record->tags == nullptr) return nullptr;
  const SymbolId symbol = find_symbol(tag.as_string());
  return symbol.valid() ? record->tags->find(symbol) : nullptr;
}

[[nodiscard]] inline Evaluated get_tag(const Entities& entities, const Value& subject, const Value& tag) noexcept {
  if (!subject.is(Value::Kind::entity)) return mismatch(subject, Value::Kind::entity);
  if (!tag.is(Value::Kind::string)) return mismatch(tag, Value::Kind::string);
  const EntityRecord* record = entities.find(subject.as_entity());
  if (record == nullptr) return tl::make_unexpected(EvaluationError::missing_entity(subject.as_entity()));
  const Value* found = find_tag(record, tag);
  if (found != nullptr) return *found;
  return tl::make_unexpected(EvaluationError::missing_tag(subject.as_entity()));
}

[[nodiscard]] inline Evaluated has_tag(const Entities& entities, const Value& subject, const Value& tag) noexcept {
  if (!subject.is(Value::Kind::entity)) return mismatch(subject, Value::Kind::entity);
  if (!tag.is(Value::Kind::string)) return mismatch(tag, Value::Kind::string);
  return Value::boolean(find_tag(entities.find(subject.as_entity()), tag) != nullptr);
}

/// `subject is type`.
[[nodiscard]] inline Evaluated is_type(const Value& subject, TypeId type, const LocalNames* names) noexcept {
  if (!subject.is(Value::Kind::entity)) return mismatch(subject, Value::Kind::entity);
  return Value::boolean(type_of(subject.as_entity(), names) == type);
}

[[nodiscard]] inline Evaluated like(const Value& subject, Pattern pattern) noexcept {
  if (!subject.is(Value::Kind::string)) return mismatch(subject, Value::Kind::string);
  return Value::boolean(matches(pattern, subject.as_string()));
}

}  // namespace quis
