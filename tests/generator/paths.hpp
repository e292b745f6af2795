#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "generator/schema_model.hpp"

namespace quis::test {

/// The types that a policy is written for.
struct Environment {
  std::size_t principal = 0;  ///< position of an entity type
  std::size_t action = 0;     ///< position of an action
  std::size_t resource = 0;
};

/// An expression that starts at a variable and follows attributes, e.g. `principal.manager.level`.
struct Path {
  std::string text;
  ShapePtr shape;
  std::vector<std::string> guards = {};  ///< what must hold for it to have a value: `principal has manager`
};

/// Every path of the environment up to a length, the variables among them; the number is bounded.
[[nodiscard]] std::vector<Path> paths_of(const SchemaModel& schema, const Environment& environment);

/// `.name`, or `["na me"]` where that cannot be.
[[nodiscard]] std::string access(const std::string& subject, const std::string& name);
/// As a key of a record, or after `has`.
[[nodiscard]] std::string key_text(const std::string& name);

}  // namespace quis::test
