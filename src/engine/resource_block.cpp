#include "engine/resource_block.hpp"

#include <algorithm>

#include "model/entities_storage.hpp"

namespace quis {
namespace {

constexpr EntityRecord kNoEntity = {};

[[nodiscard]] std::uint32_t page_of(EntityId entity) noexcept { return entity.value / EntityPage::kSize; }
[[nodiscard]] std::uint32_t place_of(EntityId entity) noexcept { return entity.value % EntityPage::kSize; }

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

void ResourceBlock::turn_to(std::span<const EntityId> resources, std::span<const EntityId> next) noexcept {
  resources_ = resources;
  has_records_ = false;
  next_known_ = 0;
  for (Known& known : known_) known.codes = nullptr;
  std::uint32_t steps = 0;  // 0 while each id follows the one before
  for (std::uint32_t i = 0; i < resources.size(); ++i) steps |= resources[i].value ^ (resources[0].value + i);
  are_neighbours_ = steps == 0 && page_of(resources.front()) == page_of(resources.back());
  if (!reads_records_) return;
  for (const EntityId resource : next) entities_.prefetch(resource);
  find_records();
}

void ResourceBlock::find_records() noexcept {
  has_records_ = reads_records_ = true;
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const EntityRecord* const record = entities_.find(resources_[i]);
    records_[i] = record != nullptr ? record : &kNoEntity;
    __builtin_prefetch(records_[i]->attributes.values);
    __builtin_prefetch(records_[i]->ancestors.slots().data());
  }
}

Lanes ResourceBlock::equal(EntityId entity) const noexcept {
  return lanes_where(all(), [&](std::size_t lane) { return resources_[lane] == entity; });
}

const std::uint32_t* ResourceBlock::codes(SymbolId name) noexcept {
  for (const Known& known : known_) {
    if (known.codes != nullptr && known.name == name) return known.codes;
  }
  Known& known = known_[next_known_++ % kKnown];
  known.name = name;
  return known.codes = read(name, known.read);
}

const std::uint32_t* ResourceBlock::read(SymbolId name, Codes& codes) noexcept {
  std::fill(codes.begin() + static_cast<std::ptrdiff_t>(resources_.size()), codes.end(), attribute_code::kAbsent);
  if (!by_columns_) {
    read_records(name, codes);
    return codes.data();
  }
  if (are_neighbours_ && resources_.size() == kLanes) {
    const std::uint32_t* const column = attribute_column(entities_, page_of(resources_.front()), name);
    if (column != nullptr) return column + place_of(resources_.front());
  }
  read_columns(name, codes);
  return codes.data();
}

void ResourceBlock::read_columns(SymbolId name, Codes& codes) noexcept {
  const std::uint32_t* column = nullptr;
  std::uint32_t page = EntityId::kNone;  // of `column`
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    if (page_of(resources_[i]) != page) {
      page = page_of(resources_[i]);
      column = attribute_column(entities_, page, name);
      if (column == nullptr) return read_records(name, codes);
    }
    codes[i] = column[place_of(resources_[i])];
  }
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
