// One request for many resources, in blocks of sixty-four.
//
// Within a block the policies take turns, not the resources: what a policy says of sixty-four resources is a word, and
// the words of all policies make the answers by *or* and *and not*. A permit is looked at only for resources that no
// other has permitted yet.
//
// The policies that lists are filtered by have one test: the principal is in an attribute of the resource, or is that
// attribute, or the attribute is true. These run as a loop of their own. Resources of one kind share the array of their
// attribute names, so the place of the attribute is looked up once for each array met in a row, and then it is one
// load. Every other policy runs as it does for a single request, and so does one that errs: nothing is decided twice
// here.

#include "engine/resource_sweep.hpp"

#include "engine/plan.hpp"
#include "engine/set_operations.hpp"

namespace quis {
namespace {

constexpr EntityRecord kNoEntity = {};

}  // namespace

ResourceSweep::ResourceSweep(const World& world, const Request& request, bool errors_deny)
    : program_(world.program()),
      entities_(world.entities()),
      request_(request),
      errors_deny_(errors_deny),
      found_(program_.index.find(request_, entities_)),
      run_(program_, entities_, request_) {}

std::uint64_t ResourceSweep::permitted(std::span<const EntityId> resources) {
  resources_ = resources;
  permits_ = denies_ = 0;
  for (const EntityId resource : resources) entities_.prefetch(resource);
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const EntityRecord* record = entities_.find(resources[i]);
    records_[i] = record != nullptr ? record : &kNoEntity;
    __builtin_prefetch(records_[i]->attributes.values);
  }
  program_.index.for_each_open_table(found_, [&](const detail::PairTable& table) {
    for (const CompiledPolicy& policy : program_.index.open_list(table)) apply(policy, outcomes(policy));
  });
  for (std::size_t i = 0; found_.has_rest && i < resources.size(); ++i) {
    request_.resource = resources[i];
    run_.turn_to(resources[i], records_[i]);
    program_.index.for_each_other_list(found_, request_, entities_, [&](std::span<const CompiledPolicy> policies) {
      for (const CompiledPolicy& policy : policies) {
        const Verdict verdict = run_.verdict(policy);
        const auto bit = [&](Verdict wanted) { return Bits{verdict == wanted} << i; };
        apply(policy, {bit(Verdict::satisfied), bit(Verdict::error)});
      }
    });
  }
  return permits_ & ~denies_;
}

void ResourceSweep::apply(const CompiledPolicy& policy, const Outcomes& outcomes) noexcept {
  if (policy.force == Force::permit) {
    permits_ |= outcomes.satisfied;
  } else {
    denies_ |= outcomes.satisfied | (errors_deny_ ? outcomes.failed : 0);
  }
}

ResourceSweep::Outcomes ResourceSweep::outcomes(const CompiledPolicy& policy) {
  const Instruction& first = program_.code[policy.code];
  // A permit that errs does not hold, and that is all there is to know.
  const bool one_test = policy.force == Force::permit && first.then == Then::count_if_true &&
                        program_.code[policy.code + 1].opcode == Opcode::end;
  const EntityId principal = request_.principal;
  const SymbolId name{first.operand};
  if (one_test && first.opcode == Opcode::variable_in_attribute && first.variable == Variable::principal &&
      first.other == Variable::resource) {
    const EntityRecord* const found = entities_.find(principal);
    const EntityRecord& record = found != nullptr ? *found : kNoEntity;
    return {by_attribute(name,
                         [&](const Value& target) {
                           if (target.is(Value::Kind::entity)) [[likely]]
                             return is_in(principal, record, target.as_entity());
                           return target.is(Value::Kind::set) && target.as_set().entities_only &&
                                  is_in_any(principal, record, target.as_set());
                         }),
            0};
  }
  if (one_test && first.opcode == Opcode::attribute_equals_variable && first.variable == Variable::principal &&
      first.other == Variable::resource) {
    return {by_attribute(name, [&](const Value& value) { return value == Value::entity(principal); }), 0};
  }
  if (one_test && first.opcode == Opcode::attribute_is_true && first.other == Variable::resource) {
    return {by_attribute(name, [](const Value& value) { return value == Value::boolean(true); }), 0};
  }
  return one_by_one(policy);
}

ResourceSweep::Outcomes ResourceSweep::one_by_one(const CompiledPolicy& policy) {
  Outcomes outcomes;
  const Bits all = ~Bits{0} >> (kBlock - resources_.size());
  for_each_bit(policy.force == Force::permit ? all & ~permits_ : all, [&](std::size_t i) {
    run_.turn_to(resources_[i], records_[i]);
    const Verdict verdict = run_.verdict(policy);
    outcomes.satisfied |= Bits{verdict == Verdict::satisfied} << i;
    outcomes.failed |= Bits{verdict == Verdict::error} << i;
  });
  return outcomes;
}

/// The resources whose attribute `holds` is true of.
template <class Holds>
ResourceSweep::Bits ResourceSweep::by_attribute(SymbolId name, const Holds& holds) const {
  const SymbolId* keys = nullptr;
  std::ptrdiff_t place = -1;  // of the attribute in records with these keys
  Bits satisfied = 0;
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const RecordData& attributes = records_[i]->attributes;
    if (attributes.size == 0) continue;
    if (attributes.keys != keys) {
      const Value* const value = attributes.find(name);
      keys = attributes.keys;
      place = value != nullptr ? value - attributes.values : -1;
    }
    if (place >= 0) satisfied |= Bits{holds(attributes.values[place])} << i;
  }
  return satisfied;
}

}  // namespace quis
