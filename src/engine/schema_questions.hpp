#pragma once

#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/engine/action_contexts.hpp>
#include <quis/model/schema.hpp>

/// What questions about many requests (searches, differences) ask of the schema.
namespace quis {

/// The context of an action's requests. `action` may be null when there is no schema.
[[nodiscard]] inline const Value& context_of(const ActionDeclaration* action, const ActionContexts* contexts,
                                             const Value& context) noexcept {
  return action != nullptr && contexts != nullptr ? contexts->of(*action) : context;
}

/// Refuses a context that the schema does not let requests with the action have. Where it is one of several readings of
/// a text, the errors are those of reading it.
[[nodiscard]] Result<void> check_context(const Value& context, const ActionDeclaration& action,
                                         const ActionContexts* contexts, const Schema& schema, const LocalNames* names);

/// The refusal of an action that the schema does not declare, with the one that was probably meant.
[[nodiscard]] tl::unexpected<Errors> undeclared_action(EntityId action, const Schema& schema, const LocalNames* names);

/// Refuses an entity type that the schema does not declare, with what was probably meant. `role` begins the message.
[[nodiscard]] Result<void> check_declared(TypeId type, const char* role, const Schema& schema, const LocalNames* names);

}  // namespace quis
