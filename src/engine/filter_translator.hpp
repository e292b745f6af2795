#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quis/engine/filter.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// Conditions on rows for when an expression is true and for when it is false. In rows where it errs, neither holds.
struct FilterPair {
  FilterExpr yes;
  FilterExpr no;
  bool total = false;  ///< it errs in no row

  /// What errs in every row.
  [[nodiscard]] static FilterPair error() { return {}; }
};

/// The comparison that an operator or function makes.
[[nodiscard]] std::optional<FilterExpr::Comparison> comparison_of(const Expr& e);

/// Whether rows can hold such values in one column.
[[nodiscard]] inline bool is_scalar(Value::Kind kind) {
  return kind != Value::Kind::set && kind != Value::Kind::record && kind != Value::Kind::ip;
}

/// Why an expression of this kind cannot be part of a filter.
[[nodiscard]] const char* why_not(const Expr& e);

/// Turns residual policies into conditions on rows; see the essay in the source.
class FilterTranslator {
 public:
  /// `known` is the request but for its unknown part. Values of conditions are made in `arena`.
  FilterTranslator(const Entities& entities, const Schema& schema, const Request& known, Variable unknown, TypeId type,
                   ValueArena& arena);

  /// When the policy is satisfied.
  [[nodiscard]] FilterExpr satisfied(const Policy& policy);

  /// What could not be translated. Results mean something only while it is empty.
  [[nodiscard]] Errors take_problems() { return std::move(problems_); }

  [[nodiscard]] FilterExpr all_of(std::vector<FilterExpr> operands);
  [[nodiscard]] FilterExpr any_of(std::vector<FilterExpr> operands);
  [[nodiscard]] FilterExpr negation(FilterExpr operand);

 private:
  /// A path in the row, with its declared type.
  struct Place {
    FilterPath path;
    Value::Kind kind = Value::Kind::entity;
    TypeId entity_type;
    const Type* type = nullptr;  ///< null for the row itself
    bool total = false;          ///< present in every row
  };
  /// An operand: a place, a value, or an error.
  struct Term {
    std::optional<Place> place;
    std::optional<Value> value;
  };
  struct Terms {
    Term left;
    Term right;
  };

  [[nodiscard]] FilterPair translate(const Expr& e);
  [[nodiscard]] FilterPair chain(std::span<const Expr* const> operands, bool turned);
  [[nodiscard]] FilterPair both(FilterPair first, FilterPair second);
  [[nodiscard]] FilterPair inverse(FilterPair pair);
  [[nodiscard]] FilterPair conditional(const FilterPair& condition, const FilterPair& then,
                                       const FilterPair& otherwise);
  [[nodiscard]] FilterPair junction(const Expr& e);
  [[nodiscard]] FilterPair comparison(const Expr& e, FilterExpr::Comparison op, const Expr& left, const Expr& right);
  [[nodiscard]] FilterPair in(const Expr& e);
  [[nodiscard]] FilterPair contains(const Expr& e);
  [[nodiscard]] FilterPair contains_set(const Expr& e);
  [[nodiscard]] FilterPair has(const Expr& e);
  [[nodiscard]] FilterPair is(const Expr& e);
  [[nodiscard]] FilterPair boolean_at(const Expr& e);

  [[nodiscard]] std::optional<Place> place(const Expr& e);
  [[nodiscard]] std::optional<Term> term(const Expr& e);
  /// Both operands of an operator. Nothing, and reported, when one of them has no form in a filter.
  [[nodiscard]] std::optional<Terms> terms(const Expr& left, const Expr& right);
  [[nodiscard]] bool reads_unknown(const Expr& e) const;
  /// The value of an expression that does not read the unknown entity. Null: it errs.
  [[nodiscard]] std::optional<Value> closed(const Expr& e);
  [[nodiscard]] FilterExpr leaf(FilterExpr::Kind kind, const Place& place, std::vector<Value> values = {});
  [[nodiscard]] FilterExpr present(const Place& place);
  /// `yes` where it holds, false where the place is present and it does not.
  [[nodiscard]] FilterPair at(const Place& place, FilterExpr yes);
  /// False wherever the place is present.
  [[nodiscard]] FilterPair never(const Place& place);
  [[nodiscard]] FilterExpr member_of(const Place& place, const std::vector<Value>& groups);
  [[nodiscard]] FilterExpr scope(const ScopeConstraint& constraint);
  [[nodiscard]] std::vector<Value> self_and_ancestors(EntityId entity) const;
  [[nodiscard]] FilterPair refuse(const Expr& e, const char* why);
  void spend(std::size_t nodes);

  const Entities& entities_;
  const Schema& schema_;
  Request known_;
  Variable unknown_;
  TypeId type_;
  ValueArena& arena_;
  const Policy* policy_ = nullptr;
  std::size_t nodes_ = 0;
  Errors problems_;
};

}  // namespace quis
