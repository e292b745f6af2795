#include "differential/validation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <quis/policy/validator.hpp>

namespace quis::test {
namespace {

/// What Cedar calls an error or warning of this code.
std::string_view cedar_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::unknown_entity_type: return "UnrecognizedEntityType";
    case ErrorCode::unknown_action: return "UnrecognizedActionId";
    case ErrorCode::unexpected_type: return "UnexpectedType";
    case ErrorCode::incompatible_types: return "IncompatibleTypes";
    case ErrorCode::unsafe_attribute_access: return "UnsafeAttributeAccess";
    case ErrorCode::unsafe_optional_attribute_access: return "UnsafeOptionalAttributeAccess";
    case ErrorCode::unsafe_tag_access: return "UnsafeTagAccess";
    case ErrorCode::no_tags_allowed: return "NoTagsAllowed";
    case ErrorCode::unknown_function: return "UndefinedFunction";
    case ErrorCode::wrong_arity: return "WrongNumberArguments";
    case ErrorCode::invalid_extension_argument: return "FunctionArgumentValidation";
    case ErrorCode::empty_set_forbidden: return "EmptySetForbidden";
    case ErrorCode::non_literal_constructor: return "NonLitExtConstructor";
    case ErrorCode::invalid_enum_entity: return "InvalidEnumEntity";
    case ErrorCode::level_violation: return "EntityDerefLevelViolation";
    case ErrorCode::impossible_policy: return "ImpossiblePolicy";
    case ErrorCode::inapplicable_action: return "InvalidActionApplication";
    case ErrorCode::bidi_characters_in_string: return "BidiCharsInString";
    case ErrorCode::bidi_characters_in_identifier: return "BidiCharsInIdentifier";
    case ErrorCode::mixed_script_string: return "MixedScriptString";
    case ErrorCode::mixed_script_identifier: return "MixedScriptIdentifier";
    case ErrorCode::confusable_identifier: return "ConfusableIdentifier";
    default: return to_string(code);
  }
}

boost::json::object kinds_of(const Errors& found) {
  std::map<std::string, std::set<std::string_view>> kinds;
  for (const Diagnostic& diagnostic : found) kinds[diagnostic.policy].insert(cedar_name(diagnostic.code));
  boost::json::object result;
  for (const auto& [policy, names] : kinds) result[policy] = boost::json::array(names.begin(), names.end());
  return result;
}

}  // namespace

void validate(boost::json::object& answer, const Schema& schema, const PolicySet& policies, std::uint32_t level,
              Coverage* coverage) {
  const ValidationResult strict = validate(policies, schema);
  answer["strict"] = kinds_of(strict.errors);
  answer["warnings"] = kinds_of(strict.warnings);
  answer["permissive"] = kinds_of(validate(policies, schema, {ValidationMode::permissive, {}}).errors);
  answer["level"] = kinds_of(validate(policies, schema, {ValidationMode::strict, level}).errors);
  if (coverage == nullptr) return;
  const std::size_t invalid = answer["strict"].as_object().size();
  const std::size_t all = policies.templates().size() + policies.policies().size();
  coverage->count("validation", "invalid", invalid);
  coverage->count("validation", "valid", all - std::min(all, invalid));
}

}  // namespace quis::test
