#pragma once

#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/model/schema.hpp>

namespace quis {

/// Actions that are in each other, directly or through others.
struct ActionCycle {
  EntityId first;    ///< one of them
  Diagnostic error;  ///< names them; without a place
};

/// One entry for each group of actions that reach each other. Linear.
[[nodiscard]] std::vector<ActionCycle> find_action_cycles(std::span<const ActionDeclaration> actions);

}  // namespace quis
