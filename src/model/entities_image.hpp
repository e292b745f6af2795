#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>
#include "base/section_file.hpp"

namespace quis {

/// The sections of a file of entities (see entities_file.hpp). Numbers are u32 unless said otherwise.
///
/// Names are numbered within the file, in the order of their texts' sections. A *text list* is the number of texts,
/// their sizes, and their bytes. An *id list list* is the number of lists, their sizes, and their members.
///
/// Values are cells of 16 bytes, below. Sets and records within values are *composites*, numbered in the order of their
/// section; each stands before whoever holds it and is held once, so that values are trees of bounded depth however the
/// file was made. The cells of all composites come first, one after another, then those of the entities: first the
/// attributes of one, then its tags.
namespace image {

inline constexpr std::uint32_t kSymbols = section_tag("SYMS");     // text list
inline constexpr std::uint32_t kTypes = section_tag("TYPS");       // text list
inline constexpr std::uint32_t kUidTypes = section_tag("UTYP");    // the type of each uid
inline constexpr std::uint32_t kUids = section_tag("UIDS");        // text list: the ids
inline constexpr std::uint32_t kShapes = section_tag("SHPS");      // id list list: the keys of records
inline constexpr std::uint32_t kParents = section_tag("PRTS");     // id list list: uids
inline constexpr std::uint32_t kTexts = section_tag("TEXT");       // bytes that cells point into
inline constexpr std::uint32_t kAddresses = section_tag("ADDR");   // `Address`es
inline constexpr std::uint32_t kComposites = section_tag("COMP");  // `Composite`s
inline constexpr std::uint32_t kCells = section_tag("CELL");       // `Cell`s
inline constexpr std::uint32_t kEntities = section_tag("ENTS");    // `Entity`s

inline constexpr std::uint32_t kNoTags = 0xffff'ffffU;

/// Composites that may hold each other.
inline constexpr std::size_t kMostDepth = 200;

struct Address {
  std::uint8_t bytes[16];
  std::uint8_t prefix;
  std::uint8_t is_v6;
};
static_assert(sizeof(Address) == 18);

struct Composite {
  std::uint32_t is_record;  // 0 or 1
  std::uint32_t what;       // the number of a shape, or of elements
};
static_assert(sizeof(Composite) == 8);

struct Cell {
  std::uint32_t kind;     // a Value::Kind
  std::uint32_t size;     // of a text, else 0
  std::uint64_t payload;  // the value itself; a number of a uid, composite or address; where a text begins
};
static_assert(sizeof(Cell) == 16);

struct Entity {
  std::uint32_t uid;
  std::uint32_t shape;
  std::uint32_t tag_shape;  // or kNoTags
  std::uint32_t parents;
};
static_assert(sizeof(Entity) == 16);

}  // namespace image

/// Owns the sections until they are written.
class EntitiesImage {
 public:
  /// Linear in the store. Fails with `limit_exceeded` when values nest deeper than `kMostDepth`.
  [[nodiscard]] static Result<EntitiesImage> of(const Entities& entities);
  void add_to(SectionWriter& writer) const;

 private:
  std::vector<std::pair<std::uint32_t, std::vector<std::byte>>> sections_;  // by tag
};

/// The store that the sections of a file hold. Fails with `invalid_file`.
[[nodiscard]] Result<Entities> read_entities_image(const SectionFile& file);

}  // namespace quis
