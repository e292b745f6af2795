#include "engine/schema_questions.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <quis/model/conformance.hpp>

#include "policy/spelling.hpp"

namespace quis {

Result<void> check_context(const Value& context, const ActionDeclaration& action, const ActionContexts* contexts,
                           const Schema& schema, const LocalNames* names) {
  if (const Errors* refusal = contexts != nullptr ? contexts->refusal(action) : nullptr)
    return tl::unexpected(*refusal);
  return validate_context(context, action, schema, names);
}

Result<void> check_declared(TypeId type, const char* role, const Schema& schema, const LocalNames* names) {
  if (schema.find(type) != nullptr) return {};
  std::vector<std::string_view> declared;
  declared.reserve(schema.entity_types().size());
  for (const EntityTypeDeclaration& each : schema.entity_types()) declared.push_back(text_of(each.name));
  const std::string_view name = names != nullptr ? names->text(type) : text_of(type);
  return failure(ErrorCode::unknown_entity_type,
                 std::string(role) + " is of the type " + shown(name) + ", which the schema does not declare",
                 did_you_mean(name, declared, "declare it in the schema, or leave the schema out"));
}

}  // namespace quis
