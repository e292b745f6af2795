#include "generator/world.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>

#include <quis/base/vocabulary.hpp>

#include "generator/corruption.hpp"
#include "generator/entities_generator.hpp"
#include "generator/literals.hpp"
#include "generator/policy_generator.hpp"
#include "generator/schema_generator.hpp"
#include "generator/value_generator.hpp"

namespace quis::test {
namespace {

class WorldGenerator {
 public:
  WorldGenerator(Choices& choices, const GenerationOptions& options)
      : choices_(choices), options_(options), schema_(generate_schema(choices, options.faults)) {}

  GeneratedWorld generate() {
    const bool without_schema = !options_.schema || (options_.faults && choices_.chance(8));
    if (!without_schema) {
      world_.schema = schema_text(choices_, schema_);
      if (options_.faults && choices_.chance(4)) world_.schema = corrupted(choices_, std::move(world_.schema));
    }
    entities_ = generate_entities(choices_, schema_, without_schema || (options_.faults && choices_.chance(8)),
                                  options_.faults);
    world_.entities = entities_.json;
    world_.level = static_cast<std::uint32_t>(choices_.below(4));
    constexpr std::array<std::size_t, 6> kErrors = {0, 0, 0, 1, 4, 12};
    const std::size_t errors = choices_.pick(kErrors);
    const std::size_t most = choices_.chance(50) ? options_.policies : 4;
    while (world_.policies.size() < most && choices_.below(25) != 0) add_policy(errors);
    while (world_.requests.size() < options_.requests && choices_.below(500) != 0) add_request();
    return std::move(world_);
  }

 private:
  bool fault() { return options_.faults && choices_.chance(3); }

  void add_policy(std::size_t errors) {
    const Choices::Part part(choices_);
    const GeneratedPolicy policy = generate_policy(choices_, schema_, errors, options_.faults);
    for (std::size_t links = policy.principal_slot || policy.resource_slot ? choices_.below(4) : 0; links > 0;
         --links) {
      const Choices::Part link_part(choices_);
      GeneratedLink link;
      link.policy = world_.policies.size();
      link.id = fault() ? "policy0" : "link" + std::to_string(world_.links.size());
      if (policy.principal_slot != fault()) link.principal = entity(policy.environment.principal);
      if (policy.resource_slot != fault()) link.resource = entity(policy.environment.resource);
      world_.links.push_back(std::move(link));
    }
    world_.policies.push_back(policy.text);
  }

  /// Mostly one that is in the store: itself, or something that it may be in.
  std::string entity(std::size_t type) {
    const auto& parents = schema_.entity_types[type].parents;
    if (!parents.empty() && choices_.chance(40)) type = choices_.pick(parents);
    if (fault()) type = choices_.below(schema_.entity_types.size());
    return uid(type);
  }

  std::string uid(std::size_t type) {
    const auto& ids = entities_.ids_of_type[type];
    const std::string name = schema_.entity_types[type].name.full();
    if (!ids.empty() && !choices_.chance(15)) return ValueGenerator::uid(name, choices_.pick(ids));
    ValueGenerator values(choices_, schema_, fault() ? 50 : 0);
    return ValueGenerator::uid(fault() ? name + "X" : name, values.id_of(type));
  }

  void add_request() {
    const Choices::Part part(choices_);
    const Environment environment = any_environment(choices_, schema_, options_.faults ? 3 : 0);
    const ActionModel& action = schema_.actions[environment.action];
    ValueGenerator values(choices_, schema_, fault() ? 10 : 0);
    GeneratedRequest request;
    request.principal = uid(environment.principal);
    request.action = ValueGenerator::uid(action.type(), fault() ? "nothing" : action.id);
    request.resource = uid(environment.resource);
    request.context = values.record(action.context);
    world_.requests.push_back(std::move(request));
  }

  Choices& choices_;
  const GenerationOptions& options_;
  SchemaModel schema_;
  GeneratedEntities entities_;
  GeneratedWorld world_;
};

}  // namespace

std::string GeneratedWorld::entities_json() const {
  std::string text = "[";
  for (std::size_t i = 0; i < entities.size(); ++i) text += (i == 0 ? "\n" : ",\n") + entities[i];
  return text + "]";
}

std::string GeneratedRequest::json() const {
  return "{\"principal\":" + principal + ",\"action\":" + action + ",\"resource\":" + resource +
         ",\"context\":" + context + '}';
}

std::string GeneratedWorld::policies_text() const {
  std::string text;
  for (const std::string& policy : policies) {
    if (PolicySet::from_text(policy)) text.append(policy).append("\n");
  }
  return text;
}

std::vector<std::string> GeneratedWorld::policy_ids() const {
  std::vector<std::string> ids;
  ids.reserve(policies.size());
  std::size_t count = 0;
  for (const std::string& policy : policies) {
    ids.push_back("policy" + std::to_string(count));
    // A text with a mistake may read as none, or as two.
    if (const auto read = PolicySet::from_text(policy)) count += read->policies().size() + read->templates().size();
  }
  return ids;
}

Result<PolicySet> GeneratedWorld::policy_set(const std::string& text) const {
  auto set = PolicySet::from_text(text);
  if (!set) return set;
  const auto entity = [](const std::string& uid) {
    if (uid.empty()) return EntityId{};
    const boost::json::value value = boost::json::parse(uid);
    return intern_entity(std::string_view(value.at("type").as_string()), std::string_view(value.at("id").as_string()));
  };
  const std::vector<std::string> ids = policy_ids();
  for (const GeneratedLink& link : links) {
    // Some are made to be refused.
    (void)set->link(ids[link.policy], link.id, entity(link.principal), entity(link.resource));
  }
  return set;
}

GeneratedWorld generate_world(Choices& choices, const GenerationOptions& options) {
  return WorldGenerator(choices, options).generate();
}

}  // namespace quis::test
