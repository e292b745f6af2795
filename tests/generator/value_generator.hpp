#pragma once

#include <string>
#include <vector>

#include "generator/choices.hpp"
#include "generator/schema_model.hpp"

namespace quis::test {

/// Writes values of the schema's types as JSON, with explicit escapes, so that they read the same with the schema and
/// without it; wrong on purpose at some rate.
class ValueGenerator {
 public:
  /// `faults`: how many of a hundred values are of another type than was asked for, and fields missing or too many.
  ValueGenerator(Choices& choices, const SchemaModel& schema, std::size_t faults)
      : choices_(choices), schema_(schema), faults_(faults) {}

  [[nodiscard]] std::string value(const Shape& shape);
  [[nodiscard]] std::string record(const std::vector<Field>& fields);
  /// `{"type": …, "id": …}`
  [[nodiscard]] static std::string uid(const std::string& type, const std::string& id);
  /// An id that an entity of the type may have.
  [[nodiscard]] std::string id_of(std::size_t type);

 private:
  Choices& choices_;
  const SchemaModel& schema_;
  std::size_t faults_;
};

}  // namespace quis::test
