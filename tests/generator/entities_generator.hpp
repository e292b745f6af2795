#pragma once

#include <string>
#include <vector>

#include "generator/choices.hpp"
#include "generator/schema_model.hpp"

namespace quis::test {

struct GeneratedEntities {
  std::vector<std::string> json;                      ///< of each entity
  std::vector<std::vector<std::string>> ids_of_type;  ///< of the entities in the store, by type
  std::size_t faults = 0;                             ///< rate at which they break the schema; 0 for none
};

/// A store that fits the schema, mostly: shallow and, now and then, wide hierarchies. `with_actions` adds the schema's
/// actions, for a store that is read without it.
[[nodiscard]] GeneratedEntities generate_entities(Choices& choices, const SchemaModel& schema, bool with_actions,
                                                  bool may_be_faulty);

}  // namespace quis::test
