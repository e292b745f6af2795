#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/detail/id_scan.hpp>
#include <quis/base/detail/prefetch.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>

namespace quis {

class Schema;
struct EntitiesStorage;
struct OwnedPage;

/// The ancestors of one entity: answers *is it among them?* in constant time.
///
/// A set is made of cache lines of sixteen slots: one line for up to fifteen ancestors, a table of lines for more. An
/// ancestor is in the line where it belongs, or, when that is full, in the next that is not. A line is compared as a
/// whole, without a branch.
class AncestorSet {
 public:
  static constexpr std::uint32_t kLine = detail::kIdLine;

  constexpr AncestorSet() noexcept = default;
  /// Borrows. `slots` are `slot_count` in whole cache lines, a power of two of them, with `size` ancestors; a slot
  /// without one is `EntityId{}`, and stands behind those of its line that have one. At least one slot has none.
  constexpr AncestorSet(const EntityId* slots, std::uint32_t size, std::uint32_t slot_count) noexcept
      : slots_(slots), size_(size), mask_(slot_count - kLine) {}

  [[nodiscard]] constexpr std::uint32_t size() const noexcept { return size_; }

  /// What it borrows, and the same set over a copy of that.
  [[nodiscard]] constexpr std::span<const EntityId> slots() const noexcept {
    return {slots_, std::size_t{mask_} + kLine};
  }
  [[nodiscard]] constexpr AncestorSet over(const EntityId* copied_slots) const noexcept {
    AncestorSet set = *this;
    set.slots_ = copied_slots;
    return set;
  }

  /// Expected O(1), allocates nothing. Mostly one line, and no branch that could be guessed wrong.
  [[nodiscard]] bool contains(EntityId entity) const noexcept {
    if (!entity.valid()) [[unlikely]]
      return false;  // though it is found in the slots that have no ancestor
    const std::uint32_t line = home(entity) & mask_;
    const EntityId* const slots = slots_ + line;
    const bool found = detail::line_contains(slots, entity);
    if (slots[kLine - 1].valid()) [[unlikely]]
      return found || contains_beyond(line, entity);
    return found;
  }

  /// Calls `visit` with each ancestor, in no promised order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t line = 0; line <= mask_; line += kLine) {
      const EntityId* const end = slots_ + line + kLine;
      for (const EntityId* slot = slots_ + line; slot != end && slot->valid(); ++slot) visit(*slot);
    }
  }

  /// Where an entity belongs in a table, before masking.
  [[nodiscard]] static constexpr std::uint32_t home(EntityId entity) noexcept {
    const std::uint32_t product = entity.value * 0x9e37'79b1U;
    return product >> 8U | product << 24U;  // the best bits first, and none is lost: tables may be large
  }

 private:
  alignas(64) static constexpr EntityId kNobody[kLine] = {};

  /// Goes on behind a full line.
  [[nodiscard]] bool contains_beyond(std::uint32_t line, EntityId entity) const noexcept;

  const EntityId* slots_ = kNobody;
  std::uint32_t size_ = 0;
  std::uint32_t mask_ = 0;  // from where an entity belongs to its line
};

/// One entity as policies see it: two cache lines side by side.
///
/// The second one, `near`, has what the first most often points to: the ancestors, when they fit one line and hardly
/// another entity has the same, or else, where there was room for them, the values of few attributes. Who reads an
/// entity among millions can send for both at once, and follows `ancestors` and `attributes` wherever they point. A
/// copy of a record points to its own second line where the original points to its.
struct alignas(128) EntityRecord {
  static constexpr std::size_t kNearBytes = 64;
  static constexpr std::uint32_t kNearAncestors = AncestorSet::kLine - 1;
  static constexpr std::size_t kNearValues = kNearBytes / sizeof(Value);

  constexpr EntityRecord() noexcept = default;
  EntityRecord(const EntityRecord& other) noexcept { *this = other; }
  EntityRecord& operator=(const EntityRecord& other) noexcept;
  ~EntityRecord() = default;

