#pragma once

#include <vector>

#include <quis/base/ids.hpp>
#include <quis/engine/world.hpp>

namespace quis {

/// Adds the actions that a world knows without a schema, in no order, some perhaps more than once: the entities of an
/// action type in its store, and those that its policies name, in scopes and in conditions. Searches and differences
/// ask about these alike. Linear in the store and in the text of the policies.
void add_known_actions(const World& world, std::vector<EntityId>& actions);

}  // namespace quis
