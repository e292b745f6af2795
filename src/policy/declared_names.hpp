#pragma once

#include <quis/model/schema.hpp>
#include <quis/policy/policy.hpp>

#include "policy/request_environments.hpp"
#include "policy/validation_report.hpp"

namespace quis {

/// Reports every entity type, action and enumerated entity that a policy names, wherever it stands, and the schema does
/// not declare.
void check_names(const PolicyBody& body, const Schema& schema, ValidationReport& report);

/// Reports the type if it is unknown.
void check_type_name(TypeId type, SourceSpan where, const Schema& schema, ValidationReport& report);

/// Whether the schema lets some action of the scope apply to some principal and resource of the scope. If not, whether
/// `in` in the place of `==` would change that for the principal or the resource.
[[nodiscard]] bool has_applicable_action(const PolicyScope& scope, const Schema& schema, bool& principal_in_helps,
                                         bool& resource_in_helps);

}  // namespace quis
