#pragma once

#include <cstddef>
#include <span>

#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// The slots of an `AncestorSet` of that many: one line for fifteen, else a table that is at most two thirds full.
[[nodiscard]] std::size_t ancestor_slots(std::size_t ancestors) noexcept;

/// Room for them, in whole cache lines.
[[nodiscard]] std::span<EntityId> allocate_ancestor_slots(std::size_t slots, ValueArena& arena);

/// Makes the set of these ancestors, each given once; puts them in order of id when they are few.
[[nodiscard]] AncestorSet store_ancestors(std::span<EntityId> ancestors, ValueArena& arena);

/// Makes the set of `others` and one more that is not among them. Where both need a table of one size, theirs is
/// copied.
[[nodiscard]] AncestorSet store_ancestors_and_one(const AncestorSet& others, EntityId one, ValueArena& arena);

}  // namespace quis
