#pragma once

#include <string_view>
#include <unordered_map>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/model/context.hpp>
#include <quis/model/schema.hpp>

namespace quis {

/// An action that a question about several actions leaves out, because the schema does not let it have the context that
/// was given.
struct SkippedAction {
  EntityId action;
  Errors reasons;  ///< never empty
};

/// One context for requests of several actions. Each action reads it by the type that it declares: the same text may be
/// an address to one action and a string to another. Owns its values.
///
/// Thread safety: immutable once built.
class ActionContexts {
 public:
  /// Reads a JSON object once for each context type of the schema. New names become local in `names`, which must
  /// outlive this object. An action whose type the text does not fit is no error here: `of` has its values as the text
  /// has them, which `validate_context` refuses.
  [[nodiscard]] static Result<ActionContexts> from_json(std::string_view text, const Schema& schema, LocalNames& names);

  [[nodiscard]] const Value& of(const ActionDeclaration& action) const noexcept;

  /// What kept the text from being read by the type that the action declares, with its places; null when nothing did.
  [[nodiscard]] const Errors* refusal(const ActionDeclaration& action) const noexcept;

 private:
  Context plain_;
  std::unordered_map<const Type*, Context> read_;
  std::unordered_map<const Type*, Errors> refused_;
};

}  // namespace quis
