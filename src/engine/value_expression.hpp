#pragma once

#include <cstddef>

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

#include "policy/expr_builder.hpp"

namespace quis {

/// Makes the expressions that stand for known values in residual policies, and counts what residuals hold.
class ValueExpressions {
 public:
  /// `names` may be null when no value is local to a request.
  ValueExpressions(ExprBuilder& builder, const LocalNames* names, std::size_t budget) noexcept
      : builder_(builder), names_(names), left_(budget) {}

  /// An expression whose value is `value`. Extension values become calls of their constructors; names that only the
  /// request knows are added to the vocabulary. Null when the budget is spent.
  [[nodiscard]] BuiltExpr of(const Value& value);

  /// The vocabulary's id of an entity that may be local.
  [[nodiscard]] EntityId interned(EntityId entity) const;

  /// Counts `nodes` against the budget; false, now and ever after, when it does not suffice.
  bool spend(std::size_t nodes) noexcept;
  [[nodiscard]] bool spent() const noexcept { return spent_; }

 private:
  [[nodiscard]] BuiltExpr text(std::string_view text);
  [[nodiscard]] BuiltExpr constructed(ExtensionFunction function, std::string_view argument);
  [[nodiscard]] BuiltExpr instant(std::int64_t milliseconds);
  [[nodiscard]] BuiltExpr set(const SetData& set);
  [[nodiscard]] BuiltExpr record(const RecordData& record);

  ExprBuilder& builder_;
  const LocalNames* names_;
  std::size_t left_;
  bool spent_ = false;
};

}  // namespace quis
