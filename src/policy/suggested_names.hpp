#pragma once

#include <string>
#include <string_view>

#include <quis/model/schema.hpp>

namespace quis {

/// "did you mean `…`?" for the name of an action or an entity type that the schema does not declare: one that lacks its
/// namespace, or is misspelt. `otherwise` when nothing is near, or the schema is too large to look.
[[nodiscard]] std::string suggested_action(std::string_view name, const Schema& schema, std::string_view otherwise);
[[nodiscard]] std::string suggested_type(std::string_view name, const Schema& schema, std::string_view otherwise);

}  // namespace quis
