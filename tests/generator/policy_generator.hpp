#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "generator/choices.hpp"
#include "generator/paths.hpp"
#include "generator/schema_model.hpp"

namespace quis::test {

struct GeneratedPolicy {
  std::string text;
  Environment environment;  ///< the types it was written for
  bool principal_slot = false;
  bool resource_slot = false;
};

/// A policy or template for some environment of the schema: any form of scope, annotations, zero to three conditions.
/// `errors` is the rate of faults, as for expressions. With `may_be_corrupted` the text is now and then not even a
/// policy.
[[nodiscard]] GeneratedPolicy generate_policy(Choices& choices, const SchemaModel& schema, std::size_t errors,
                                              bool may_be_corrupted);

/// The types of a request that the schema allows, mostly.
[[nodiscard]] Environment any_environment(Choices& choices, const SchemaModel& schema, std::size_t errors);

}  // namespace quis::test
