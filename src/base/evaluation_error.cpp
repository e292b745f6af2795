#include <quis/base/evaluation_error.hpp>

#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

std::string ticked(std::string_view text) { return "`" + std::string(text) + "`"; }

/// Names that only a request knows cannot be told without its table.
std::string name_text(SymbolId name, const LocalNames* local) {
  if (!name.valid() || (name.local() && local == nullptr)) return "of that name";
  return ticked(name.local() ? local->text(name) : text_of(name));
}

std::string entity_text(EntityId entity, const LocalNames* local) {
  if (!entity.valid() || (entity.local() && local == nullptr)) return "the entity";
  return ticked(to_text(entity, local));
}

std::string extension_text(ExtensionFunction function) {
  const ExtensionSignature& signature = signature_of(function);
  if (!signature.is_constructor) return "the result of " + ticked(signature.name) + " is out of range";
  return ticked(signature.name) + " cannot read its text as `" + std::string(to_string(signature.result)) + "`";
}

}  // namespace

EvaluationError EvaluationError::mismatch(Value::Kind found, Value::Kind expected) noexcept {
  EvaluationError error;
  error.reason = Reason::type_mismatch;
  error.found = found;
  error.expected = expected;
  return error;
}

EvaluationError EvaluationError::missing_entity(EntityId entity) noexcept {
  EvaluationError error;
  error.reason = Reason::entity_missing;
  error.entity = entity;
  return error;
}

EvaluationError EvaluationError::missing_attribute(SymbolId name, EntityId entity) noexcept {
  EvaluationError error;
  error.reason = Reason::attribute_missing;
  error.name = name;
  error.entity = entity;
  return error;
}

EvaluationError EvaluationError::missing_tag(EntityId entity) noexcept {
  EvaluationError error;
  error.reason = Reason::tag_missing;
  error.entity = entity;
  return error;
}

EvaluationError EvaluationError::overflow() noexcept {
  EvaluationError error;
  error.reason = Reason::integer_overflow;
  return error;
}

EvaluationError EvaluationError::arity(ExtensionFunction function) noexcept {
  EvaluationError error;
  error.reason = Reason::wrong_arity;
  error.function = function;
  return error;
}

EvaluationError EvaluationError::extension(ExtensionFunction function) noexcept {
  EvaluationError error;
  error.reason = Reason::extension_failed;
  error.function = function;
  return error;
}

std::string to_text(const EvaluationError& error, const LocalNames* local) {
  using Reason = EvaluationError::Reason;
  switch (error.reason) {
    case Reason::type_mismatch:
      return "expected " + ticked(to_string(error.expected)) + ", found " + ticked(to_string(error.found));
    case Reason::entity_missing: return entity_text(error.entity, local) + " does not exist";
    case Reason::attribute_missing:
      return (error.entity.valid() ? entity_text(error.entity, local) : std::string("the record")) +
             " has no attribute " + name_text(error.name, local);
    case Reason::tag_missing: return entity_text(error.entity, local) + " has no tag of that name";
    case Reason::integer_overflow: return "the result does not fit 64 bits";
    case Reason::wrong_arity: {
      const ExtensionSignature& signature = signature_of(error.function);
      const int expected = signature.is_constructor ? signature.arity : signature.arity - 1;
      return ticked(signature.name) + " takes " + std::to_string(expected) +
             (expected == 1 ? " argument" : " arguments");
    }
    case Reason::extension_failed: return extension_text(error.function);
  }
  return "the expression has no value";
}

}  // namespace quis
