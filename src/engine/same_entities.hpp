#pragma once

#include <quis/model/entities.hpp>

namespace quis {

/// Whether two stores hold the same entities with the same attributes, tags and direct parents.
[[nodiscard]] bool same_entities(const Entities& a, const Entities& b);

}  // namespace quis
