#include "policy/expression_shapes.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

namespace {

std::uint64_t tag(Op op) noexcept { return static_cast<std::uint64_t>(op); }

// A text inside a key: its length, then its bytes, eight to a number.
void append_text(std::vector<std::uint64_t>& key, std::string_view text) {
  key.push_back(text.size());
  for (std::size_t at = 0; at < text.size(); at += 8) {
    std::uint64_t word = 0;
    for (const char byte : text.substr(at, 8)) word = word << 8U | static_cast<unsigned char>(byte);
    key.push_back(word);
  }
}

}  // namespace

std::size_t path_steps(const Expr& chain) noexcept {
  if (chain.op != Op::and_) return 0;
  const auto& operands = chain.operands;
  std::size_t steps = 0;
  while (steps < operands.size() && operands[steps]->op == Op::has_attribute) {
    if (steps > 0) {
      const Expr* target = operands[steps]->operands.front();
      const Expr* before = operands[steps - 1];
      if (target->op != Op::get_attribute || target->name != before->name ||
          target->operands.front() != before->operands.front()) {
        break;
      }
    }
    ++steps;
  }
  return steps < 2 ? 0 : steps;
}

ExpressionShapes::Shape ExpressionShapes::of(const Expr& expr) {
  if (const auto found = known_.find(&expr); found != known_.end()) return found->second;
  const Shape shape = compute(expr);
  known_.emplace(&expr, shape);
  return shape;
}

ExpressionShapes::Shape ExpressionShapes::of_entity(EntityId entity) { return of_literal(Value::entity(entity)); }

ExpressionShapes::Shape ExpressionShapes::compute(const Expr& expr) {
  switch (expr.op) {
    case Op::literal: return of_literal(expr.value);
    case Op::and_:
    case Op::or_: return of_chain(expr);
    case Op::not_equal: return number({tag(Op::not_), pair(Op::equal, of(*expr.operands[0]), of(*expr.operands[1]))});
    case Op::greater:
      return number({tag(Op::not_), pair(Op::less_equal, of(*expr.operands[0]), of(*expr.operands[1]))});
    case Op::greater_equal:
      return number({tag(Op::not_), pair(Op::less, of(*expr.operands[0]), of(*expr.operands[1]))});
    case Op::is_in: {
      const Shape entity = of(*expr.operands[0]);
      const Shape is = number({tag(Op::is), expr.type.value, entity});
      return pair(Op::and_, is, pair(Op::in, entity, of(*expr.operands[1])));
    }
    case Op::record: return of_record(expr);
    default: break;
  }
  Key key{tag(expr.op)};
  switch (expr.op) {
    case Op::variable: key.push_back(static_cast<std::uint64_t>(expr.variable)); break;
    case Op::get_attribute:
    case Op::has_attribute: key.push_back(expr.name.value); break;
    case Op::is: key.push_back(expr.type.value); break;
    case Op::call: key.push_back(static_cast<std::uint64_t>(expr.function)); break;
    case Op::like:
      for (const std::string_view piece : expr.pattern) append_text(key, piece);
      break;
    default: break;
  }
  for (const Expr* operand : expr.operands) key.push_back(of(*operand));
  return number(std::move(key));
}

ExpressionShapes::Shape ExpressionShapes::of_literal(const Value& value) {
  Key key{tag(Op::literal), static_cast<std::uint64_t>(value.kind())};
  switch (value.kind()) {
    case Value::Kind::string: append_text(key, value.as_string()); break;
    case Value::Kind::entity: key.push_back(value.as_entity().value); break;
    default: key.push_back(static_cast<std::uint64_t>(value.as_integer())); break;
  }
  return number(std::move(key), true);
}

ExpressionShapes::Shape ExpressionShapes::of_chain(const Expr& chain) {
  const std::size_t steps = path_steps(chain);
  Shape all = steps > 0 ? of_path(chain, steps) : of(*chain.operands.front());
  for (std::size_t i = std::max<std::size_t>(steps, 1); i < chain.operands.size(); ++i) {
    all = pair(chain.op, all, of(*chain.operands[i]));
  }
  return all;
}

ExpressionShapes::Shape ExpressionShapes::of_path(const Expr& chain, std::size_t steps) {
  Key key{tag(Op::has_attribute), ~std::uint64_t{0}, of(*chain.operands.front()->operands.front())};
  for (std::size_t i = 0; i < steps; ++i) key.push_back(chain.operands[i]->name.value);
  return number(std::move(key));
}

ExpressionShapes::Shape ExpressionShapes::of_record(const Expr& record) {
  std::vector<std::pair<std::uint32_t, Shape>> fields;
  fields.reserve(record.keys.size());
  for (std::size_t i = 0; i < record.keys.size(); ++i) {
    fields.emplace_back(record.keys[i].value, of(*record.operands[i]));
  }
  std::sort(fields.begin(), fields.end());
  Key key{tag(Op::record)};
  for (const auto& [name, value] : fields) {
    key.push_back(name);
    key.push_back(value);
  }
  return number(std::move(key));
}

ExpressionShapes::Shape ExpressionShapes::pair(Op op, Shape left, Shape right) {
  if (op == Op::and_ || op == Op::or_) {
    const Shape no = of_literal(Value::boolean(false));
    const Shape yes = of_literal(Value::boolean(true));
    const auto is_constant = [&](Shape shape) { return shape == no || shape == yes; };
    if (is_constant(left) && is_constant(right)) {
      const bool holds = op == Op::and_ ? left == yes && right == yes : left == yes || right == yes;
      return holds ? yes : no;
    }
  }
  return number({tag(op), left, right});
}

ExpressionShapes::Shape ExpressionShapes::number(Key key, bool literal) {
  const auto [found, added] = numbers_.emplace(std::move(key), static_cast<Shape>(literals_.size()));
  if (added) literals_.push_back(literal);
  return found->second;
}

}  // namespace quis
