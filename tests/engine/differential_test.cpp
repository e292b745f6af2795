// The compiled evaluator against the reference interpreter, over generated worlds.
//
// One seed is one world: schema, policies, links, entities, requests (tests/generator). It is decided by both
// evaluators, and again after a round trip of the policies through JSON and through text and of the entities through
// JSON; every answer must be the same. When one is not, the world is cut down while it still differs and printed, ready
// to be pasted into a test. `make differential` compares the same worlds with Cedar itself.
//
//     QUIS_DIFFERENTIAL_SEEDS=100000   how many seeds (a few hundred when it is not set)
//     QUIS_DIFFERENTIAL_SEED=4711      only this one

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <sstream>

#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "generator/coverage.hpp"
#include "generator/shrink.hpp"
#include "generator/world.hpp"

namespace quis::test {
namespace {

std::uint64_t environment_number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

constexpr GenerationOptions kOptions = {.requests = 10, .policies = 40, .faults = false};

struct Loaded {
  explicit Loaded(const GeneratedWorld& world)
      : generated(world),
        schema(require(parse_schema(world.schema))),
        entities(require(Entities::from_json(world.entities_json(), &schema))) {}

  const GeneratedWorld& generated;
  Schema schema;
  Entities entities;
};

/// A policy set after a round trip, or nothing when its JSON is nested deeper than JSON may be.
std::optional<PolicySet> through_json(const PolicySet& policies) {
  auto read = PolicySet::from_json(policies.to_json());
  if (read) return std::move(*read);
  const bool too_deep = std::all_of(read.error().begin(), read.error().end(),
                                    [](const Diagnostic& d) { return d.code == ErrorCode::limit_exceeded; });
  if (!too_deep) FAIL(render(read.error()));
  return std::nullopt;
}

constexpr const char* kThroughJson = "compiled, through JSON and back";

struct Variant {
  std::string name;
  Engine engine;
  bool same_policies = true;  ///< as the reference has, so that positions and errors can be compared, not only ids
  std::size_t reference = 0;  ///< the variant that it must agree with
};

/// All engines that must agree with the reference interpreter.
std::vector<Variant> variants_of(const Loaded& loaded) {
  const PolicySet policies = require(loaded.generated.policy_set(loaded.generated.policies_text()));
  const World world = World::build(policies, loaded.entities);
  std::vector<Variant> variants;
  variants.push_back({"reference", Engine(world, Evaluator::reference)});
  variants.push_back({"compiled", Engine(world)});
  variants.push_back(
      {"reference, denying by errors", Engine(world, Evaluator::reference, ForbidErrors::deny), true, 2});
  variants.push_back({"compiled, denying by errors", Engine(world, Evaluator::compiled, ForbidErrors::deny), true, 2});
  const PolicySet from_text = require(loaded.generated.policy_set(policies.to_text()));
  const Entities reread = require(Entities::from_json(loaded.entities.to_json()));
  variants.push_back({"compiled, printed and read again", Engine(World::build(from_text, reread)), false});
  if (const auto from_json = through_json(policies)) {
    variants.push_back({kThroughJson, Engine(World::build(*from_json, loaded.entities)), false});
  }
  return variants;
}

std::string print(const Engine& engine, const Response& response) {
  std::ostringstream out;
  out << (response.permitted ? "allow" : "deny");
  for (const std::string_view requirement : response.step_up) out << " [" << requirement << ']';
  out << "; determining:";
  for (const PolicyIndex policy : response.determining) out << ' ' << engine.policy_id(policy);
  out << "; errors:";
  for (const PolicyError& failed : response.errors)
    out << ' ' << engine.policy_id(failed.policy) << " (" << to_text(failed.error) << ')';
  return out.str();
}

bool same(const Response& a, const Response& b) {
  return a.outcome() == b.outcome() && a.step_up == b.step_up && a.determining == b.determining &&
         std::equal(
             a.errors.begin(), a.errors.end(), b.errors.begin(), b.errors.end(),
             [](const PolicyError& x, const PolicyError& y) { return x.policy == y.policy && x.error == y.error; });
}

bool same(const Decision& a, const Decision& b) {
  return a.outcome() == b.outcome() && a.determining_count() == b.determining_count() &&
         a.error_count() == b.error_count() &&
         (!a.complete() ||
          (std::ranges::equal(a.determining(), b.determining()) && std::ranges::equal(a.errors(), b.errors())));
}

/// Each request once more, for the resources of all that have no names of their own, many times over: the places of a
/// resource in its block, the block's size, and how many resources there are, must not matter.
std::optional<std::string> difference_among(const std::string& name, const Engine& engine,
                                            const std::vector<Request>& requests) {
  constexpr std::size_t kMany = 150;
  constexpr std::size_t kFew = 70;
  std::vector<EntityId> known;
  for (const Request& request : requests) {
    if (!request.resource.local()) known.push_back(request.resource);
    if (!request.principal.local()) known.push_back(request.principal);
  }
  if (known.empty()) return std::nullopt;
  std::vector<EntityId> resources;
  while (resources.size() < kMany) resources.insert(resources.end(), known.begin(), known.end());
  resources.push_back(EntityId{});
  const auto answers = std::make_unique<bool[]>(resources.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    for (const std::size_t count : {resources.size(), kFew}) {
      engine.permitted_among(requests[i], std::span(resources).first(count), {answers.get(), count});
      for (std::size_t at = 0; at < count; ++at) {
        Request one = requests[i];
        one.resource = resources[at];
        if (engine.authorize(one).permitted() == answers[at]) continue;
        return "request " + std::to_string(i) + " among " + std::to_string(count) + "\n  " + name +
               ": `permitted_among` says " + (answers[at] ? "allow" : "deny") + " for resource " + std::to_string(at) +
               ", `authorize` does not";
      }
    }
  }
  return std::nullopt;
}

/// What differs, in words; nothing when all agree.
std::optional<std::string> difference(const GeneratedWorld& generated, Coverage* coverage = nullptr) {
  const Loaded loaded(generated);
  const std::vector<Variant> variants = variants_of(loaded);
  if (coverage != nullptr) {
    coverage->add(variants.front().engine.world().policies());
    coverage->count("round trip", variants.back().name == kThroughJson ? "through JSON" : "too deep for JSON");
  }
  std::vector<OwnedRequest> owned;  // after the worlds: a request with names of its own may not be older than they are
  for (const GeneratedRequest& request : generated.requests) {
    owned.push_back(require(OwnedRequest::from_json(request.json(), &loaded.schema)));
  }
  std::vector<Request> requests;
  for (const OwnedRequest& request : owned) requests.push_back(request.view());
  for (const Variant& variant : variants) {
    const Engine& reference = variants[variant.reference].engine;
    std::vector<Decision> decisions(requests.size());
    variant.engine.authorize_many(requests, decisions);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Response response;
      Response expected;
      variant.engine.authorize(requests[i], response);
      reference.authorize(requests[i], expected);
      const bool agrees = variant.same_policies ? same(response, expected)
                                                : ask(variant.engine, requests[i]) == ask(reference, requests[i]);
      if (!agrees) {
        return "request " + std::to_string(i) + "\n  " + variant.name + ": " + print(variant.engine, response) +
               "\n  reference: " + print(reference, expected);
      }
      if (!same(decisions[i], summarise(response)) || !same(variant.engine.authorize(requests[i]), decisions[i])) {
        return "request " + std::to_string(i) + "\n  " + variant.name + ": the decision is not that of the response " +
               print(variant.engine, response);
      }
      if (coverage != nullptr && &variant == &variants.front()) coverage->add(response);
    }
    if (const auto among = difference_among(variant.name, variant.engine, requests)) return among;
  }
  return std::nullopt;
}

std::string print(const GeneratedWorld& world) {
  std::ostringstream out;
  out << "schema:\n" << world.schema << "policies:\n";
  for (const std::string& policy : world.policies) out << policy << '\n';
  for (const GeneratedLink& link : world.links) {
    out << "link " << link.id << " of policy" << link.policy << ": ?principal " << link.principal << ", ?resource "
        << link.resource << '\n';
  }
  out << "entities:\n" << world.entities_json() << '\n';
  for (const GeneratedRequest& request : world.requests) out << "request: " << request.json() << '\n';
  return out.str();
}

constexpr std::uint64_t kSeeds = 800;

}  // namespace

