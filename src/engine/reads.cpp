#include "engine/reads.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include <quis/base/extension.hpp>
#include <quis/base/vocabulary.hpp>

#include "engine/scope_match.hpp"

namespace quis {
namespace {

/// More attributes than this are not told apart.
constexpr std::size_t kMostAttributes = 16;

bool is_variable(const Expr& e) noexcept { return e.op == Op::variable && e.variable != Variable::context; }
bool is_context(const Expr& e) noexcept { return e.op == Op::variable && e.variable == Variable::context; }
bool is_context_attribute(const Expr& e) noexcept { return e.op == Op::get_attribute && is_context(*e.operands[0]); }

/// The number, decimal, time or duration that the expression writes out.
std::optional<Value> constant(const Expr& e) {
  if (e.op == Op::literal && e.value.is(Value::Kind::integer)) return e.value;
  if (e.op != Op::call || e.operands.size() != 1 || e.operands[0]->op != Op::literal) return std::nullopt;
  if (!e.operands[0]->value.is(Value::Kind::string)) return std::nullopt;
  const std::string_view text = e.operands[0]->value.as_string();
  const auto made = [](std::optional<std::int64_t> number, Value (*make)(std::int64_t)) {
    return number ? std::optional(make(*number)) : std::nullopt;
  };
  switch (e.function) {
    case ExtensionFunction::datetime:
      return made(parse_datetime(text), [](std::int64_t ms) { return Value::datetime(ms); });
    case ExtensionFunction::duration:
      return made(parse_duration(text), [](std::int64_t ms) { return Value::duration(ms); });
    case ExtensionFunction::decimal:
      return made(parse_decimal(text), [](std::int64_t parts) { return Value::decimal(parts); });
    default: return std::nullopt;
  }
}

/// True for what answers alike for all values that lie alike to the constant on the other side.
bool compares(const Expr& e) noexcept {
  switch (e.op) {
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return true;
    case Op::call:
      return e.operands.size() == 2 && e.function >= ExtensionFunction::less_than &&
             e.function <= ExtensionFunction::greater_than_or_equal;
    default: return false;
  }
}

bool less(const Value& a, const Value& b) noexcept {
  return std::pair(a.kind(), a.as_integer()) < std::pair(b.kind(), b.as_integer());
}

/// Collects what some policies read.
class Collector {
 public:
  void policy(const PolicyBody& body) {
    for (const Condition& condition : body.conditions) walk(*condition.body);
  }

  /// The result, of which the action and the cost are not known here.
  [[nodiscard]] ActionReads finish() && {
    ActionReads reads;
    reads.reach = reach_;
    reads.whole_context = whole_context_ || attributes_.size() > kMostAttributes;
    if (reads.whole_context) return reads;
    for (auto& [name, read] : attributes_) {
      read.name = name;
      std::sort(read.thresholds.begin(), read.thresholds.end(), less);
      read.thresholds.erase(std::unique(read.thresholds.begin(), read.thresholds.end()), read.thresholds.end());
      reads.context.push_back(std::move(read));
    }
    return reads;
  }

 private:
  /// Reads something of the entity that the expression gives.
  void follow(const Expr& entity) {
    if (is_variable(entity)) return;
    reach_ = Reach::anywhere;
    walk(entity);
  }

  bool compare(const Expr& attribute, const Expr& other) {
    if (!is_context_attribute(attribute)) return false;
    const std::optional<Value> threshold = constant(other);
    if (threshold) attributes_[attribute.name].thresholds.push_back(*threshold);
    return threshold.has_value();
  }

  // Recursion is as deep as the expression.
  void walk(const Expr& e) {
    if (compares(e) && (compare(*e.operands[0], *e.operands[1]) || compare(*e.operands[1], *e.operands[0]))) return;
    switch (e.op) {
      case Op::variable: whole_context_ |= is_context(e); return;
      case Op::get_attribute:
      case Op::has_attribute:
        if (is_context(*e.operands[0])) {
          attributes_[e.name].value |= e.op == Op::get_attribute;
        } else {
          follow(*e.operands[0]);
        }
        return;
      case Op::in:
      case Op::is_in:
      case Op::get_tag:
      case Op::has_tag:
        follow(*e.operands[0]);
        walk(*e.operands[1]);
        return;
      default:
        for (const Expr* operand : e.operands) walk(*operand);
    }
  }

  Reach reach_ = Reach::request;
  bool whole_context_ = false;
  std::map<SymbolId, ContextRead> attributes_;
};

std::uint32_t count_nodes(const Expr& e) {
  std::uint32_t count = 1;
  for (const Expr* operand : e.operands) count += count_nodes(*operand);
  return count;
}

struct ByContent {
  bool operator()(const ActionConstraint* a, const ActionConstraint* b) const noexcept {
    return std::tie(a->kind, a->entities) < std::tie(b->kind, b->entities);
  }
};

/// The distinct bodies of the policies that name the same actions.
struct Named {
  std::unordered_set<const PolicyBody*> bodies = {};
  std::uint32_t cost = 0;
};

using ByConstraint = std::map<const ActionConstraint*, Named, ByContent>;

std::vector<EntityId> actions_of(const ByConstraint& named, const Entities& entities) {
  std::vector<EntityId> actions;
  for (const auto& [constraint, policies] : named) {
    actions.insert(actions.end(), constraint->entities.begin(), constraint->entities.end());
  }
  entities.for_each([&](const EntityRecord& record) {
    if (is_action_type(type_of(record.uid))) actions.push_back(record.uid);
  });
  std::sort(actions.begin(), actions.end());
  actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
  return actions;
}

}  // namespace

std::vector<ActionReads> reads_by_action(const PolicySet& policies, const Entities& entities) {
  ByConstraint named;
  for (const Policy& policy : policies.policies()) {
    Named& alike = named[&policy.body->action];
    ++alike.cost;
    if (!alike.bodies.insert(policy.body.get()).second) continue;
    for (const Condition& condition : policy.body->conditions) alike.cost += count_nodes(*condition.body);
  }

  const std::vector<EntityId> actions = actions_of(named, entities);
  std::vector<ActionReads> all;
  all.reserve(actions.size());
  for (const EntityId action : actions) {
    const auto is_in = [&](EntityId entity, EntityId group) { return entities.is_in(entity, group); };
    Collector collector;
    std::uint32_t cost = 0;
    for (const auto& [constraint, alike] : named) {
      if (!matches(*constraint, action, is_in)) continue;
      cost += alike.cost;
      for (const PolicyBody* body : alike.bodies) collector.policy(*body);
    }
    ActionReads& reads = all.emplace_back(std::move(collector).finish());
    reads.action = action;
    reads.cost = cost;
  }
  return all;
}

}  // namespace quis
