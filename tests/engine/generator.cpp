#include "engine/generator.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <quis/policy/expression.hpp>

#include "engine/expression_generator.hpp"

namespace quis::test {
namespace {

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

constexpr std::array<std::string_view, 4> kStepUps = {"@step_up(\"aal2\") ", "@step_up(\"approval\") ", "@step_up ",
                                                      "@step_up(\"\") "};

class WorldGenerator {
 public:
  explicit WorldGenerator(std::uint64_t seed)
      : seed_(std::to_string(seed)),
        dice_(seed),
        expressions_(dice_, dice_.pick(std::array<std::size_t, 4>{0, 1, 3, 8})) {}

  GeneratedWorld generate() {
    GeneratedWorld world;
    add_entities(world);
    for (std::size_t count = dice_.chance(30) ? dice_.between(1, 5) : dice_.between(6, 40); count > 0; --count)
      add_policy(world);
    for (int i = 0; i < 10; ++i) world.requests.push_back(request());
    return world;
  }

 private:
  // values in JSON

  std::string extension(std::string_view function, std::string_view text) {
    return R"({"__extn": {"fn": ")" + std::string(function) + R"(", "arg": )" + quoted(text) + "}}";
  }
  std::string entity(const Uid& uid) { return R"({"__entity": )" + uid.json() + '}'; }

  std::string array(Kind element) {
    std::string text = "[";
    for (std::size_t i = 0, size = dice_.below(5); i < size; ++i) text += (i == 0 ? "" : ", ") + value(element, 0);
    return text + ']';
  }

  std::string value(Kind kind, int depth) {
    if (dice_.chance(2)) kind = static_cast<Kind>(dice_.below(kKinds));
    // Extension values only of the well-formed texts that each pool starts with: a store cannot hold the others.
    switch (kind) {
      case Kind::boolean: return dice_.chance(50) ? "true" : "false";
      case Kind::integer: return std::string(dice_.pick(kLongs));
      case Kind::string: return quoted(dice_.pick(kStrings));
      case Kind::entity: return entity(any_uid(dice_));
      case Kind::long_set: return array(Kind::integer);
      case Kind::string_set: return array(Kind::string);
      case Kind::entity_set: return array(Kind::entity);
      case Kind::mixed_set: return "[1, \"a\", " + entity(any_uid(dice_)) + ", [2, [" + value(Kind::integer, 0) + "]]]";
      case Kind::record: return depth <= 0 ? std::string("{}") : record(depth - 1, 70);
      case Kind::decimal: return extension("decimal", kDecimals[dice_.below(7)]);
      case Kind::ip: return extension("ip", kIps[dice_.below(10)]);
      case Kind::datetime: return extension("datetime", kDatetimes[dice_.below(7)]);
      case Kind::duration: return extension("duration", kDurations[dice_.below(8)]);
    }
    return "true";
  }

  /// Each attribute with the probability `percent`, and what `extra` says.
  std::string record(int depth, std::size_t percent, const std::string& extra = {}) {
    std::string text = "{" + extra;
    for (const AttributeName& attribute : kAttributes) {
      if (!dice_.chance(percent)) continue;
      text += (text.size() == 1 ? "" : ", ") + quoted(attribute.name) + ": " + value(attribute.kind, depth);
    }
    return text + '}';
  }

  // the store

  void add_entity(GeneratedWorld& world, const Uid& uid, const std::vector<Uid>& parents) {
    std::string text = R"({"uid": )" + uid.json() + R"(, "attrs": )" + record(2, dice_.chance(20) ? 0 : 60);
    if (dice_.chance(50)) text += R"(, "tags": )" + record(1, 40);
    text += R"(, "parents": [)";
    for (std::size_t i = 0; i < parents.size(); ++i) text += (i == 0 ? "" : ", ") + parents[i].json();
    world.entities.push_back(text + "]}");
  }

  /// Parents come later in the list than their children, so there are no cycles; some of them are not in the store.
  void add_entities(GeneratedWorld& world) {
    std::vector<Uid> all;
    for (const std::string_view type : {"User", "Photo", "NS::Thing", "Album", "Team", "Org"}) {
      for (int i = 0; i < 5; ++i) all.push_back({std::string(type), "e" + std::to_string(i)});
    }
    const std::size_t wide = dice_.chance(40) ? dice_.between(14, 40) : 0;
    for (std::size_t i = 0; i < wide; ++i) all.push_back({"Team", "w" + std::to_string(i)});
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (dice_.chance(20)) continue;
      std::vector<Uid> parents;
      for (std::size_t j = i + 1; j < all.size(); ++j) {
        const bool in_wide = j + wide >= all.size();
        if (dice_.chance(in_wide ? (i % 5 == 0 ? 70 : 3) : 12)) parents.push_back(all[j]);
      }
      add_entity(world, all[i], parents);
    }
    add_actions(world);
  }

  void add_actions(GeneratedWorld& world) {
    std::vector<Uid> all;
    for (const std::string_view name : {"a", "g"}) {
      for (int i = 0; i < 4; ++i) all.push_back({"Action", std::string(name) + std::to_string(i)});
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (dice_.chance(20)) continue;
      std::vector<Uid> parents;
      for (std::size_t j = std::max<std::size_t>(i + 1, 4); j < all.size(); ++j) {
        if (dice_.chance(35)) parents.push_back(all[j]);
      }
      add_entity(world, all[i], parents);
    }
    if (dice_.chance(30)) add_entity(world, {"Job", "j"}, {any_uid(dice_), {"Action", "g1"}});
  }

