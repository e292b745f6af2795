#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/policy/ast.hpp>

#include "policy/capabilities.hpp"
#include "policy/request_environments.hpp"
#include "policy/schema_types.hpp"
#include "policy/type_relations.hpp"
#include "policy/validation_report.hpp"

namespace quis {

/// What is shared by all policies of one validation. As thread-safe as a standard container.
struct TypeRules {
  TypeRules(const Schema& schema, bool strict_mode)
      : strict(strict_mode),
        relations(types, strict_mode),
        permissive(types, false),
        declared(schema, types, permissive) {}

  bool strict;
  TypeTable types;
  TypeRelations relations;   ///< of the mode
  TypeRelations permissive;  ///< operands are asked for "a record" or "an entity" in either mode
  SchemaTypes declared;
};

/// What came out of checking one expression.
///
/// An expression that failed may have a type all the same: an `&&` is a boolean whatever its operands are, and going on
/// with that finds more errors in one pass. One that failed proves nothing.
struct TypeAnswer {
  TypeRef type = nullptr;  ///< null: nothing is known
  bool ok = true;          ///< false: an error was reported, here or elsewhere
  Capabilities proves;     ///< if it is true
};

/// Types of the nodes that were reached, for checks that follow.
struct TypedNode {
  TypeRef type = nullptr;
  std::uint32_t reached = 0;  ///< operands that are ever evaluated: of `&&`, `||`, `is in`; of `if` see `branches`
  enum class Branches : std::uint8_t { both, then, otherwise } branches = Branches::both;
};
using TypedNodes = std::unordered_map<const Expr*, TypedNode>;

/// Checks the expressions of one policy, in one request environment after another.
///
/// The rules are Cedar's: see type_checker.cpp for the idea. Recursion is bounded by the height of expression trees.
class TypeChecker {
 public:
  /// Borrows both.
  TypeChecker(TypeRules& rules, ValidationReport& report)
      : rules_(rules), report_(report), facts_(shapes_), boolean_(rules.types.of(StaticType::Kind::boolean)) {}

  /// The type of all conditions together in an environment: a boolean, perhaps a constant one. Null `typed` unless the
  /// types of nodes are wanted.
  [[nodiscard]] TypeAnswer check(std::span<const Condition> conditions, const RequestEnvironment& environment,
                                 TypedNodes* typed = nullptr);

 private:
  using Kind = StaticType::Kind;

  // type_checker.cpp: what branches, and leaves
  TypeAnswer infer(const Expr& expr);
  TypeAnswer dispatch(const Expr& expr);
  TypeAnswer literal(const Expr& expr);
  TypeAnswer variable(const Expr& expr);
  TypeAnswer conjunction(const Expr& expr);
  TypeAnswer disjunction(const Expr& expr);
  TypeAnswer negation(const Expr& operand);
  TypeAnswer conditional(const Expr& expr);
  TypeAnswer branch(const Expr& expr, TypeAnswer test, const Expr& taken, bool proven);

  // type_checker_operators.cpp: what computes
  TypeAnswer equality(const Expr& expr, bool negated);
  TypeRef type_of_equality(const Expr& left, TypeRef left_type, const Expr& right, TypeRef right_type);
  TypeAnswer comparison(const Expr& expr);
  TypeAnswer arithmetic(const Expr& expr);
  TypeAnswer contains(const Expr& expr);
  TypeAnswer contains_many(const Expr& expr);
  TypeAnswer is_empty(const Expr& expr);
  TypeAnswer like(const Expr& expr);
  TypeAnswer set(const Expr& expr);
  TypeAnswer record(const Expr& expr);
  TypeAnswer call(const Expr& expr);
  bool check_call(const Expr& expr);
  TypeAnswer require_common(const Expr& expr, TypeRef left, TypeRef right, std::string_view what, bool ok);
  TypeRef bound_of(const Expr& expr, std::span<const TypeRef> types, std::string_view what);

  // type_checker_entities.cpp: attributes, tags, `is` and `in`
  TypeAnswer get_attribute(const Expr& expr);
  TypeAnswer has_attribute(const Expr& expr);
  TypeAnswer has_path(const Expr& chain, std::size_t steps);
  TypeAnswer has_tag(const Expr& expr);
  TypeAnswer get_tag(const Expr& expr);
  TypeAnswer is(const Expr& expr);
  TypeAnswer is_in(const Expr& expr);
  TypeAnswer in(const Expr& expr);
  TypeAnswer in(const Expr& left, const TypeAnswer& left_answer, const Expr& right);
  TypeAnswer is(const TypeAnswer& entity, TypeId type);
  TypeAnswer action_in(EntityId action, std::span<const EntityId> entities);
  EntityId literal_entity(const Expr& expr) const;
  bool literal_entities(const Expr& expr, std::vector<EntityId>& entities) const;
  void report_missing(const Expr& access, TypeRef type, SymbolId name);
  void report_optional(const Expr& access, const Expr& target, TypeRef type, SymbolId name);

  /// Checks the operand and that it is of one of the types; if not, its type is unknown.
  TypeAnswer expect(const Expr& operand, std::initializer_list<TypeRef> types, Hint hint = Hint::none);
  TypeAnswer fits(TypeAnswer answer, const Expr& operand, std::initializer_list<TypeRef> types, Hint hint);
  TypeAnswer expect_boolean(const Expr& operand) { return expect(operand, {boolean_}); }
  TypeAnswer expect_record_or_entity(const Expr& operand, Hint hint = Hint::none);

  [[nodiscard]] TypeAnswer success(TypeRef type, bool ok = true) const { return {type, ok, {}}; }
  [[nodiscard]] TypeRef of(Kind kind) const noexcept { return rules_.types.of(kind); }
  [[nodiscard]] TypeRef constant(bool value) const noexcept { return rules_.types.constant(value); }

  TypeRules& rules_;
  ValidationReport& report_;
  ExpressionShapes shapes_;
  KnownFacts facts_;
  TypeRef boolean_;
  RequestEnvironment environment_;
  TypedNodes* typed_ = nullptr;
};

}  // namespace quis
