#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <quis/base/detail/paged_array.hpp>
#include <quis/base/ids.hpp>

/// The vocabulary: every name that loaded policies, schemas and entities use, interned once for the whole process.
///
/// One table a process, not one an engine: ids then mean the same in every policy set, entity store and request, and a
/// world can be replaced by the next without translating anything. The tables only grow, and only loading grows them: a
/// *request* never adds a name (see `LocalNames`), so no caller can exhaust memory by asking about things that do not
/// exist.
///
/// Thread safety: everything here may be called from any thread. Look-ups take no lock; interning takes one.
/// Memory running out, or `limits::kMaxNames` distinct names of one kind, ends the process: an id is never reused and
/// never wraps, so no two names can be mistaken for each other. Nothing is destroyed at exit: static objects may use it
/// in their destructors.
namespace quis {

/// Adds the name if it is new. Expected O(1). `intern_type` takes a normalised name (`A::B`, no spaces).
[[nodiscard]] SymbolId intern_symbol(std::string_view text) noexcept;
[[nodiscard]] TypeId intern_type(std::string_view name) noexcept;
[[nodiscard]] EntityId intern_entity(TypeId type, std::string_view id) noexcept;
[[nodiscard]] EntityId intern_entity(std::string_view type, std::string_view id) noexcept;

/// The id of a name that is already known, else an invalid id. Expected O(1), lock-free, allocates nothing.
[[nodiscard]] SymbolId find_symbol(std::string_view text) noexcept;
[[nodiscard]] TypeId find_type(std::string_view name) noexcept;
[[nodiscard]] EntityId find_entity(TypeId type, std::string_view id) noexcept;

/// The same for many entities at a time, where what one waits for in memory hides behind the others. `ids` has room for
/// as many. Interning a million takes about a tenth of a second, and adds each name once, in the order given.
struct EntityName {
  TypeId type;
  std::string_view id;
};
void intern_entities(std::span<const EntityName> names, std::span<EntityId> ids) noexcept;
void find_entities(std::span<const EntityName> names, std::span<EntityId> ids) noexcept;

/// The text behind an id. REQUIRES: a valid id that is not local. The view stays valid for the life of the process.
[[nodiscard]] std::string_view text_of(SymbolId symbol) noexcept;
[[nodiscard]] std::string_view text_of(TypeId type) noexcept;
[[nodiscard]] inline TypeId type_of(EntityId entity) noexcept;
[[nodiscard]] std::string_view id_text_of(EntityId entity) noexcept;

/// The last part of a type name: `Action` of `NS::Action`. REQUIRES as above.
[[nodiscard]] std::string_view basename_of(TypeId type) noexcept;

/// True for `Action` and every `…::Action`: the types that Cedar keeps for actions.
[[nodiscard]] bool is_action_type(TypeId type) noexcept;

namespace detail {
extern PagedArray<TypeId> entity_types;
}  // namespace detail

// Every decision asks this, so it is a bit count and two loads at the place of the call.
inline TypeId type_of(EntityId entity) noexcept { return detail::entity_types[entity.value]; }

/// How much the vocabulary holds, for memory reports.
struct VocabularyStatistics {
  std::size_t symbols = 0;
  std::size_t types = 0;
  std::size_t entities = 0;
  std::size_t bytes = 0;  ///< of all tables and texts
};
[[nodiscard]] VocabularyStatistics vocabulary_statistics() noexcept;

/// How many names the vocabulary holds: grows with every one. Lock-free.
[[nodiscard]] std::uint64_t vocabulary_generation() noexcept;

/// Names that only one request knows.
///
/// A request may mention users, types or attributes that nothing loaded mentions. They still have to be equal to
/// themselves and unequal to everything else, so each gets a local id here instead of growing the vocabulary for ever.
///
/// Thread safety: as a standard container. Must outlive every request and value that uses its ids.
class LocalNames {
 public:
  LocalNames();
  LocalNames(LocalNames&&) noexcept;
  LocalNames& operator=(LocalNames&&) noexcept;
  LocalNames(const LocalNames&) = delete;
  LocalNames& operator=(const LocalNames&) = delete;
  ~LocalNames();

  /// The vocabulary's id if it has one, else this request's own. A name keeps the id it was first given here, even when
  /// the vocabulary learns it later.
  [[nodiscard]] SymbolId symbol(std::string_view text);
  [[nodiscard]] TypeId type(std::string_view name);
  [[nodiscard]] EntityId entity(TypeId type, std::string_view id);

  /// Whether it has no local name.
  [[nodiscard]] bool empty() const noexcept { return tables_ == nullptr; }

  /// As the free functions, for local ids and others alike.
  [[nodiscard]] std::string_view text(SymbolId symbol) const noexcept;
  [[nodiscard]] std::string_view text(TypeId type) const noexcept;
  [[nodiscard]] TypeId type_of(EntityId entity) const noexcept;
  [[nodiscard]] std::string_view id_text(EntityId entity) const noexcept;

  /// The vocabulary's generation just before the first local name was given; the largest number while there is none.
  /// Whatever was loaded at a later generation may know one of these names by another id, so it must not be asked about
  /// them.
  [[nodiscard]] std::uint64_t generation() const noexcept;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;  // null until the first local name: most requests have none
};

/// Where a loader gets its ids from: the vocabulary (which grows) for what stays, a request's own names for what
/// passes.
class Names {
 public:
  /// Grows the vocabulary.
  Names() noexcept = default;
  /// Never does. `local` must outlive this object.
  explicit Names(LocalNames& local) noexcept : local_(&local) {}

  [[nodiscard]] SymbolId symbol(std::string_view text) const;
  [[nodiscard]] TypeId type(std::string_view name) const;
  [[nodiscard]] EntityId entity(TypeId type, std::string_view id) const;

 private:
  LocalNames* local_ = nullptr;
};

/// `Type::"id"` as Cedar prints it, with the id escaped. `local` may be null when the id is known not to be local; a
/// name that nobody here knows prints as `<unknown>`.
[[nodiscard]] std::string to_text(EntityId entity, const LocalNames* local = nullptr);

/// A string with quotes, escaped the way Cedar prints string literals: what cannot be seen (controls, format
/// characters, spaces other than U+0020) becomes `\u{…}`, and bytes that are not UTF-8 become `\u{fffd}`.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace quis
