#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_set>

#include <quis/policy/policy.hpp>

#include "policy/type_checker.hpp"

namespace quis {

/// Checks that policies follow no more references between entities than a level allows (Cedar's RFC 76).
///
/// Looking into an entity costs a step: reading an attribute or tag, asking for one, or asking what it is in. Entities
/// that are literals may not be looked into at any level, for a host cannot know them from the request.
class LevelChecker {
 public:
  /// Borrows `rules` and `report`. Without a level, nothing is checked.
  LevelChecker(TypeRules& rules, ValidationReport& report, std::optional<std::uint32_t> level)
      : rules_(rules), report_(report), level_(level) {}

  /// The `in`s of a scope are steps too. This looks at the environments that the scope excludes: what excluded them was
  /// evaluated. `scope` is the body's, but for an action constraint that has no type, which excludes nothing.
  void check_excluded(const PolicyBody& body, const PolicyScope& scope);
  /// An environment that is not excluded; `nodes` are the types of the conditions in it.
  void check(const PolicyBody& body, const RequestEnvironment& environment, const TypedNodes& nodes);

 private:
  // Attributes of records that lie between an expression and the entity that is looked into, the nearest first:
  // `{a: principal}.a.b` looks into the `a` of the literal.
  struct Path {
    SymbolId name;
    const Path* rest = nullptr;
  };

  void visit(const Expr& expr);
  void visit_all(std::span<const Expr* const> operands, std::size_t count);
  void visit_step(const Expr& expr, const Expr& target);
  void visit_path(const Expr& chain, std::size_t steps);
  /// Steps from the request to the entity that is the value of `expr`, or of the attribute of it at `path`.
  std::uint32_t distance(const Expr& expr, const Path* path);
  std::uint32_t distance_of_record(const Expr& record, const Path* path);
  [[nodiscard]] TypeRef type_of_node(const Expr& expr) const;
  void exceeded(SourceSpan where, std::uint64_t needed);

  TypeRules& rules_;
  ValidationReport& report_;
  std::optional<std::uint32_t> level_;
  const TypedNodes* nodes_ = nullptr;
  RequestEnvironment environment_;
  std::unordered_set<const Expr*> visited_;
};

}  // namespace quis