TEST_CASE("compiled and reference evaluator give the same answer in every generated world, also after round trips") {
  const std::uint64_t only = environment_number("QUIS_DIFFERENTIAL_SEED", 0);
  const std::uint64_t last = only != 0 ? only : environment_number("QUIS_DIFFERENTIAL_SEEDS", kSeeds);
  Coverage coverage;
  for (std::uint64_t seed = only != 0 ? only : 1; seed <= last; ++seed) {
    CAPTURE(seed);
    Choices choices(seed);
    if (!difference(generate_world(choices, kOptions), &coverage)) continue;
    const Choices smallest =
        shrink(choices, [](Choices& attempt) { return difference(generate_world(attempt, kOptions)).has_value(); });
    Choices again = Choices::replay(smallest.drawn());
    const GeneratedWorld small = generate_world(again, kOptions);
    FAIL(difference(small).value_or("it does not differ a second time"), "\nseed ", seed, "\n", print(small));
  }
  MESSAGE(coverage.report());
  if (only != 0) return;
  CHECK(coverage.share("round trip", "through JSON") > 50);
  CHECK(coverage.of("policy", "linked") > last / 4);
  CHECK(coverage.of("decision", "liftable") * 10 > coverage.of("decision", "deny by forbid"));
}

}  // namespace quis::test
