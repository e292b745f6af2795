#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace quis {

/// Dense 32-bit names of things whose text was interned (see vocabulary.hpp). Equal ids mean equal text and the other
/// way round, so comparing two is one machine instruction.
///
/// An id with the top bit set is *local*: it names something that no loaded policy, schema or entity mentions and that
/// only the request which brought it knows (see `LocalNames`). Local ids of different requests must not be compared.
template <class Tag>
struct Id {
  static constexpr std::uint32_t kNone = 0xffff'ffffU;
  static constexpr std::uint32_t kLocalBit = 0x8000'0000U;

  std::uint32_t value = kNone;

  [[nodiscard]] constexpr bool valid() const noexcept { return value != kNone; }
  [[nodiscard]] constexpr bool local() const noexcept { return (value & kLocalBit) != 0; }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// A string that policies compare by identity: attribute names, tag names, record keys.
using SymbolId = Id<struct SymbolTag>;
/// The name of an entity type with its namespaces, e.g. `PhotoApp::User`.
using TypeId = Id<struct TypeTag>;
/// An entity uid: type and id, e.g. `PhotoApp::User::"alice"`.
using EntityId = Id<struct EntityTag>;

}  // namespace quis

template <class Tag>
struct std::hash<quis::Id<Tag>> {
  std::size_t operator()(quis::Id<Tag> id) const noexcept { return id.value * 0x9e37'79b9'7f4a'7c15ULL; }
};