  RecordData attributes;
  const RecordData* tags = nullptr;  ///< null when it has none
  AncestorSet ancestors;             ///< all of them, at any distance; it itself is not among them
  const EntityId* parents = nullptr;
  std::uint32_t parent_count = 0;
  EntityId uid;  ///< invalid in a slot that holds no entity
  alignas(64) std::byte near[kNearBytes] = {};

  [[nodiscard]] std::span<const EntityId> direct_parents() const noexcept { return {parents, parent_count}; }

  /// Whether the second line has these.
  [[nodiscard]] bool has_ancestors_near() const noexcept {
    return static_cast<const void*>(ancestors.slots().data()) == near;
  }
  [[nodiscard]] bool has_values_near() const noexcept { return static_cast<const void*>(attributes.values) == near; }

  /// Brings both lines on their way to the processor.
  void prefetch() const noexcept {
    detail::prefetch(this);
    detail::prefetch(near);
  }
};
static_assert(sizeof(EntityRecord) == 128 && offsetof(EntityRecord, near) == 64);

inline EntityRecord& EntityRecord::operator=(const EntityRecord& other) noexcept {
  attributes = other.attributes;
  tags = other.tags;
  ancestors = other.ancestors;
  parents = other.parents;
  parent_count = other.parent_count;
  uid = other.uid;
  if (this != &other) std::memcpy(near, other.near, kNearBytes);
  if (other.has_ancestors_near()) ancestors = ancestors.over(reinterpret_cast<const EntityId*>(near));
  if (other.has_values_near()) attributes.values = reinterpret_cast<const Value*>(near);
  return *this;
}

/// A run of records with neighbouring ids: what versions of a store share, or copy when one of them changes.
struct EntityPage {
  static constexpr std::uint32_t kSize = 256;

  EntityRecord records[kSize];
  std::uint64_t versions[kSize] = {};  ///< see `Entities::version_of`
};

/// What an entity store keeps alive, for memory reports. Bytes; the vocabulary is counted apart
/// (vocabulary_statistics()). What two stores share is counted in both.
struct EntitiesStatistics {
  std::size_t entities = 0;
  std::size_t record_bytes = 0;    ///< pages of records with what lies in them, and what finds and owns them
  std::size_t ancestor_bytes = 0;  ///< parent and ancestor lists outside of records
  std::size_t value_bytes = 0;     ///< attributes and tags outside of records, and columns that filters made
};

/// An immutable store of entities with their attributes, tags and ancestry: the facts that policies read.
///
/// The ancestry is closed when the store is built: an entity's record lists every ancestor that is reachable through
/// entities of the store. A parent need not be in the store itself; then it has no attributes and no ancestors.
///
/// Copies share their contents, and so does the next version that an `EntityUpdater` makes of a store: all but what
/// changed. Thread safety: immutable.
class Entities {
 public:
  /// Empty.
  Entities();

  /// Reads Cedar's entities JSON: an array of `{"uid", "attrs", "parents", "tags"}`.
  ///
  /// `__entity` and `__extn` escapes stand for entities and extension values. With a schema, values are read by their
  /// declared types (`"1.1.1.1"` where an `ipaddr` is declared), every entity must fit its declaration, and the
  /// schema's actions and their hierarchy are added. An entity that stands twice must be the same both times. Any error
  /// refuses the whole document. Linear in the text; the ancestry costs what `EntitiesBuilder::build` says. Memory for
  /// one entity's JSON at a time.
  [[nodiscard]] static Result<Entities> from_json(std::string_view text, const Schema* schema = nullptr,
                                                  std::string_view source_name = "entities");
  [[nodiscard]] static Result<Entities> from_json_file(const std::string& path, const Schema* schema = nullptr);

  /// The record, or null when the store does not hold the entity (local ids included). O(1), lock-free, allocates
  /// nothing.
  [[nodiscard]] const EntityRecord* find(EntityId entity) const noexcept {
    const EntityPage* page = page_of(entity);
    if (page == nullptr) return nullptr;
    const EntityRecord& record = page->records[entity.value % EntityPage::kSize];
    return record.uid.valid() ? &record : nullptr;
  }

