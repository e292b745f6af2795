#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <quis/base/ids.hpp>
#include <quis/model/entities.hpp>

#include "engine/lanes.hpp"
#include "model/entities_storage.hpp"

namespace quis {

/// The resources that a sweep is at: up to sixty-four, with what the store holds of them.
///
/// Two ways lead to an attribute. Where resources lie close together in the store it is read from the columns of their
/// pages (model/entity_columns.hpp), and then their records are not touched at all. Where they lie far apart a
/// column would cost more than it saves, and the records are read; from the first time on those of the next block are
/// sent for while this one is decided.
class ResourceBlock {
 public:
  /// `by_columns`: columns are used, and made where there are none.
  ResourceBlock(const Entities& entities, bool by_columns) noexcept : entities_(entities), by_columns_(by_columns) {}

  /// Whether resources are many, and close enough together to be read by columns: at least one in eight of those that
  /// lie between them. Looks at some of them.
  [[nodiscard]] static bool are_dense(std::span<const EntityId> resources) noexcept;

  /// Turns to these; `next` may be the block after them. False when one of them is local: then there is no block.
  /// REQUIRES: at least one, at most `kLanes`.
  [[nodiscard]] bool turn_to(std::span<const EntityId> resources, std::span<const EntityId> next) noexcept;

  [[nodiscard]] Lanes all() const noexcept { return ~Lanes{0} >> (kLanes - resources_.size()); }
  [[nodiscard]] EntityId id(std::size_t lane) const noexcept { return resources_[lane]; }
  /// The store's, or one without anything in it.
  [[nodiscard]] const EntityRecord& record(std::size_t lane) noexcept {
    if (!has_records_) [[unlikely]]
      find_records();
    return *records_[lane];
  }
  /// An attribute. REQUIRES: the resource has it.
  [[nodiscard]] const Value& attribute(std::size_t lane, SymbolId name) noexcept {
    const RecordData& attributes = (has_records_ ? records_[lane] : entities_.find(id(lane)))->attributes;
    if (likely_place_ >= attributes.size || attributes.keys[likely_place_] != name) [[unlikely]]
      likely_place_ = static_cast<std::uint32_t>(attributes.find(name) - attributes.values);
    return attributes.values[likely_place_];
  }
  /// The ancestors of each. There are `kLanes` of them, and they stay as `codes` do.
  [[nodiscard]] const AncestorSet* ancestors() noexcept;
  /// An attribute of each by its code (model/entity_columns.hpp). There are `kLanes` of them, those behind the last
  /// resource mean nothing, and they stay until the next call.
  [[nodiscard]] const std::uint32_t* codes(SymbolId name) noexcept;
  /// Those that are this entity, and those of a type.
  [[nodiscard]] Lanes equal(EntityId entity) const noexcept;
  [[nodiscard]] Lanes of_type(TypeId type) const noexcept;

 private:
  using Codes = std::array<std::uint32_t, kLanes>;

  /// An attribute that was asked for, in this block or before.
  struct Known {
    SymbolId name;
    std::uint32_t page = EntityId::kNone;  ///< of `column`
    const std::uint32_t* column = nullptr;
    std::size_t place = 0;                 ///< of the column among those of a page, likely
    std::uint64_t block = 0;               ///< that `codes` are of, by its number
    const std::uint32_t* codes = nullptr;  ///< in the column, or `read`
    Codes read;
  };
  static constexpr std::size_t kKnown = 6;

  void find_records() noexcept;
  [[nodiscard]] Known& known(SymbolId name) noexcept;
  [[nodiscard]] const std::uint32_t* read(Known& known) noexcept;
  [[nodiscard]] const std::uint32_t* column(Known& known, std::uint32_t page) noexcept;
  [[nodiscard]] bool are_in_one_page() const noexcept;
  void read_columns(Known& known) noexcept;
  void read_records(SymbolId name, Codes& codes) noexcept;

  const Entities& entities_;
  const bool by_columns_;
  bool reads_records_ = false;  // of this block or of one before it
  bool has_records_ = false;
  bool are_neighbours_ = false;  // their ids follow each other
  std::span<const EntityId> resources_;
  const EntityRecord* records_[kLanes];
  std::uint64_t block_ = 0;  // its number, from 1 on
  std::array<Known, kKnown> known_;
  std::size_t known_count_ = 0;
  std::uint64_t ancestors_block_ = 0;  // that `ancestors_` are of
  const AncestorSet* ancestors_ = nullptr;
  std::array<AncestorSet, kLanes> read_ancestors_;
  std::uint32_t likely_place_ = 0;  // of the attribute that was asked for last
};

}  // namespace quis
