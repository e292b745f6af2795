// One request for many resources, in blocks of sixty-four.
//
// Within a block the policies take turns, not the resources: what a policy says of sixty-four resources is a word, and
// the words of all policies make the answers by *or* and *and not*. A permit is looked at only for resources that no
// other has permitted yet, a forbid only for those that some permit has: the others are denied whatever it says. How a
// policy is decided for a block is said in block_run.cpp; for resources that leaves open it is decided one by one.
//
// Which policies the principal and the action lead to is found out once. Of those, a policy that asks for some
// resources has its scope tested for a block as a condition is. Where there are many of these (a principal with a
// hundred shares) nearly none of them concerns a resource, and then the index is asked for each resource instead.

#include "engine/resource_sweep.hpp"

#include <algorithm>

#include "engine/plan.hpp"

namespace quis {

ResourceSweep::ResourceSweep(const World& world, const Request& request, bool errors_deny,
                             std::span<const EntityId> resources)
    : program_(world.program()),
      entities_(world.entities()),
      policies_(world.policies().policies()),
      request_(request),
      errors_deny_(errors_deny),
      found_(program_.index.find(request_, entities_)),
      run_(program_, entities_, request_),
      block_(entities_, ResourceBlock::are_dense(resources)),
      block_run_(program_, entities_, request_, block_) {
  if (found_.has_rest) find_keyed();
  some_forbid_ = looks_at_forbids();
}

void ResourceSweep::find_keyed() {
  too_many_keyed_ =
      found_.scan || !program_.index.for_each_list_of_principal(
                         found_, request_, entities_, [&](std::span<const CompiledPolicy> policies) {
                           if (keyed_count_ + policies.size() > kMostKeyed) return false;
                           std::ranges::copy(policies, keyed_.begin() + static_cast<std::ptrdiff_t>(keyed_count_));
                           keyed_count_ += policies.size();
                           return true;
                         });
  if (too_many_keyed_) keyed_count_ = 0;
}

bool ResourceSweep::looks_at_forbids() const {
  const auto forbids = [](const CompiledPolicy& policy) { return policy.force != Force::permit; };
  bool some = std::ranges::any_of(std::span(keyed_).first(keyed_count_), forbids);
  program_.index.for_each_open_table(found_, [&](const detail::PairTable& table) {
    some = some || std::ranges::any_of(program_.index.open_list(table), forbids);
  });
  return some;
}

bool ResourceSweep::decide(std::span<const EntityId> resources, std::span<const EntityId> next) {
  if (!block_.turn_to(resources, next)) return false;
  permits_ = denies_ = 0;
  decide_all(true);
  if (too_many_keyed_) decide_keyed_one_by_one();
  if (some_forbid_ && permits_ != 0) decide_all(false);
  return true;
}

/// All permits, or all that forbid.
void ResourceSweep::decide_all(bool permits) {
  program_.index.for_each_open_table(found_, [&](const detail::PairTable& table) {
    for (const CompiledPolicy& policy : program_.index.open_list(table)) {
      if ((policy.force == Force::permit) == permits) decide(policy, lanes_of_interest(policy));
    }
  });
  for (const CompiledPolicy& policy : std::span(keyed_).first(keyed_count_)) {
    if ((policy.force == Force::permit) != permits) continue;
    const Lanes lanes = lanes_of_interest(policy);
    if (lanes != 0) decide(policy, in_scope(policies_[policy.index].resource(), lanes));
  }
}

/// Those that a policy may make a difference to.
inline Lanes ResourceSweep::lanes_of_interest(const CompiledPolicy& policy) const noexcept {
  return policy.force == Force::permit ? block_.all() & ~permits_ : permits_ & ~denies_;
}

void ResourceSweep::decide(const CompiledPolicy& policy, Lanes lanes) {
  if (lanes == 0) return;
  const BlockRun::Outcomes known = block_run_.run(policy, lanes, errors_deny_ && policy.force != Force::permit);
  apply(policy, known.satisfied, known.failed);
  if (known.open == 0) return;
  const BlockRun::Outcomes others = one_by_one(policy, known.open);
  apply(policy, others.satisfied, others.failed);
}

/// The type of `is T in e` is for the code of the policy to check.
Lanes ResourceSweep::in_scope(const ScopeConstraint& constraint, Lanes lanes) {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return lanes;
    case ScopeConstraint::Kind::equal: return lanes & block_.equal(constraint.entity);
    case ScopeConstraint::Kind::is: return lanes & block_.of_type(constraint.type);
    case ScopeConstraint::Kind::in:
    case ScopeConstraint::Kind::is_in: return block_run_.in(constraint.entity, lanes);
  }
  return 0;
}

BlockRun::Outcomes ResourceSweep::one_by_one(const CompiledPolicy& policy, Lanes lanes) {
  BlockRun::Outcomes outcomes;
  for_each_bit(lanes, [&](std::size_t lane) {
    run_.turn_to(block_.id(lane), block_.record(lane));
    const Verdict verdict = run_.verdict(policy);
    outcomes.satisfied |= Lanes{verdict == Verdict::satisfied} << lane;
    outcomes.failed |= Lanes{verdict == Verdict::error} << lane;
  });
  return outcomes;
}

void ResourceSweep::decide_keyed_one_by_one() {
  for_each_bit(block_.all(), [&](std::size_t lane) {
    request_.resource = block_.id(lane);
    run_.turn_to(block_.id(lane), block_.record(lane));
    program_.index.for_each_other_list(found_, request_, entities_, [&](std::span<const CompiledPolicy> policies) {
      for (const CompiledPolicy& policy : policies) {
        const Verdict verdict = run_.verdict(policy);
        apply(policy, Lanes{verdict == Verdict::satisfied} << lane, Lanes{verdict == Verdict::error} << lane);
      }
    });
  });
}

inline void ResourceSweep::apply(const CompiledPolicy& policy, Lanes satisfied, Lanes failed) noexcept {
  if (policy.force == Force::permit) {
    permits_ |= satisfied;  // a permit that errs does not hold, and that is all there is to know
  } else {
    denies_ |= satisfied | (errors_deny_ ? failed : 0);
  }
}

}  // namespace quis
