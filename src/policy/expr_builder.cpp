#include "policy/expr_builder.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

namespace quis {

namespace {

// Weights stop growing here; a tree this heavy is beyond every limit anyway.
constexpr std::uint64_t kHeaviest = std::numeric_limits<std::uint32_t>::max();

template <class T>
std::span<const T> copy_to(ValueArena& arena, std::span<const T> items) {
  const std::span<T> copy = arena.allocate_array<T>(items.size());
  std::uninitialized_copy(items.begin(), items.end(), copy.begin());
  return copy;
}

}  // namespace

BuiltExpr ExprBuilder::refuse(std::string_view why) noexcept {
  if (refusal_.empty()) refusal_ = why;
  return {};
}

Expr* ExprBuilder::make(Op op, SourceSpan span) {
  Expr* expr = ::new (arena_->allocate(sizeof(Expr), alignof(Expr))) Expr{};
  expr->op = op;
  expr->span = span;
  return expr;
}

BuiltExpr ExprBuilder::leaf(Op op, Value value, SourceSpan span) {
  Expr* expr = make(op, span);
  expr->value = value;
  return {expr, 1, 1};
}

// Every inner node is made here, so the limits cannot be forgotten.
template <class Fill>
BuiltExpr ExprBuilder::node(Op op, std::span<const BuiltExpr> operands, SourceSpan span, Fill fill) {
  std::uint32_t height = 0;
  std::uint64_t weight = 1;
  for (const BuiltExpr& operand : operands) {
    if (!operand) return {};
    height = std::max(height, operand.height);
    weight += operand.weight;
  }
  if (height >= limits::kMaxExpressionDepth) return refuse("the expression is nested too deeply");

  Expr* expr = make(op, span);
  const std::span<const Expr*> children = arena_->allocate_array<const Expr*>(operands.size());
  std::transform(operands.begin(), operands.end(), children.begin(), [](const BuiltExpr& built) { return built.expr; });
  expr->operands = children;
  fill(*expr);
  return {expr, height + 1, static_cast<std::uint32_t>(std::min(weight, kHeaviest))};
}

BuiltExpr ExprBuilder::node(Op op, std::initializer_list<BuiltExpr> operands, SourceSpan span) {
  return node(op, {operands.begin(), operands.size()}, span, [](Expr&) {});
}

BuiltExpr ExprBuilder::boolean(bool value, SourceSpan span) { return leaf(Op::literal, Value::boolean(value), span); }

BuiltExpr ExprBuilder::integer(std::int64_t value, SourceSpan span) {
  return leaf(Op::literal, Value::integer(value), span);
}

BuiltExpr ExprBuilder::string(std::string_view text, SourceSpan span) {
  return leaf(Op::literal, arena_->string(text), span);
}

BuiltExpr ExprBuilder::entity(EntityId entity, SourceSpan span) {
  return leaf(Op::literal, Value::entity(entity), span);
}

BuiltExpr ExprBuilder::variable(Variable variable, SourceSpan span) {
  Expr* expr = make(Op::variable, span);
  expr->variable = variable;
  return {expr, 1, 1};
}

BuiltExpr ExprBuilder::chain(Op op, std::span<const BuiltExpr> operands, SourceSpan span) {
  const BuiltExpr& first = operands.front();
  if (!first || first.expr->op != op) return node(op, operands, span, [](Expr&) {});

  // The merged node's operands take the place of the first. Their own heights are not kept; one less than the merged
  // node's is a bound that never grows, however long the chain.
  std::vector<BuiltExpr> merged;
  merged.reserve(first.expr->operands.size() + operands.size() - 1);
  for (const Expr* operand : first.expr->operands) merged.push_back({operand, first.height - 1, 0});
  merged.front().weight = first.weight - 1;
  merged.insert(merged.end(), operands.begin() + 1, operands.end());
  return node(op, merged, span, [](Expr&) {});
}

BuiltExpr ExprBuilder::unary(Op op, BuiltExpr operand, SourceSpan span) { return node(op, {operand}, span); }

BuiltExpr ExprBuilder::binary(Op op, BuiltExpr left, BuiltExpr right, SourceSpan span) {
  return node(op, {left, right}, span);
}

BuiltExpr ExprBuilder::conditional(BuiltExpr condition, BuiltExpr then, BuiltExpr otherwise, SourceSpan span) {
  return node(Op::if_, {condition, then, otherwise}, span);
}

BuiltExpr ExprBuilder::get_attribute(BuiltExpr operand, SymbolId name, SourceSpan span) {
  return node(Op::get_attribute, {&operand, 1}, span, [name](Expr& expr) { expr.name = name; });
}

BuiltExpr ExprBuilder::has_attribute(BuiltExpr operand, SymbolId name, SourceSpan span) {
  return node(Op::has_attribute, {&operand, 1}, span, [name](Expr& expr) { expr.name = name; });
}

BuiltExpr ExprBuilder::has_chain(BuiltExpr operand, std::span<const SymbolId> names, SourceSpan span) {
  if (names.size() == 1) return has_attribute(operand, names.front(), span);

  // `operand.a` is reached by `has b` and by `.b` alike: its nodes exist once but are walked for each.
  std::vector<BuiltExpr> tests;
  tests.reserve(names.size());
  BuiltExpr target = operand;
  for (std::size_t i = 0; i < names.size(); ++i) {
    tests.push_back(has_attribute(target, names[i], span));
    if (i + 1 == names.size()) break;
    repeated_ += target.weight;
    if (repeated_ > limits::kMaxRepeatedNodes) return refuse("`has` with a path repeats too large an expression");
    target = get_attribute(target, names[i], span);
  }
  return chain(Op::and_, tests, span);
}

BuiltExpr ExprBuilder::is(BuiltExpr operand, TypeId type, SourceSpan span) {
  return node(Op::is, {&operand, 1}, span, [type](Expr& expr) { expr.type = type; });
}

BuiltExpr ExprBuilder::is_in(BuiltExpr operand, TypeId type, BuiltExpr parent, SourceSpan span) {
  const BuiltExpr operands[] = {operand, parent};
  return node(Op::is_in, operands, span, [type](Expr& expr) { expr.type = type; });
}

BuiltExpr ExprBuilder::like(BuiltExpr operand, std::span<const std::string> pieces, SourceSpan span) {
  const std::span<std::string_view> pattern = arena_->allocate_array<std::string_view>(pieces.size());
  std::transform(pieces.begin(), pieces.end(), pattern.begin(),
                 [this](const std::string& piece) { return arena_->string(piece).as_string(); });
  return node(Op::like, {&operand, 1}, span, [pattern](Expr& expr) { expr.pattern = pattern; });
}

BuiltExpr ExprBuilder::set(std::span<const BuiltExpr> elements, SourceSpan span) {
  return node(Op::set, elements, span, [](Expr&) {});
}

BuiltExpr ExprBuilder::record(std::span<const SymbolId> keys, std::span<const BuiltExpr> values, SourceSpan span) {
  const std::span<const SymbolId> copy = copy_to(*arena_, keys);
  return node(Op::record, values, span, [copy](Expr& expr) { expr.keys = copy; });
}

BuiltExpr ExprBuilder::call(ExtensionFunction function, std::span<const BuiltExpr> arguments, SourceSpan span) {
  return node(Op::call, arguments, span, [function](Expr& expr) { expr.function = function; });
}

}  // namespace quis
