#pragma once

#include <cstddef>
#include <span>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>

namespace quis {

/// Names the entities on a cycle: each is a direct member of the next, and the last of the first.
[[nodiscard]] Errors cycle_error(std::span<const EntityId> cycle);

/// Ancestor lists that need more slots than `most`.
[[nodiscard]] Errors ancestry_limit_error(std::size_t most);

}  // namespace quis
