#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/policy/ast.hpp>

namespace quis {

/// Numbers for expressions: two get the same number exactly when Cedar takes them for the same expression, wherever
/// they stand. So `principal.a` that was tested is known to be the `principal.a` that is read.
///
/// The notations that Cedar has no node for count as what they stand for: `a != b` is `!(a == b)`, `a > b` is
/// `!(a <= b)`, `a is T in b` is `a is T && a in b`; a chain of `&&` is one of pairs, and `true && false` is `false`.
class ExpressionShapes {
 public:
  using Shape = std::uint32_t;

  /// Amortised: each node of a policy is looked at once.
  [[nodiscard]] Shape of(const Expr& expr);
  [[nodiscard]] Shape of_entity(EntityId entity);
  /// Whether it is a literal: of two, equal numbers mean equal values.
  [[nodiscard]] bool is_literal(Shape shape) const { return literals_[shape]; }

 private:
  using Key = std::vector<std::uint64_t>;

  [[nodiscard]] Shape compute(const Expr& expr);
  [[nodiscard]] Shape of_literal(const Value& value);
  [[nodiscard]] Shape of_chain(const Expr& chain);
  [[nodiscard]] Shape of_path(const Expr& chain, std::size_t steps);
  [[nodiscard]] Shape of_record(const Expr& record);
  [[nodiscard]] Shape pair(Op op, Shape left, Shape right);
  [[nodiscard]] Shape number(Key key, bool literal = false);

  std::map<Key, Shape> numbers_;
  std::vector<bool> literals_;
  std::unordered_map<const Expr*, Shape> known_;
};

/// How many operands of an `and_`, from the first, are one `has a.b.c`: two or more, or 0. Only they share nodes.
[[nodiscard]] std::size_t path_steps(const Expr& chain) noexcept;

}  // namespace quis
