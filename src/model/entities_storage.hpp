#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

#include "model/entity_columns.hpp"

namespace quis {

/// What records point to. Filled by one writer, never changed once a reader may see it.
struct EntityData {
  ValueArena values;  // attributes and tags
  ValueArena lists;   // parents and ancestors

  std::vector<ValueArena> more_values;   // made by other threads, or moved out of records
  std::shared_ptr<const void> borrowed;  // what else values point into
  std::size_t borrowed_bytes = 0;

  [[nodiscard]] std::size_t value_bytes() const noexcept;
};

/// A page with everything that its records point to.
struct OwnedPage : EntityPage {
  /// In the order in which the page came to use them.
  std::vector<std::shared_ptr<const EntityData>> sources;
  mutable EntityColumns columns;
};

/// Everything that one version of an entity store owns. Changed only while its maker alone has it.
///
/// Two structures hold the same pages. `page_table` is what `find` reads: one load from an id to its page. The chunks
/// own the pages, in two levels, so that the next version takes over a million entities by counting up some hundred
/// references, not one for each page.
struct EntitiesStorage {
  static constexpr std::size_t kChunkPages = 64;
  using Chunk = std::array<std::shared_ptr<const OwnedPage>, kChunkPages>;

  std::vector<const EntityPage*> page_table;
  std::vector<std::shared_ptr<Chunk>> chunks;  // shared between versions, so copied before one is changed
  std::size_t count = 0;                       // of entities
  std::size_t ancestry_slots = 0;              // stored so far; those of lists that nobody uses any more included

  /// Null when there is none.
  [[nodiscard]] const OwnedPage* page(std::size_t number) const noexcept {
    return number < page_table.size() ? static_cast<const OwnedPage*>(page_table[number]) : nullptr;
  }
  void set_page(std::size_t number, std::shared_ptr<const OwnedPage> page);
};

/// The page of that number, or null.
[[nodiscard]] inline const OwnedPage* owned_page(const Entities& entities, std::uint32_t number) noexcept {
  return static_cast<const OwnedPage*>(entities.page_of({number * EntityPage::kSize}));
}

}  // namespace quis
