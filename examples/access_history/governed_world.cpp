#include "governed_world.hpp"

#include <utility>

#include <fmt/format.h>

#include <quis/policy/schema_parser.hpp>

namespace access_history {
namespace {

// Cedar numbers the policies of a text; here each goes by its @id, so that a decision names it as a person would.
quis::Result<quis::PolicySet> named_by_id(const quis::PolicySet& numbered) {
  quis::PolicySet named;
  for (quis::Policy policy : numbered.policies()) {
    policy.id = annotation(policy, "id");
    if (auto added = named.add(std::move(policy)); !added) return tl::unexpected(added.error());
  }
  return named;
}

quis::Context at(Instant now) {
  quis::ValueArena arena;
  const std::pair<quis::SymbolId, quis::Value> fields[] = {{quis::intern_symbol("now"), quis::Value::datetime(now)}};
  const quis::Value record = *arena.record(fields);  // one key cannot stand twice
  return {record, std::move(arena)};
}

}  // namespace

std::string_view annotation(const quis::Policy& policy, std::string_view key) {
  const std::string* value = policy.body->annotation(key);
  return value != nullptr ? std::string_view(*value) : std::string_view{};
}

GovernedWorld::GovernedWorld(Directory directory, quis::Schema schema, quis::Engine engine)
    : directory_(std::move(directory)),
      schema_(std::move(schema)),
      engine_(std::move(engine)),
      context_(at(directory_.moment)),
      use_(engine_.action("use")) {}

quis::Result<GovernedWorld> GovernedWorld::as_of(const History& history, Instant midnight) {
  const Instant moment = end_of_day(midnight);
  if (moment < history.first()) {
    return quis::failure(quis::ErrorCode::invalid_argument,
                         fmt::format("nothing is known about `{}`", day_text(midnight)),
                         fmt::format("the history begins on {}", day_text(history.first())));
  }
  Directory directory = rebuild(history, moment);
  const std::set<std::string> privileges = all_privileges(history);
  std::string policy_text = policies_text(directory, history);
  std::string entity_text = entities_json(directory, privileges);

  auto schema = quis::parse_schema(schema_text(), "access_history.cedarschema");
  if (!schema) return tl::unexpected(schema.error());
  auto policies = quis::PolicySet::from_text(policy_text, "access_history.cedar").and_then(named_by_id);
  if (!policies) return tl::unexpected(policies.error());
  auto entities = quis::Entities::from_json(entity_text, &*schema);
  if (!entities) return tl::unexpected(entities.error());

  GovernedWorld world(std::move(directory), std::move(*schema),
                      quis::Engine(quis::World::build(std::move(*policies), *entities)));
  const quis::TypeId user = quis::intern_type("User");
  entities->for_each([&](const quis::EntityRecord& record) {
    if (quis::type_of(record.uid) == user) world.users_.emplace(quis::id_text_of(record.uid), record.uid);
  });
  for (const std::string& name : privileges) world.privileges_.emplace(name, world.engine_.entity("Privilege", name));
  world.policies_ = std::move(policy_text);
  world.entities_ = std::move(entity_text);
  return world;
}

}  // namespace access_history
