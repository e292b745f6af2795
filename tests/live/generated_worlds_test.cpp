// The live engine on policies that nobody wrote by hand: whatever was cached, and whatever changed since, it says what
// an engine without a cache says of the same world.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <quis/engine/live_engine.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "generator/world.hpp"

namespace quis::test {
namespace {

Time moment;
Time clock_of_moment() noexcept { return moment; }

bool same(const Decision& a, const Decision& b) {
  return a.outcome() == b.outcome() && a.determining_count() == b.determining_count() &&
         a.error_count() == b.error_count() && std::ranges::equal(a.determining(), b.determining()) &&
         std::ranges::equal(a.errors(), b.errors());
}

/// Those of the generator, and each principal, resource and context with others of its kind.
std::vector<Request> mixed(Choices& choices, const std::vector<OwnedRequest>& owned) {
  std::vector<Request> requests;
  requests.reserve(5 * owned.size());
  for (const OwnedRequest& request : owned) requests.push_back(request.view());
  for (std::size_t i = 0; i < 4 * owned.size(); ++i) {
    Request request = choices.pick(owned).view();
    const Request other = choices.pick(owned).view();
    if (request.names != nullptr || other.names != nullptr) continue;
    if (choices.chance(50)) request.principal = other.principal;
    if (choices.chance(50)) request.resource = other.resource;
    if (choices.chance(30)) request.context = other.context;
    requests.push_back(request);
  }
  return requests;
}

WorldChange random_change(Choices& choices, const Entities& entities, const std::vector<EntityId>& known) {
  WorldChange change;
  const auto any = [&] { return choices.pick(known); };
  const EntityRecord* const like = entities.find(any());
  switch (choices.below(6)) {
    case 0: require(change.entities.remove(any())); break;
    case 1: require(change.entities.add_parent(any(), any())); break;
    case 2:
      change.memberships.push_back({any(), any(), moment + std::chrono::milliseconds(choices.between(1, 20))});
      break;
    case 3: moment += std::chrono::milliseconds(choices.between(1, 20)); break;
    default:
      if (like == nullptr) break;
      std::vector<EntityChanges::Field> fields;
      for (std::uint32_t i = 0; i < like->attributes.size; ++i) {
        if (choices.chance(80)) fields.emplace_back(like->attributes.keys[i], like->attributes.values[i]);
      }
      require(change.entities.put(any(), fields, like->direct_parents()));
  }
  return change;
}

}  // namespace

TEST_CASE("a live engine decides generated worlds as they change as an engine without a cache does") {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    const GeneratedWorld generated = generate_world(choices, {.requests = 15, .policies = 40, .faults = false});
    const Schema schema = require(parse_schema(generated.schema));
    const Entities entities = require(Entities::from_json(generated.entities_json(), &schema));
    moment = Time(std::chrono::milliseconds{1000});
    LiveOptions options;
    options.clock = clock_of_moment;
    options.cache_bytes = choices.chance(50) ? 1 : 1U << 16U;
    if (choices.chance(50)) options.versions_per_cache = choices.between(1, 4);
    const PolicySet policies = require(generated.policy_set(generated.policies_text()));
    LiveEngine live(World::build(policies, entities), options);

    std::vector<OwnedRequest> owned;
    owned.reserve(generated.requests.size());
    for (const GeneratedRequest& request : generated.requests) {
      owned.push_back(require(OwnedRequest::from_json(request.json(), &schema)));
    }
    const std::vector<Request> requests = mixed(choices, owned);
    std::vector<EntityId> known;
    for (const Request& request : requests) {
      for (const EntityId id : {request.principal, request.action, request.resource}) {
        if (!id.local()) known.push_back(id);
      }
    }
    for (int round = 0; round < 8; ++round) {
      CAPTURE(round);
      const Engine fresh(live.world());
      for (std::size_t i = 0; i < 2 * requests.size(); ++i) {
        CAPTURE(i);
        const Request& request = requests[i % requests.size()];
        CHECK(same(live.authorize(request), fresh.authorize(request)));
      }
      (void)live.publish(
          random_change(choices, live.world().entities(), known));  // some close a cycle, and are refused
    }
    hits += live.statistics().hits;
    misses += live.statistics().misses;
  }
  CHECK(hits > 10'000);
  CHECK(misses > 1'000);
}

}  // namespace quis::test
