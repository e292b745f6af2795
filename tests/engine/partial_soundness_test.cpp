#include <quis/engine/partial.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include <quis/engine/reference.hpp>

#include "engine/decide.hpp"
#include "engine/operations.hpp"
#include "generator/world.hpp"

// Soundness by trial: take a whole request, hide parts of it and of the store, evaluate partially, and decide the whole
// request (and others that fit what was left visible) by the residual policies. The answers must be those of the
// original policies: decision, determining policies and errors.

namespace quis::test {
namespace {

/// What the partial evaluation gets to see of the store, and what it is told about the rest.
struct Visible {
  Entities entities;
  std::vector<OpenEntity> open;
};

/// Takes members away from an object or elements from an array.
void thin_out(boost::json::value& value, Choices& dice) {
  if (auto* object = value.if_object()) {
    boost::json::object rest;
    for (const auto& [key, member] : *object) {
      if (dice.chance(50)) rest[key] = member;
    }
    *object = rest;
  } else if (auto* array = value.if_array()) {
    boost::json::array rest;
    for (const auto& element : *array) {
      if (dice.chance(50)) rest.push_back(element);
    }
    *array = rest;
  }
}

Visible hide(const GeneratedWorld& world, Choices& dice) {
  Visible visible;
  boost::json::array shown;
  for (const std::string& text : world.entities) {
    boost::json::object entity = boost::json::parse(text).as_object();
    if (!dice.chance(15)) {
      shown.push_back(entity);
      continue;
    }
    OpenEntity open;
    const auto& uid = entity.at("uid").as_object();
    open.entity =
        intern_entity(std::string_view(uid.at("type").as_string()), std::string_view(uid.at("id").as_string()));
    open.attributes = dice.chance(60);
    open.tags = dice.chance(60);
    open.ancestors = dice.chance(60);
    visible.open.push_back(open);
    if (open.attributes) thin_out(entity.at("attrs"), dice);
    if (open.tags && entity.contains("tags")) thin_out(entity.at("tags"), dice);
    if (open.ancestors) thin_out(entity.at("parents"), dice);
    const bool all = open.attributes && open.tags && open.ancestors;
    if (!all || dice.chance(70)) shown.push_back(entity);
  }
  visible.entities = require(Entities::from_json(boost::json::serialize(shown)));
  return visible;
}

/// A record with some of the fields of another.
Value some_of(const Value& record, ValueArena& arena, Choices& dice) {
  std::vector<std::pair<SymbolId, Value>> fields;
  const RecordData& data = record.as_record();
  for (std::uint32_t i = 0; i < data.size; ++i) {
    if (dice.chance(50)) fields.emplace_back(data.keys[i], data.values[i]);
  }
  return *arena.record(fields);
}

struct Tally {
  std::size_t satisfied = 0;
  std::size_t failed = 0;
  std::size_t left = 0;
  std::size_t gone = 0;
  std::size_t decided = 0;
  std::size_t undecided = 0;

