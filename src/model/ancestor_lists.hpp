#pragma once

#include <cstddef>
#include <span>

#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// Whether a list of so many, which so many entities have, is copied to the second lines of their records. Others are
/// stored once: long ones fit nowhere else, and one that many entities have is likely to be in the processor's caches,
/// while their records keep their second lines for values.
[[nodiscard]] constexpr bool goes_near(std::size_t ancestors, std::size_t entities) noexcept {
  constexpr std::size_t kMany = 16;
  return 0 < ancestors && ancestors <= EntityRecord::kNearAncestors && entities < kMany;
}

/// Gives the record these ancestors: a copy of them in its second line if they go near, and then values that lie there
/// move to `values`; else the set as it is. REQUIRES: `near` only as `goes_near` says.
void set_ancestors(EntityRecord& record, const AncestorSet& ancestors, bool near, ValueArena& values);

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