  /// What policies read of an entity: the record, or where the store does not hold the entity one without attributes,
  /// tags and ancestors. As `find`, and a little quicker.
  [[nodiscard]] const EntityRecord& facts_of(EntityId entity) const noexcept {
    const EntityPage* page = page_of(entity);
    if (page == nullptr) return kNobody;
    return page->records[entity.value % EntityPage::kSize];  // a slot that holds no entity is as good as `kNobody`
  }

  /// Brings the record on its way to the processor, for who will ask for it in some hundred instructions.
  void prefetch(EntityId entity) const noexcept {
    if (const EntityPage* page = page_of(entity)) page->records[entity.value % EntityPage::kSize].prefetch();
  }

  /// Cedar's `in` for two entities: equal, or an ancestor. O(1), allocates nothing.
  [[nodiscard]] bool is_in(EntityId entity, EntityId ancestor) const noexcept {
    if (entity == ancestor) return true;
    const EntityRecord* record = find(entity);
    return record != nullptr && record->ancestors.contains(ancestor);
  }

  /// The version at which the entity was added, changed in its attributes, tags or parents, got other ancestors, or was
  /// removed: the number that was given to `EntityUpdater::apply`. 0 while it is as the builder made it, and for what
  /// was never in the store. O(1), lock-free, allocates nothing.
  [[nodiscard]] std::uint64_t version_of(EntityId entity) const noexcept {
    const EntityPage* page = page_of(entity);
    return page == nullptr ? 0 : page->versions[entity.value % EntityPage::kSize];
  }

  [[nodiscard]] std::size_t size() const noexcept;
  /// Walks the pages.
  [[nodiscard]] EntitiesStatistics statistics() const;

  /// Calls `visit` with every record, in order of id.
  void for_each(const std::function<void(const EntityRecord&)>& visit) const;

  /// Calls `visit` with at most `most` records from all over the store: with all of a small one. O(most).
  void sample(std::size_t most, const std::function<void(const EntityRecord&)>& visit) const;

  /// Cedar's entities JSON, with explicit escapes, sorted by uid text: equal stores give equal bytes.
  [[nodiscard]] std::string to_json() const;

 private:
  friend class EntitiesAssembly;
  friend class EntityUpdater;
  friend const OwnedPage* owned_page(const Entities& entities, std::uint32_t number) noexcept;
  explicit Entities(std::shared_ptr<const EntitiesStorage> storage) noexcept;

  static constexpr EntityRecord kNobody = {};

  [[nodiscard]] const EntityPage* page_of(EntityId entity) const noexcept {
    const std::uint32_t page = entity.value / EntityPage::kSize;
    return page < page_count_ ? pages_[page] : nullptr;
  }

  std::shared_ptr<const EntitiesStorage> storage_;
  const EntityPage* const* pages_ = nullptr;  // into storage_
  std::uint32_t page_count_ = 0;
};

/// Collects entities and closes their ancestry.
///
/// Thread safety: as a standard container.
class EntitiesBuilder {
 public:
  EntitiesBuilder();
  EntitiesBuilder(EntitiesBuilder&&) noexcept;
  EntitiesBuilder& operator=(EntitiesBuilder&&) noexcept;
  ~EntitiesBuilder();

  /// For values of the next entity to add: strings, sets and records made here need no copy.
  [[nodiscard]] ValueArena& arena() noexcept;

  /// Adds an entity. `attributes` and `tags` are fields in any order; what their values point to must come from
  /// `arena()` or outlive every store built. Fails with `duplicate_key` when a field stands twice, and with
  /// `duplicate_entity` when the entity was added before and differs; adding an equal one again is allowed and does
  /// nothing.
  [[nodiscard]] Result<void> add(EntityId uid, std::span<const std::pair<SymbolId, Value>> attributes,
                                 std::span<const EntityId> parents,
                                 std::span<const std::pair<SymbolId, Value>> tags = {});

  /// Computes the ancestry and hands the store over; the builder is empty afterwards, also when that fails: with
  /// `cycle`, naming the entities on the cycle, or with `limit_exceeded` (`limits::kMaxAncestrySlots`). Cost: for each
  /// distinct list of parents, the sum of the distinct lists above it.
  [[nodiscard]] Result<Entities> build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quis
