#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>

namespace quis {

class Type;
/// Types are shared and immutable.
using TypePtr = std::shared_ptr<const Type>;

/// An attribute as a schema declares it.
struct AttributeType {
  SymbolId name;
  TypePtr type;
  bool required = true;
};

/// The type of a Cedar value as a resolved schema knows it: no names of common types are left in it.
///
/// Thread safety: immutable.
class Type {
 public:
  /// A primitive or an extension type: every kind but entity, set and record.
  [[nodiscard]] static TypePtr of(Value::Kind kind);
  [[nodiscard]] static TypePtr entity(TypeId type);
  [[nodiscard]] static TypePtr set_of(TypePtr element);
  /// Sorts the attributes by name id. REQUIRES: no name twice.
  [[nodiscard]] static TypePtr record(std::vector<AttributeType> attributes);

  [[nodiscard]] Value::Kind kind() const noexcept { return kind_; }
  /// REQUIRES: an entity type.
  [[nodiscard]] TypeId entity_type() const noexcept { return entity_; }
  /// REQUIRES: a set type.
  [[nodiscard]] const TypePtr& element() const noexcept { return element_; }
  /// REQUIRES: a record type. Sorted by name id.
  [[nodiscard]] const std::vector<AttributeType>& attributes() const noexcept { return attributes_; }
  /// The attribute's declaration or null. O(log n). REQUIRES: a record type.
  [[nodiscard]] const AttributeType* find(SymbolId name) const noexcept;

  /// Whether the empty record is of this type: no attribute is required. False for what is no record type.
  [[nodiscard]] bool may_be_empty() const noexcept { return may_be_empty_; }

  /// Structural equality. Parts that types share are compared once.
  friend bool operator==(const Type& a, const Type& b) noexcept;

 private:
  explicit Type(Value::Kind kind) : kind_(kind) {}

  Value::Kind kind_;
  bool may_be_empty_ = false;
  TypeId entity_;
  TypePtr element_;
  std::vector<AttributeType> attributes_;
};

/// As schema text writes it: `Long`, `Set<User>`, `{"a": String, "b"?: ipaddr}`. For messages: cut with `…` after 4
/// KiB, because a type that shares its parts can be exponentially larger than the schema it was read from.
[[nodiscard]] std::string to_text(const Type& type);

}  // namespace quis
