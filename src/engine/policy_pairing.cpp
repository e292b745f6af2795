#include "engine/policy_pairing.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <quis/policy/policy_set.hpp>

namespace quis {
namespace {

/// What a policy says: its text with its slots filled, and of its annotations the one that an outcome depends on.
std::string sense_of(const Policy& policy) {
  PolicyBody body = *policy.body;
  std::erase_if(body.annotations,
                [&](const Annotation& each) { return body.effect == Effect::permit || each.key != kStepUp; });
  body.principal = policy.principal();
  body.principal.slot = false;
  body.resource = policy.resource();
  body.resource.slot = false;
  return to_text(body);
}

}  // namespace

PolicyPairing::PolicyPairing(std::span<const Policy> before, std::span<const Policy> after)
    : before_(before.size()), after_(after.size()) {
  using Group = std::vector<PolicyIndex>;
  std::unordered_map<std::string, Group> by_sense;
  std::unordered_map<std::string_view, PolicyIndex> by_id;
  std::vector<const Group*> groups(before.size());
  for (PolicyIndex i = 0; i < before.size(); ++i) {
    Group& group = by_sense[sense_of(before[i])];
    group.push_back(i);
    groups[i] = &group;
    by_id.emplace(before[i].id, i);
  }
  std::vector<Group*> equals(after.size());  // null: none says the same
  const auto pair = [this](PolicyIndex old, PolicyIndex current) {
    before_[old] = current;
    after_[current] = old;
  };
  for (PolicyIndex i = 0; i < after.size(); ++i) {
    const auto found = by_sense.find(sense_of(after[i]));
    if (found == by_sense.end()) continue;
    equals[i] = &found->second;
    const auto old = by_id.find(after[i].id);
    if (old != by_id.end() && groups[old->second] == equals[i]) pair(old->second, i);
  }
  for (PolicyIndex i = 0; i < after.size(); ++i) {
    if (equals[i] == nullptr || after_[i]) continue;
    Group& free = *equals[i];
    while (!free.empty() && before_[free.back()]) free.pop_back();
    if (!free.empty()) pair(free.back(), i);
  }
  for (PolicyIndex i = 0; i < after.size(); ++i) {
    if (!after_[i]) changed_after_.push_back(i);
  }
  for (PolicyIndex i = 0; i < before.size(); ++i) {
    if (!before_[i]) changed_before_.push_back(i);
  }
  for (const PolicyIndex i : changed_after_) {
    const auto found = by_id.find(after[i].id);
    if (found == by_id.end() || before_[found->second]) continue;
    if (before[found->second].body->effect == after[i].body->effect) pair(found->second, i);
  }
}

}  // namespace quis
