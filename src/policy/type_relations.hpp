#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "policy/static_type.hpp"

namespace quis {

/// Why two types have no least upper bound, for the help of a message.
enum class LubProblem : std::uint8_t {
  none,
  optionality,   ///< one record requires an attribute that the other does not
  record_width,  ///< records of different attributes
  entity_types,  ///< different entity types
  entity_and_record,
};

/// Subtypes and least upper bounds, by the rules of one validation mode.
///
/// Strict: types are compatible when they are equal but for the constant booleans. Permissive: entities of different
/// types have the union as their bound, records what they have in common, and are then open.
///
/// Answers are remembered, so types that share their parts cost one visit for each pair of distinct parts.
class TypeRelations {
 public:
  /// Borrows the table.
  TypeRelations(TypeTable& types, bool strict) noexcept : types_(types), strict_(strict) {}

  [[nodiscard]] bool is_subtype(TypeRef sub, TypeRef super);
  /// Null when there is none; then `problem` says why.
  [[nodiscard]] TypeRef least_upper_bound(TypeRef a, TypeRef b, LubProblem& problem);

 private:
  using Pair = std::pair<TypeRef, TypeRef>;
  struct Hash {
    std::size_t operator()(const Pair& pair) const noexcept;
  };
  struct Bound {
    TypeRef type = nullptr;
    LubProblem problem = LubProblem::none;
  };

  [[nodiscard]] bool is_subrecord(TypeRef sub, TypeRef super);
  [[nodiscard]] bool fields_are_subtypes(TypeRef sub, TypeRef super);
  [[nodiscard]] bool compute_subtype(TypeRef sub, TypeRef super);
  [[nodiscard]] Bound bound(TypeRef a, TypeRef b);
  [[nodiscard]] Bound compute_bound(TypeRef a, TypeRef b);
  [[nodiscard]] Bound bound_of_entities(TypeRef a, TypeRef b);
  [[nodiscard]] Bound bound_of_records(TypeRef a, TypeRef b);

  TypeTable& types_;
  bool strict_;
  std::unordered_map<Pair, bool, Hash> subtypes_;
  std::unordered_map<Pair, Bound, Hash> bounds_;
};

/// Whether no value is of both types. Only told of entities: sets of different types share the empty set, and of
/// everything else it is not asked.
[[nodiscard]] bool are_disjoint(const StaticType& a, const StaticType& b) noexcept;

}  // namespace quis
