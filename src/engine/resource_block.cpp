#include "engine/resource_block.hpp"

#include <algorithm>

#include <quis/base/detail/prefetch.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

[[nodiscard]] std::uint32_t page_of(EntityId entity) noexcept { return entity.value / EntityPage::kSize; }
[[nodiscard]] std::uint32_t place_of(EntityId entity) noexcept { return entity.value % EntityPage::kSize; }

/// What is so of all ids of a block, found out at once: whether one is local, and whether each is the one before and
/// one more.
struct Ids {
  bool some_local = false;
  bool are_neighbours = false;
};

template <std::size_t kSize>
[[nodiscard]] Ids look_at(std::span<const EntityId, kSize> ids) noexcept {
  std::uint32_t any = 0;
  std::uint32_t differs = 0;
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    any |= ids[i].value;
    differs |= ids[i].value ^ (ids[0].value + i);
  }
  return {EntityId{any}.local(), differs == 0};
}

}  // namespace

bool ResourceBlock::are_dense(std::span<const EntityId> resources) noexcept {
  constexpr std::size_t kFew = 128;
  constexpr std::size_t kLookedAt = 64;
  constexpr std::size_t kShare = 8;
  if (resources.size() < kFew) return false;
  EntityId least = resources.back();
  EntityId most = resources.back();
  for (std::size_t at = 0; at < resources.size(); at += resources.size() / kLookedAt) {
    least = std::min(least, resources[at]);
    most = std::max(most, resources[at]);
  }
  return most.value - least.value < resources.size() * kShare;
}

bool ResourceBlock::turn_to(std::span<const EntityId> resources, std::span<const EntityId> next) noexcept {
  const Ids ids = resources.size() == kLanes ? look_at(resources.first<kLanes>()) : look_at(resources);
  if (ids.some_local) return false;
  ++block_;
  resources_ = resources;
  has_records_ = false;
  are_neighbours_ = ids.are_neighbours;
  if (reads_records_) {
    for (const EntityId resource : next) entities_.prefetch(resource);
    find_records();
  }
  return true;
}

void ResourceBlock::find_records() noexcept {
  has_records_ = reads_records_ = true;
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    records_[i] = &entities_.facts_of(resources_[i]);
    detail::prefetch(records_[i]->attributes.values);  // of more than a few; others came with the record
  }
}

/// Whether lane `i` is place `first + i` of a page whose columns are used, and that place exists for every lane.
inline bool ResourceBlock::are_in_one_page() const noexcept {
  return by_columns_ && are_neighbours_ && place_of(resources_.front()) + kLanes <= EntityPage::kSize;
}

Lanes ResourceBlock::equal(EntityId entity) const noexcept {
  return lanes_where(all(), [&](std::size_t lane) { return resources_[lane] == entity; });
}

Lanes ResourceBlock::of_type(TypeId type) const noexcept {
  // The types of entities whose ids follow each other lie side by side, from one multiple of a page to the next.
  if (resources_.size() == kLanes && are_in_one_page())
    return lanes_equal(&detail::entity_types[resources_.front().value].value, type.value);
  return lanes_where(all(), [&](std::size_t lane) { return type_of(resources_[lane]) == type; });
}

const std::uint32_t* ResourceBlock::codes(SymbolId name) noexcept {
  Known& attribute = known(name);
  if (attribute.block != block_) {
    attribute.codes = read(attribute);
    attribute.block = block_;
  }
  return attribute.codes;
}

inline ResourceBlock::Known& ResourceBlock::known(SymbolId name) noexcept {
  for (std::size_t i = 0; i < std::min(known_count_, kKnown); ++i) {
    if (known_[i].name == name) return known_[i];
  }
  Known& instead = known_[known_count_++ % kKnown];
  instead.name = name;
  instead.page = EntityId::kNone;
  instead.block = 0;
  return instead;
}

inline const std::uint32_t* ResourceBlock::column(Known& known, std::uint32_t page) noexcept {
  if (known.page != page) {
    known.page = page;
    const OwnedPage* const owned = owned_page(entities_, page);
    known.column = owned != nullptr ? owned->columns.attribute(*owned, known.name, known.place) : nullptr;
  }
  return known.column;
}

inline const std::uint32_t* ResourceBlock::read(Known& known) noexcept {
  if (are_in_one_page()) {
    const std::uint32_t* const codes = column(known, page_of(resources_.front()));
    if (codes != nullptr) return codes + place_of(resources_.front());
  }
  if (resources_.size() < kLanes) known.read.fill(attribute_code::kAbsent);
  if (by_columns_) {
    read_columns(known);
  } else {
    read_records(known.name, known.read);
  }
  return known.read.data();
}

void ResourceBlock::read_columns(Known& known) noexcept {
  for (std::size_t i = 0; i < resources_.size();) {
    const EntityId resource = resources_[i];
    const std::uint32_t* const codes = column(known, page_of(resource));
    if (codes == nullptr) return read_records(known.name, known.read);
    const std::size_t in_page = are_neighbours_ ? EntityPage::kSize - place_of(resource) : 1;
    const std::size_t count = std::min(in_page, resources_.size() - i);
    std::copy_n(codes + place_of(resource), count, known.read.begin() + static_cast<std::ptrdiff_t>(i));
    i += count;
  }
}

const AncestorSet* ResourceBlock::ancestors() noexcept {
  if (ancestors_block_ == block_) return ancestors_;
  ancestors_block_ = block_;
  if (are_in_one_page()) {
    const OwnedPage* const page = owned_page(entities_, page_of(resources_.front()));
    ancestors_ = page != nullptr ? page->columns.ancestors(*page) : nullptr;
    if (ancestors_ != nullptr) return ancestors_ += place_of(resources_.front());
  }
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const OwnedPage* const page = by_columns_ ? owned_page(entities_, page_of(resources_[i])) : nullptr;
    const AncestorSet* const column = page != nullptr ? page->columns.ancestors(*page) : nullptr;
    read_ancestors_[i] = column != nullptr ? column[place_of(resources_[i])] : record(i).ancestors;
  }
  return ancestors_ = read_ancestors_.data();
}

/// Resources of one kind share the array of their attribute names, so the place of the attribute is looked up once for
/// each array met in a row.
void ResourceBlock::read_records(SymbolId name, Codes& codes) noexcept {
  RecordData like;            // a record with the same names
  std::ptrdiff_t place = -1;  // of the attribute in it
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const RecordData& attributes = record(i).attributes;
    if (attributes.keys != like.keys || attributes.size != like.size) {
      const Value* const value = attributes.find(name);
      place = value != nullptr ? value - attributes.values : -1;
      like = attributes;
    }
    codes[i] = place >= 0 ? attribute_code::of(attributes.values[place]) : attribute_code::kAbsent;
  }
}

}  // namespace quis