  void add(const PartialResponse& response) {
    ++(response.decision ? decided : undecided);
    for (const PartialOutcome& outcome : response.outcomes) {
      switch (outcome.verdict) {
        case PartialVerdict::satisfied: ++satisfied; break;
        case PartialVerdict::error: ++failed; break;
        case PartialVerdict::residual: ++left; break;
        case PartialVerdict::not_satisfied: ++gone; break;
      }
    }
  }
};

Answer by_reference(const World& world, const Request& request) {
  return ask(Engine(world, Evaluator::reference), request);
}

/// The policies printed and read again, under their ids; nothing when one is nested deeper than text may be.
std::optional<PolicySet> reread(const PolicySet& policies) {
  PolicySet again;
  for (const Policy& policy : policies.policies()) {
    const auto read = PolicySet::from_text(to_text(*policy.body));
    if (!read) {
      REQUIRE_MESSAGE(read.error().front().code == ErrorCode::limit_exceeded, render(read.error()));
      return std::nullopt;
    }
    Policy same = read->policies().front();
    same.id = policy.id;
    require(again.add(same));
  }
  return again;
}

/// What the residual set says of a completion must be what the policies themselves say.
void compare(const World& whole, const World& residual, const PartialResponse& response, const Request& completion) {
  const Answer expected = by_reference(whole, completion);
  const Answer answer = by_reference(residual, completion);
  CHECK(answer == expected);
  if (response.decision) CHECK(*response.decision == expected.permitted);
  const auto policies = whole.policies().policies();
  ValueArena arena;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    EvaluationError error;
    arena.reset();
    const Verdict verdict = evaluate(policies[i], completion, whole.entities(), arena, error);
    switch (response.outcomes[i].verdict) {
      case PartialVerdict::satisfied: CHECK(verdict == Verdict::satisfied); break;
      case PartialVerdict::not_satisfied: CHECK(verdict == Verdict::not_satisfied); break;
      case PartialVerdict::error: CHECK(verdict == Verdict::error); break;
      case PartialVerdict::residual: break;
    }
  }
}

PartialEntity maybe_hidden(EntityId entity, const LocalNames* names, Choices& dice) {
  switch (dice.below(3)) {
    case 0: return PartialEntity::known(entity);
    case 1: return PartialEntity::any();
    default: return PartialEntity::of_type(type_of(entity, names));
  }
}

void check_world(const GeneratedWorld& generated, std::uint64_t seed, const Schema* schema, Tally& tally) {
  Choices dice(seed * 7919);
  const PolicySet policies = require(generated.policy_set(generated.policies_text()));
  const Entities store = require(Entities::from_json(generated.entities_json(), schema));
  const World whole = World::build(policies, store);
  const Visible visible = schema == nullptr && dice.chance(50) ? hide(generated, dice) : Visible{store, {}};
  const World seen = World::build(policies, visible.entities);
  for (const GeneratedRequest& chosen : generated.requests) {
    CAPTURE(chosen.json());
    const auto read = [&](const GeneratedRequest& r) { return require(OwnedRequest::from_json(r.json(), schema)); };
    const OwnedRequest owned = read(chosen);
    const Request request = owned.view();
    ValueArena arena;
    PartialRequest partial;
    partial.principal = maybe_hidden(request.principal, request.names, dice);
    partial.action = request.action;
    partial.resource = maybe_hidden(request.resource, request.names, dice);
    partial.names = request.names;
    partial.context = request.context;
    partial.context_open = dice.chance(50);
    if (partial.context_open) partial.context = some_of(request.context, arena, dice);
    partial.open_entities = visible.open;
    const auto exists = [&](PartialEntity& entity, EntityId whole_entity) {
      if (!entity.entity.valid()) entity.exists = store.find(whole_entity) != nullptr && dice.chance(50);
    };
    exists(partial.principal, request.principal);
    exists(partial.resource, request.resource);
    const PartialResponse response = require(partially_authorize(seen, partial, schema));
    tally.add(response);
    const World residual = World::build(response.residuals, store);
    compare(whole, residual, response, read(chosen).view());
    if (const auto printed = reread(response.residuals)) {
      compare(whole, World::build(*printed, store), response, read(chosen).view());
    }
    // Other completions: what was hidden comes from another request.
    for (const GeneratedRequest& other : generated.requests) {
      GeneratedRequest mixed = chosen;
      const OwnedRequest donor = read(other);
      const auto fits = [&](const PartialEntity& entity, EntityId candidate) {
        return !entity.entity.valid() &&
               (!entity.type.valid() || type_of(candidate, donor.view().names) == entity.type) &&
               (!entity.exists || store.find(candidate) != nullptr);
      };
      if (schema != nullptr && other.action != chosen.action) continue;
      if (fits(partial.principal, donor.view().principal)) mixed.principal = other.principal;
      if (fits(partial.resource, donor.view().resource)) mixed.resource = other.resource;
      if (partial.context_open) {
        boost::json::object context = boost::json::parse(other.context).as_object();
        const boost::json::object known = boost::json::parse(chosen.context).as_object();
        for (const auto& [key, value] : known) {
          const RecordData& shown = partial.context.as_record();
          for (std::uint32_t i = 0; i < shown.size; ++i) {
            const SymbolId shown_key = shown.keys[i];
            const std::string_view text = shown_key.local() ? request.names->text(shown_key) : text_of(shown_key);
            if (text == std::string_view(key)) context[key] = value;
          }
        }
        mixed.context = boost::json::serialize(context);
      }
      CAPTURE(mixed.json());
      compare(whole, residual, response, read(mixed).view());
    }
  }
}

}  // namespace

TEST_CASE("residual policies decide every completion of a generated request as the policies themselves do") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld world = generate_world(choices, {.requests = 10, .faults = false, .schema = false});
    check_world(world, seed, nullptr, tally);
  }
  // A generator whose policies are all left over, or none, tests nothing.
  MESSAGE(tally.satisfied, " satisfied, ", tally.gone, " not satisfied, ", tally.failed, " errors, ", tally.left,
          " residual; ", tally.decided, " requests decided, ", tally.undecided, " not");
  CHECK(tally.satisfied > 100);
  CHECK(tally.gone > 100);
  CHECK(tally.failed > 60);
  CHECK(tally.left > 1000);
  CHECK(tally.decided > 50);
  CHECK(tally.undecided > 50);
}

TEST_CASE("residual policies that were reduced by the types of a schema decide every completion that conforms to it") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld world = generate_world(choices, {.requests = 8, .faults = false});
    const Schema schema = require(parse_schema(world.schema));
    check_world(world, seed, &schema, tally);
  }
  MESSAGE(tally.satisfied, " satisfied, ", tally.gone, " not satisfied, ", tally.failed, " errors, ", tally.left,
          " residual; ", tally.decided, " requests decided, ", tally.undecided, " not");
  CHECK(tally.satisfied > 100);
  CHECK(tally.gone > 100);
  CHECK(tally.failed > 20);
  CHECK(tally.left > 300);
}

}  // namespace quis::test
