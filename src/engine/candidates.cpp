#include "engine/candidates.hpp"

#include <algorithm>
#include <utility>

namespace quis {
namespace {

bool is_variable(const Expr& e, Variable variable) noexcept { return e.op == Op::variable && e.variable == variable; }

bool is_entity(const Expr& e) noexcept { return e.op == Op::literal && e.value.is(Value::Kind::entity); }

}  // namespace

Candidates Candidates::everything() {
  Candidates all;
  all.everything_ = true;
  return all;
}

Candidates Candidates::one(Kind kind, EntityId entity, TypeId type) {
  Candidates single;
  single.parts_.push_back({kind, entity, type});
  return single;
}

Candidates Candidates::of(const ScopeConstraint& constraint) {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return everything();
    case ScopeConstraint::Kind::equal: return one(Kind::equal, constraint.entity, {});
    case ScopeConstraint::Kind::is: return one(Kind::is, {}, constraint.type);
    case ScopeConstraint::Kind::in:
    case ScopeConstraint::Kind::is_in: return one(Kind::in, constraint.entity, {});
  }
  return everything();
}

Candidates Candidates::in(const Expr& target) {
  if (is_entity(target)) return one(Kind::in, target.value.as_entity(), {});
  if (target.op != Op::set) return everything();
  Candidates targets;
  for (const Expr* element : target.operands) {
    if (!is_entity(*element)) return everything();
    targets.parts_.push_back({Kind::in, element->value.as_entity(), {}});
  }
  return targets;
}

Candidates Candidates::of(const Expr& e, Variable variable) {
  switch (e.op) {
    case Op::literal: return e.value == Value::boolean(false) ? Candidates() : everything();
    case Op::and_: {
      Candidates least = everything();
      for (const Expr* operand : e.operands) least.narrow(of(*operand, variable));
      return least;
    }
    case Op::or_: {
      Candidates sum;
      for (const Expr* operand : e.operands) sum.add(of(*operand, variable));
      return sum;
    }
    case Op::equal: {
      const bool left = is_variable(*e.operands[0], variable);
      const Expr& other = *e.operands[left ? 1 : 0];
      if (!left && !is_variable(*e.operands[1], variable)) return everything();
      return is_entity(other) ? one(Kind::equal, other.value.as_entity(), {}) : everything();
    }
    case Op::in: return is_variable(*e.operands[0], variable) ? in(*e.operands[1]) : everything();
    case Op::is: return is_variable(*e.operands[0], variable) ? one(Kind::is, {}, e.type) : everything();
    case Op::is_in: {
      if (!is_variable(*e.operands[0], variable)) return everything();
      Candidates least = in(*e.operands[1]);
      least.narrow(one(Kind::is, {}, e.type));
      return least;
    }
    case Op::contains: {
      const Expr& set = *e.operands[0];
      if (set.op != Op::set || !is_variable(*e.operands[1], variable)) return everything();
      Candidates elements;
      for (const Expr* element : set.operands) {
        if (!is_entity(*element)) return everything();
        elements.parts_.push_back({Kind::equal, element->value.as_entity(), {}});
      }
      return elements;
    }
    default: return everything();
  }
}

std::pair<int, std::size_t> Candidates::cost() const noexcept {
  if (everything_) return {3, 0};
  int dearest = 0;
  for (const Part& part : parts_) dearest = std::max(dearest, static_cast<int>(part.kind));
  return {dearest, parts_.size()};
}

void Candidates::narrow(Candidates other) {
  if (other.cost() < cost()) *this = std::move(other);
}

void Candidates::add(const Candidates& other) {
  everything_ = everything_ || other.everything_;
  if (everything_) {
    parts_.clear();
  } else {
    parts_.insert(parts_.end(), other.parts_.begin(), other.parts_.end());
  }
}

bool Candidates::list(const MembershipIndex& index, std::vector<EntityId>& entities) const {
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::equal: entities.push_back(part.entity); break;
      case Kind::in: index.add_members(part.entity, entities); break;
      case Kind::is: {
        const auto of_type = index.of_type(part.type);
        entities.insert(entities.end(), of_type.begin(), of_type.end());
        break;
      }
    }
    if (entities.size() > index.all_but_actions().size()) return false;
  }
  return true;
}

}  // namespace quis
