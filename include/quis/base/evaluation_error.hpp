#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>

namespace quis {

/// Why an expression has no value. Evaluation errors are part of Cedar's semantics: a policy that errs is not
/// satisfied, and the response lists it. This is a small plain struct so that reporting one allocates nothing;
/// `to_text` makes the sentence.
struct EvaluationError {
  enum class Reason : std::uint8_t {
    type_mismatch,      ///< an operand of kind `found`; `expected` was wanted
    entity_missing,     ///< `entity` is not in the store, so it has no attributes or tags
    attribute_missing,  ///< the record or entity has no attribute `name`
    tag_missing,        ///< `entity` has no tag of that name
    integer_overflow,   ///< the result of +, -, * or negation does not fit 64 bits
    wrong_arity,        ///< `function` takes another number of arguments
    extension_failed,   ///< `function` cannot read its text, or its result is out of range
  };

  Reason reason = Reason::type_mismatch;
  Value::Kind found = Value::Kind::boolean;
  Value::Kind expected = Value::Kind::boolean;
  ExtensionFunction function = ExtensionFunction::decimal;
  EntityId entity;
  SymbolId name;

  [[nodiscard]] static EvaluationError mismatch(Value::Kind found, Value::Kind expected) noexcept;
  [[nodiscard]] static EvaluationError missing_entity(EntityId entity) noexcept;
  [[nodiscard]] static EvaluationError missing_attribute(SymbolId name, EntityId entity = {}) noexcept;
  [[nodiscard]] static EvaluationError missing_tag(EntityId entity) noexcept;
  [[nodiscard]] static EvaluationError overflow() noexcept;
  [[nodiscard]] static EvaluationError arity(ExtensionFunction function) noexcept;
  [[nodiscard]] static EvaluationError extension(ExtensionFunction function) noexcept;

  friend bool operator==(const EvaluationError&, const EvaluationError&) = default;
};

/// One sentence for people. `local` may be null when nothing in the error came from a request.
[[nodiscard]] std::string to_text(const EvaluationError& error, const LocalNames* local = nullptr);

/// Applies an extension function to values, with Cedar's checks in Cedar's order: number of arguments, then kinds from
/// left to right, then the function itself. Only `ip` allocates, 18 bytes from `arena`. O(1) but for constructors,
/// which read their text.
[[nodiscard]] tl::expected<Value, EvaluationError> call_extension(ExtensionFunction function,
                                                                  std::span<const Value> arguments, ValueArena& arena);

}  // namespace quis
