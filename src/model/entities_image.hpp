#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>
#include "base/section_file.hpp"

namespace quis {

/// The sections of a file of entities (see entities_file.hpp). Numbers are u32, *words*, unless said otherwise.
///
/// A *list of lists* is their number, for each the place where it ends, counted in members from the first list's
/// beginning, and the members. A *text list* is one of bytes. Names, texts and layouts are numbered in the order in
/// which they stand in their lists.
///
/// A *layout* is what records of the same keys and kinds of values share: for each field the number of its key and the
/// kind of its value (`Value::Kind`). The values are words, one after another, each record's in the order of its
/// layout:
///
/// | kind | words |
/// |---|---|
/// | boolean | 0 or 1 |
/// | integer, decimal, datetime, duration | 64 bits, the low half first |
/// | string, entity, ip | the number of a text, uid or address |
/// | set | how many elements; their kind, or `kMixed`, and then each element is preceded by its kind; the elements |
/// | record | the number of its layout; its values |
///
/// So values are trees however the file was made, and no longer than the file. First come the attributes of an entity,
/// then its tags. Entities stand in the order of their uids' numbers.
namespace image {

inline constexpr std::uint32_t kSymbols = section_tag("SYMS");    // text list
inline constexpr std::uint32_t kTypes = section_tag("TYPS");      // text list
inline constexpr std::uint32_t kUidTypes = section_tag("UTYP");   // the type of each uid
inline constexpr std::uint32_t kUids = section_tag("UIDS");       // text list: the ids
inline constexpr std::uint32_t kParents = section_tag("PRTS");    // list of lists of uids
inline constexpr std::uint32_t kTexts = section_tag("TEXT");      // text list
inline constexpr std::uint32_t kAddresses = section_tag("ADDR");  // `Address`es
inline constexpr std::uint32_t kLayouts = section_tag("LAYT");    // list of lists of keys and kinds by turns
inline constexpr std::uint32_t kValues = section_tag("VALS");     // words
inline constexpr std::uint32_t kEntities = section_tag("ENTS");   // `Entity`s
inline constexpr std::uint32_t kBlocks = section_tag("BLKS");     // where the values of a block begin, in words

inline constexpr std::uint32_t kNoTags = 0xffff'ffffU;
inline constexpr std::uint32_t kMixed = 0xffff'ffffU;

/// Sets and records within each other.
inline constexpr std::size_t kMostDepth = 200;

/// Entities whose values can be read without those before: the k-th block begins with entity k times this.
inline constexpr std::size_t kBlockEntities = 4096;

struct Address {
  std::uint8_t bytes[16];
  std::uint8_t prefix;
  std::uint8_t is_v6;
};
static_assert(sizeof(Address) == 18);

struct Entity {
  std::uint32_t uid;
  std::uint32_t layout;
  std::uint32_t tag_layout;  // or kNoTags
  std::uint32_t parents;
};
static_assert(sizeof(Entity) == 16);

static_assert(static_cast<int>(Value::Kind::ip) == 9, "the kinds are part of the form: another order is another form");

}  // namespace image

/// Owns the sections until they are written.
class EntitiesImage {
 public:
  /// Linear in the store. Fails with `limit_exceeded` when values nest deeper than `kMostDepth`, or there is more than
  /// the form can count.
  [[nodiscard]] static Result<EntitiesImage> of(const Entities& entities);
  void add_to(SectionWriter& writer) const;

 private:
  std::vector<std::pair<std::uint32_t, std::vector<std::byte>>> sections_;  // by tag
};

/// The store that the sections of a file hold. Fails with `invalid_file`.
[[nodiscard]] Result<Entities> read_entities_image(const SectionFile& file);

}  // namespace quis
