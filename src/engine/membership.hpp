#pragma once

#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// Why an entity is in a group: the shortest way from it through parents, both ends included, in words. Empty when it
/// is not in it. Of a way longer than `limits::kMaxExplainedPath` the middle is left out.
[[nodiscard]] std::vector<std::string> membership_path(const Entities& entities, EntityId from, EntityId to,
                                                       const LocalNames* names);

/// What there is to say of an entity that is not in the group it was asked for: that it is unknown, or some of the
/// groups that it is in.
[[nodiscard]] std::string groups_note(const Entities& entities, EntityId entity, const LocalNames* names);

}  // namespace quis
