#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>

/// Attributes by column: what one attribute is of neighbouring entities, side by side.
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

/// An attribute of an entity in four bytes: the id of the entity that it is, which has no top bit, or one of these.
namespace attribute_code {
inline constexpr std::uint32_t kFalse = 0x8000'0000U;
inline constexpr std::uint32_t kTrue = 0x8000'0001U;
inline constexpr std::uint32_t kOther = 0x8000'0002U;  ///< a value that has no code: it must be looked at itself
inline constexpr std::uint32_t kAbsent = 0x8000'0003U;

/// The only value with this code, if there is one: equal values have equal codes, and values of one code are equal
/// unless it is `kOther`.
[[nodiscard]] inline std::uint32_t of(const Value& value) noexcept {
  if (value.is(Value::Kind::entity) && !value.as_entity().local()) return value.as_entity().value;
  if (value.is(Value::Kind::boolean)) return value.as_boolean() ? kTrue : kFalse;
  return kOther;
}
}  // namespace attribute_code

/// The columns of one page. Thread safety: any number of threads may find and make.
class AttributeColumns {
 public:
  /// So many attributes have one; who asks for more reads the records. What they take is bounded by this: four bytes
  /// for each entity and attribute.
  static constexpr std::size_t kMost = 16;

  AttributeColumns() noexcept = default;
  AttributeColumns(const AttributeColumns& /*of what is about to change*/) noexcept {}
  AttributeColumns& operator=(const AttributeColumns&) = delete;
  ~AttributeColumns();

  /// The codes of the entities of `page`, which these are the columns of; makes them if nobody has. Null when there is
  /// no place for one more, or no memory. They live as long as the page.
  [[nodiscard]] const std::uint32_t* get(const EntityPage& page, SymbolId name) noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct Column {
    Column(const EntityPage& page, SymbolId name) noexcept;

    SymbolId name;
    std::uint32_t codes[EntityPage::kSize];
  };

  std::atomic<const Column*> columns_[kMost] = {};  // from the front; what is there stays
};

}  // namespace quis
