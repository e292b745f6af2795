#include "engine/known_actions.hpp"

#include <unordered_set>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/expression_walk.hpp"

namespace quis {

void add_known_actions(const World& world, std::vector<EntityId>& actions) {
  world.entities().for_each([&](const EntityRecord& record) {
    if (is_action_type(type_of(record.uid))) actions.push_back(record.uid);
  });
  std::unordered_set<const PolicyBody*> seen;  // links share the body of their template
  for (const Policy& policy : world.policies().policies()) {
    if (!seen.insert(policy.body.get()).second) continue;
    const auto& named = policy.body->action.entities;
    actions.insert(actions.end(), named.begin(), named.end());
    for (const Condition& condition : policy.body->conditions) {
      for_each_node(*condition.body, [&](const Expr& node) {
        if (node.op != Op::literal || !node.value.is(Value::Kind::entity)) return;
        const EntityId entity = node.value.as_entity();
        if (!entity.local() && is_action_type(type_of(entity))) actions.push_back(entity);
      });
    }
  }
}

}  // namespace quis
