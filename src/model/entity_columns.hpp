#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

/// Entities by column: what one attribute is of neighbouring entities, side by side; and the same for their ancestors.
///
/// A filter that asks the same of a hundred thousand resources reads a record, its values and what lies between them,
/// to learn of each which team may read it. In a column that is four bytes, and sixteen entities lie on one cache line.
///
/// A column belongs to a page of a store, so versions of a store share those of the pages that they share. It is made
/// when somebody first wants it: nobody could say beforehand which attributes filters will ask for, and a change of one
/// entity stays as cheap as it was. Pages never change once readers see them, so neither do columns; a page that is
/// copied to be changed begins with none.
///
/// Rejected: columns of everything, made when a store is loaded (most would never be read, and each change would make
/// some); columns instead of records (a decision about one entity wants what belongs to it on one line).
namespace quis {

/// An attribute of an entity in four bytes. Equal values have equal codes; values of one code are equal if it is exact.
namespace attribute_code {

inline constexpr std::uint32_t kFalse = 0x8000'0000U;  // below this, the id of an entity
inline constexpr std::uint32_t kTrue = 0x8000'0001U;
inline constexpr std::uint32_t kOther = 0x8000'0002U;  ///< a value that must be looked at itself: every set and record
inline constexpr std::uint32_t kAbsent = 0x8000'0003U;
inline constexpr std::uint32_t kFirstText = 0x8000'0010U;  ///< what a string hashes to
inline constexpr std::uint32_t kFirstInteger = 0xc000'0000U;
inline constexpr std::uint32_t kZero = 0xe000'0000U;  ///< integers from -2²⁹ to 2²⁹ - 1 lie around it, in order

[[nodiscard]] constexpr bool is_exact(std::uint32_t code) noexcept { return code <= kTrue || code >= kFirstInteger; }
/// REQUIRES: at least `kFirstInteger`.
[[nodiscard]] constexpr std::int64_t integer_of(std::uint32_t code) noexcept {
  return std::int64_t{code} - std::int64_t{kZero};
}

[[nodiscard]] inline std::uint32_t of(const Value& value) noexcept {
  switch (value.kind()) {
    case Value::Kind::entity: return value.as_entity().local() ? kOther : value.as_entity().value;
    case Value::Kind::boolean: return value.as_boolean() ? kTrue : kFalse;
    case Value::Kind::string: {
      const std::size_t hash = std::hash<std::string_view>{}(value.as_string());
      return kFirstText + static_cast<std::uint32_t>(hash % (kFirstInteger - kFirstText));
    }
    case Value::Kind::integer: {
      constexpr std::int64_t kRange = kZero - kFirstInteger;
      const std::int64_t n = value.as_integer();
      return n >= -kRange && n < kRange ? static_cast<std::uint32_t>(kZero + n) : kOther;
    }
    default: return kOther;
  }
}

}  // namespace attribute_code

/// The columns of one page. Thread safety: any number of threads may ask.
class EntityColumns {
 public:
  /// So many attributes have a column; who asks for more reads the records. What columns take is bounded by this: four
  /// bytes for each entity and attribute, and sixteen for its ancestors.
  static constexpr std::size_t kMostAttributes = 16;

  EntityColumns() noexcept = default;
  EntityColumns(const EntityColumns& /*of what is about to change*/) noexcept {}
  EntityColumns& operator=(const EntityColumns&) = delete;
  ~EntityColumns();

  /// Of the entities of `page`, whose columns these are, by their places; made if nobody has asked before. Null when
  /// there is none: no room for one more, no memory, or another thread is making it. They live as long as the page.
  /// `place`, less than `kMostAttributes`, is where it is looked for first, and then where it was found: pages have
  /// their columns in the same order, mostly.
  [[nodiscard]] const std::uint32_t* attribute(const EntityPage& page, SymbolId name, std::size_t& place) noexcept {
    if (names_[place].load(std::memory_order_relaxed) == name) [[likely]] {
      const Codes* const codes = codes_[place].load(std::memory_order_acquire);
      return codes != nullptr ? codes->of : nullptr;
    }
    return find_or_make(page, name, place);
  }
  [[nodiscard]] const AncestorSet* ancestors(const EntityPage& page) noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  [[nodiscard]] const std::uint32_t* find_or_make(const EntityPage& page, SymbolId name, std::size_t& place) noexcept;

  struct Codes {
    Codes(const EntityPage& page, SymbolId name) noexcept;
    std::uint32_t of[EntityPage::kSize];
  };
  struct Ancestors {
    explicit Ancestors(const EntityPage& page) noexcept;
    AncestorSet of[EntityPage::kSize];
  };

  std::atomic<SymbolId> names_[kMostAttributes] = {};  // from the front; what is there stays
  std::atomic<const Codes*> codes_[kMostAttributes] = {};
  std::atomic<const Ancestors*> ancestors_ = nullptr;
};

}  // namespace quis
