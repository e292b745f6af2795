#include "engine/schema_questions.hpp"

#include <string>
#include <string_view>

#include <quis/model/conformance.hpp>

#include "policy/spelling.hpp"
#include "policy/suggested_names.hpp"

namespace quis {

Result<void> check_context(const Value& context, const ActionDeclaration& action, const ActionContexts* contexts,
                           const Schema& schema, const LocalNames* names) {
  if (const Errors* refusal = contexts != nullptr ? contexts->refusal(action) : nullptr)
    return tl::unexpected(*refusal);
  return validate_context(context, action, schema, names);
}

tl::unexpected<Errors> undeclared_action(EntityId action, const Schema& schema, const LocalNames* names) {
  const std::string name = to_text(action, names);
  return failure(ErrorCode::unknown_action, "the action " + shown(name) + " is not in the schema",
                 suggested_action(name, schema, "declare it in the schema, or leave the schema out"));
}

Result<void> check_declared(TypeId type, const char* role, const Schema& schema, const LocalNames* names) {
  if (schema.find(type) != nullptr) return {};
  const std::string_view name = names != nullptr ? names->text(type) : text_of(type);
  return failure(ErrorCode::unknown_entity_type,
                 std::string(role) + " is of the type " + shown(name) + ", which the schema does not declare",
                 suggested_type(name, schema, "declare it in the schema, or leave the schema out"));
}

}  // namespace quis
