#pragma once

#include <string>

#include "generator/choices.hpp"
#include "generator/schema_model.hpp"

namespace quis::test {

/// A random schema: namespaces, common types, optional attributes, nested records and sets, tags, enumerations, groups
/// of actions, types with several parents and types that are members of themselves. With `faults`, now and then one
/// that is not well-formed (a type that is not declared, names that clash, cycles of actions or of common types).
[[nodiscard]] SchemaModel generate_schema(Choices& choices, bool faults);

/// The schema in Cedar's syntax, in one of the many ways to write it.
[[nodiscard]] std::string schema_text(Choices& choices, const SchemaModel& schema);

}  // namespace quis::test
