#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <quis/base/limits.hpp>
#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>

namespace quis {

/// A node under construction, with what the builder must know of the tree below it. Null when the builder refused it.
struct BuiltExpr {
  const Expr* expr = nullptr;
  std::uint32_t height = 0;  ///< nodes on the longest way down, this one included
  std::uint32_t weight = 0;  ///< nodes of the tree, each counted as often as it is reached

  explicit operator bool() const noexcept { return expr != nullptr; }
};

/// Makes the nodes of one policy or expression, for the readers of both notations.
///
/// Whatever is built keeps two promises that the rest of the library relies on: no tree is higher than
/// `limits::kMaxExpressionDepth`, so walking one by recursion is safe; and the nodes that are shared (only `has_chain`
/// shares) are reached at most `limits::kMaxRepeatedNodes` times in addition, so walking one takes time in proportion
/// to the text. A node that would break one is refused: the result is null, and so is everything that is built of a
/// null. A reader can therefore build on and ask `refusal()` once at the end.
///
/// Every text is copied into the arena, which must outlive the nodes. `span` is all zero for a policy that came from
/// JSON.
class ExprBuilder {
 public:
  explicit ExprBuilder(ValueArena& arena) noexcept : arena_(&arena) {}

  [[nodiscard]] BuiltExpr boolean(bool value, SourceSpan span = {});
  [[nodiscard]] BuiltExpr integer(std::int64_t value, SourceSpan span = {});
  [[nodiscard]] BuiltExpr string(std::string_view text, SourceSpan span = {});
  [[nodiscard]] BuiltExpr entity(EntityId entity, SourceSpan span = {});
  [[nodiscard]] BuiltExpr variable(Variable variable, SourceSpan span = {});

  /// `and_` or `or_` of two or more operands in source order. A first operand of the same operator is merged, for
  /// `(a && b) && c` is `a && b && c`; any other operand stays a node of its own, for `a && (b && c)` is not.
  [[nodiscard]] BuiltExpr chain(Op op, std::span<const BuiltExpr> operands, SourceSpan span = {});
  /// `not_`, `negate` or `is_empty`.
  [[nodiscard]] BuiltExpr unary(Op op, BuiltExpr operand, SourceSpan span = {});
  /// Every operator of two operands that has no other field; `and_` and `or_` are `chain`s.
  [[nodiscard]] BuiltExpr binary(Op op, BuiltExpr left, BuiltExpr right, SourceSpan span = {});
  [[nodiscard]] BuiltExpr conditional(BuiltExpr condition, BuiltExpr then, BuiltExpr otherwise, SourceSpan span = {});

  [[nodiscard]] BuiltExpr get_attribute(BuiltExpr operand, SymbolId name, SourceSpan span = {});
  [[nodiscard]] BuiltExpr has_attribute(BuiltExpr operand, SymbolId name, SourceSpan span = {});
  /// `operand has a.b.c`, which is `operand has a && operand.a has b && operand.a.b has c`. REQUIRES: at least one
  /// name.
  [[nodiscard]] BuiltExpr has_chain(BuiltExpr operand, std::span<const SymbolId> names, SourceSpan span = {});

  [[nodiscard]] BuiltExpr is(BuiltExpr operand, TypeId type, SourceSpan span = {});
  [[nodiscard]] BuiltExpr is_in(BuiltExpr operand, TypeId type, BuiltExpr parent, SourceSpan span = {});
  /// `pieces` as in `Pattern`: the texts between the wildcards. REQUIRES: at least one.
  [[nodiscard]] BuiltExpr like(BuiltExpr operand, std::span<const std::string> pieces, SourceSpan span = {});

  [[nodiscard]] BuiltExpr set(std::span<const BuiltExpr> elements, SourceSpan span = {});
  /// REQUIRES: as many keys as values, no key twice.
  [[nodiscard]] BuiltExpr record(std::span<const SymbolId> keys, std::span<const BuiltExpr> values,
                                 SourceSpan span = {});
  /// The receiver of a method is the first argument.
  [[nodiscard]] BuiltExpr call(ExtensionFunction function, std::span<const BuiltExpr> arguments, SourceSpan span = {});

  /// Why a node was refused, as a message for `ErrorCode::limit_exceeded`; empty when none was.
  [[nodiscard]] std::string_view refusal() const noexcept { return refusal_; }

 private:
  Expr* make(Op op, SourceSpan span);
  BuiltExpr leaf(Op op, Value value, SourceSpan span);
  template <class Fill>
  BuiltExpr node(Op op, std::span<const BuiltExpr> operands, SourceSpan span, Fill fill);
  BuiltExpr node(Op op, std::initializer_list<BuiltExpr> operands, SourceSpan span);
  BuiltExpr refuse(std::string_view why) noexcept;

  ValueArena* arena_;
  std::uint64_t repeated_ = 0;
  std::string_view refusal_;
};

}  // namespace quis
