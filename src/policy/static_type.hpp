#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/type.hpp>

namespace quis {

struct StaticType;
/// A type from a `TypeTable`. Types of one table are equal exactly when their pointers are.
using TypeRef = const StaticType*;

struct StaticField {
  SymbolId name;
  TypeRef type = nullptr;
  bool required = true;

  friend bool operator==(const StaticField&, const StaticField&) = default;
};

/// What the type checker knows of a value: a `Type` of the schema, or one of those that only expressions have.
struct StaticType {
  enum class Kind : std::uint8_t {
    never,    ///< no value at all: the elements of `[]`
    truth,    ///< the boolean that is always true
    falsity,  ///< the boolean that is always false
    boolean,
    integer,
    string,
    decimal,
    datetime,
    duration,
    ip,
    any_entity,  ///< an entity of whatever type; only expected, never inferred
    entity,      ///< an entity of one of `entities`
    set,         ///< of `element`; of anything when that is null, which is only expected, never inferred
    record,      ///< with `fields`, and when `open` perhaps with more
  };

  Kind kind = Kind::never;
  bool open = false;
  TypeRef element = nullptr;
  std::span<const TypeId> entities;     ///< sorted, at least one
  std::span<const StaticField> fields;  ///< sorted by name

  [[nodiscard]] bool is(Kind other) const noexcept { return kind == other; }
  /// The field or null. O(log n).
  [[nodiscard]] const StaticField* find(SymbolId name) const noexcept;
};

/// Makes types, each once, so that comparing two is comparing pointers and no type is built twice: neither for the
/// many nodes of a policy nor for its many request environments. Types live as long as the table.
class TypeTable {
 public:
  TypeTable();
  TypeTable(const TypeTable&) = delete;
  TypeTable& operator=(const TypeTable&) = delete;

  /// A kind without parts.
  [[nodiscard]] TypeRef of(StaticType::Kind kind) const noexcept { return simple_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] TypeRef constant(bool value) const noexcept {
    return of(value ? StaticType::Kind::truth : StaticType::Kind::falsity);
  }
  [[nodiscard]] TypeRef of_value_kind(Value::Kind kind) const noexcept;
  [[nodiscard]] TypeRef entity(TypeId type);
  /// REQUIRES: sorted, each once, at least one.
  [[nodiscard]] TypeRef entity_of(std::span<const TypeId> types);
  /// `element` null: a set of anything.
  [[nodiscard]] TypeRef set_of(TypeRef element);
  /// Sorts the fields. REQUIRES: no name twice.
  [[nodiscard]] TypeRef record(std::vector<StaticField> fields, bool open);
  /// The type as a schema has it; its parts are remembered, so shared ones are converted once.
  [[nodiscard]] TypeRef from(const Type& type);

 private:
  struct Hash {
    std::size_t operator()(TypeRef type) const noexcept;
  };
  struct Equal {
    bool operator()(TypeRef a, TypeRef b) const noexcept;
  };
  TypeRef intern(const StaticType& type);

  ValueArena arena_;
  std::vector<TypeRef> simple_;
  std::unordered_set<TypeRef, Hash, Equal> types_;
  std::unordered_map<const Type*, TypeRef> converted_;
};

/// As schema text writes it, for messages; `…` after 200 bytes. What schemas do not have is told in words: `an entity`,
/// `User or Group`, `{"a": Long, …}`.
[[nodiscard]] std::string to_text(const StaticType& type);

}  // namespace quis
