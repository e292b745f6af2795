#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/policy/ast.hpp>
#include <quis/policy/policy.hpp>

#include "engine/membership_index.hpp"

namespace quis {

/// A set of entities, described: all, or a union of single entities, members of groups and entities of types. What is
/// derived from a policy holds every entity that can satisfy it, and perhaps more.
class Candidates {
 public:
  /// None.
  Candidates() = default;
  [[nodiscard]] static Candidates everything();

  /// The entities that `constraint` holds for.
  [[nodiscard]] static Candidates of(const ScopeConstraint& constraint);
  /// Those that `e` can be true for when they stand for `variable`. Sees through `&&` and `||` to `==`, `in`, `is` and
  /// `contains`; whatever else asks nothing of the entity.
  [[nodiscard]] static Candidates of(const Expr& e, Variable variable);

  /// The smaller description of the two, which is a superset of their intersection.
  void narrow(Candidates other);
  void add(const Candidates& other);

  [[nodiscard]] bool is_everything() const noexcept { return everything_; }
  /// Adds the entities of the store, in no order, some perhaps twice. False, having added some, when these are more
  /// than the store's entities without its actions. REQUIRES: not everything.
  [[nodiscard]] bool list(const MembershipIndex& index, std::vector<EntityId>& entities) const;

 private:
  enum class Kind : std::uint8_t { equal, in, is };  // from the cheapest to the dearest
  struct Part {
    Kind kind = Kind::equal;
    EntityId entity;
    TypeId type;
  };

  [[nodiscard]] static Candidates one(Kind kind, EntityId entity, TypeId type);
  [[nodiscard]] static Candidates in(const Expr& target);
  [[nodiscard]] std::pair<int, std::size_t> cost() const noexcept;

  bool everything_ = false;
  std::vector<Part> parts_;
};

}  // namespace quis