  // policies

  /// `principal …` or `resource …`; with a slot when `slot` is set and it turns up.
  std::string scope(const std::string& variable, bool& slot) {
    const auto target = [&](const Uid& uid) {
      slot = slot && dice_.chance(80);
      return slot ? '?' + variable : uid.text();
    };
    const bool may_slot = slot;
    slot = false;
    const Uid group = dice_.chance(20) ? any_group(dice_) : any_uid(dice_);
    const std::string is = variable + " is " + std::string(dice_.pick(kEntityTypes));
    switch (dice_.below(may_slot ? 4 : 7)) {
      case 0: slot = may_slot; return variable + " == " + target(any_uid(dice_));
      case 1:
      case 2: slot = may_slot; return variable + " in " + target(group);
      case 3: slot = may_slot; return is + " in " + target(group);
      case 4: return is;
      default: return variable;
    }
  }

  std::string action_scope() {
    switch (dice_.below(5)) {
      case 0: return "action == " + any_action(dice_).text();
      case 1: return "action in " + any_action(dice_).text();
      case 2: {
        std::string text = "action in [";
        for (std::size_t i = 0, size = dice_.below(5); i < size; ++i)
          text += (i == 0 ? "" : ", ") + any_action(dice_).text();
        return text + ']';
      }
      default: return "action";
    }
  }

  void add_policy(GeneratedWorld& world) {
    GeneratedPolicy policy;
    if (dice_.chance(20)) policy.head += "@id(\"n" + std::to_string(dice_.below(9)) + "\") ";
    if (dice_.chance(10)) policy.head += "@reason ";
    const bool is_template = dice_.chance(15);
    bool principal_slot = is_template;
    bool resource_slot = is_template && dice_.chance(60);
    const bool permit = dice_.chance(70);
    if (dice_.chance(permit ? 5 : 50)) policy.head += dice_.pick(kStepUps);
    policy.head += permit ? "permit(" : "forbid(";
    policy.head += scope("principal", principal_slot) + ", " + action_scope() + ", ";
    policy.head += scope("resource", resource_slot) + ')';
    constexpr std::array<std::size_t, 6> kConditions = {0, 1, 1, 1, 2, 3};
    for (std::size_t count = dice_.pick(kConditions); count > 0; --count) {
      policy.conditions.push_back((dice_.chance(75) ? "when { " : "unless { ") + expressions_.condition() + " }");
    }
    if (principal_slot || resource_slot) {
      for (std::size_t count = dice_.below(4); count > 0; --count) {
        world.links.push_back({world.policies.size(), "link" + std::to_string(world.links.size()),
                               principal_slot ? any_uid(dice_).text() : "",
                               resource_slot ? any_uid(dice_).text() : ""});
      }
    }
    world.policies.push_back(std::move(policy));
  }

  // requests

  Uid known_or_strange(Uid known) {
    if (dice_.chance(88)) return known;
    if (dice_.chance(50)) return {known.type, "stranger" + seed_};
    return {"Ghost" + seed_, "g"};
  }

  GeneratedRequest request() {
    const Uid action = dice_.chance(4) ? Uid{"Job", "j"} : any_action(dice_);
    std::string extra;
    if (dice_.chance(40)) {
      extra = quoted("only request " + seed_ + " knows") + R"(: {"word": "this one too )" + seed_ + R"(", "who": )" +
              entity({"Ghost" + seed_, "g"}) + "}, " + quoted("owner of " + seed_) + ": 1";
      extra += ", \"strangers\": [" + entity({"User", "stranger" + seed_}) + ']';
    }
    return {known_or_strange(any_uid(dice_)).text(), known_or_strange(action).text(),
            known_or_strange(any_uid(dice_)).text(), record(2, dice_.chance(10) ? 20 : 92, extra)};
  }

  std::string seed_;
  Dice dice_;
  ExpressionGenerator expressions_;
};

}  // namespace

GeneratedWorld generate_world(std::uint64_t seed) { return WorldGenerator(seed).generate(); }

std::string GeneratedWorld::policies_text() const {
  std::string text;
  for (const GeneratedPolicy& policy : policies) {
    text += policy.head;
    for (const std::string& condition : policy.conditions) text += "\n  " + condition;
    text += ";\n";
  }
  return text;
}

std::string GeneratedWorld::entities_json() const {
  std::string text = "[";
  for (std::size_t i = 0; i < entities.size(); ++i) text += (i == 0 ? "\n" : ",\n") + entities[i];
  return text + "]";
}

Result<PolicySet> GeneratedWorld::policy_set(const std::string& text) const {
  auto set = PolicySet::from_text(text);
  if (!set) return set;
  const auto uid = [](const std::string& name) {
    return name.empty() ? EntityId{} : parse_entity_uid(name, Names()).value_or(EntityId{});
  };
  for (const GeneratedLink& link : links) {
    const auto linked =
        set->link("policy" + std::to_string(link.policy), link.id, uid(link.principal), uid(link.resource));
    if (!linked) return tl::make_unexpected(linked.error());
  }
  return set;
}

GeneratedWorld GeneratedWorld::without_policy(std::size_t index) const {
  GeneratedWorld rest = *this;
  rest.policies.erase(rest.policies.begin() + static_cast<std::ptrdiff_t>(index));
  std::erase_if(rest.links, [&](const GeneratedLink& link) { return link.policy == index; });
  for (GeneratedLink& link : rest.links) link.policy -= link.policy > index ? 1 : 0;
  return rest;
}

}  // namespace quis::test
