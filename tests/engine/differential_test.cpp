// The compiled evaluator against the reference interpreter, over generated worlds.
//
// One seed is one world: policies, links, entities, requests. It is decided by both evaluators, and again after a round
// trip of the policies through JSON and through text and of the entities through JSON; every answer must be the same.
// When one is not, the world is cut down while it still differs and printed, ready to be pasted into a test.
//
//     QUIS_DIFFERENTIAL_SEEDS=100000   how many seeds (a few hundred when it is not set)
//     QUIS_DIFFERENTIAL_SEED=4711      only this one

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <sstream>

#include "engine/decide.hpp"
#include "engine/generator.hpp"

namespace quis::test {
namespace {

std::uint64_t environment_number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

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
std::vector<Variant> variants_of(const GeneratedWorld& generated) {
  const PolicySet policies = require(generated.policy_set(generated.policies_text()));
  const Entities entities = require(Entities::from_json(generated.entities_json()));
  const World world = World::build(policies, entities);
  std::vector<Variant> variants;
  variants.push_back({"reference", Engine(world, Evaluator::reference)});
  variants.push_back({"compiled", Engine(world)});
  variants.push_back(
      {"reference, denying by errors", Engine(world, Evaluator::reference, ForbidErrors::deny), true, 2});
  variants.push_back({"compiled, denying by errors", Engine(world, Evaluator::compiled, ForbidErrors::deny), true, 2});
  const PolicySet from_text = require(generated.policy_set(policies.to_text()));
  const Entities reread = require(Entities::from_json(entities.to_json()));
  variants.push_back({"compiled, printed and read again", Engine(World::build(from_text, reread)), false});
  if (const auto from_json = through_json(policies)) {
    variants.push_back({kThroughJson, Engine(World::build(*from_json, entities)), false});
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

struct Tally {
  std::size_t permits = 0;
  std::size_t denials = 0;
  std::size_t by_forbid = 0;
  std::size_t step_ups = 0;
  std::size_t errors = 0;
  std::size_t json_round_trips = 0;

  void add(const Response& response) {
    ++(response.permitted ? permits : denials);
    by_forbid += !response.permitted && !response.determining.empty() ? 1U : 0U;
    step_ups += response.outcome() == Outcome::step_up ? 1U : 0U;
    errors += response.errors.size();
  }
};

/// What differs, in words; nothing when all agree.
std::optional<std::string> difference(const GeneratedWorld& generated, Tally* tally = nullptr) {
  const std::vector<Variant> variants = variants_of(generated);
  std::vector<OwnedRequest> owned;  // after the worlds: a request with names of its own may not be older than they are
  for (const GeneratedRequest& request : generated.requests) {
    owned.push_back(
        require(OwnedRequest::from_text(request.principal, request.action, request.resource, request.context)));
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
      if (tally != nullptr && &variant == &variants.front()) tally->add(response);
    }
  }
  if (tally != nullptr) tally->json_round_trips += variants.back().name == kThroughJson ? 1U : 0U;
  return std::nullopt;
}

/// Takes away one thing at a time, for as long as what is left still differs.
GeneratedWorld shrink(GeneratedWorld world) {
  bool smaller = true;
  const auto try_each = [&](const auto& count, const auto& without) {
    for (std::size_t i = count(); i > 0; --i) {
      GeneratedWorld less = without(i - 1);
      if (!difference(less)) continue;
      world = std::move(less);
      smaller = true;
    }
  };
  const auto erased = [](auto& list, std::size_t i) { list.erase(list.begin() + static_cast<std::ptrdiff_t>(i)); };
  const auto try_each_of = [&](auto member) {
    try_each([&] { return (world.*member).size(); },
             [&](std::size_t i) {
               GeneratedWorld less = world;
               erased(less.*member, i);
               return less;
             });
  };
  while (smaller) {
    smaller = false;
    try_each_of(&GeneratedWorld::requests);
    try_each([&] { return world.policies.size(); }, [&](std::size_t i) { return world.without_policy(i); });
    try_each_of(&GeneratedWorld::links);
    for (std::size_t policy = 0; policy < world.policies.size(); ++policy) {
      try_each([&] { return world.policies[policy].conditions.size(); },
               [&](std::size_t i) {
                 GeneratedWorld less = world;
                 erased(less.policies[policy].conditions, i);
                 return less;
               });
    }
    try_each_of(&GeneratedWorld::entities);
  }
  return world;
}

std::string print(const GeneratedWorld& world) {
  std::ostringstream out;
  out << "policies:\n" << world.policies_text();
  for (const GeneratedLink& link : world.links) {
    out << "link " << link.id << " of policy" << link.policy << ": ?principal " << link.principal << ", ?resource "
        << link.resource << '\n';
  }
  out << "entities:\n" << world.entities_json() << '\n';
  for (const GeneratedRequest& request : world.requests) {
    out << "request: " << request.principal << ' ' << request.action << ' ' << request.resource << ' '
        << request.context << '\n';
  }
  return out.str();
}

void visit(const Expr& expression, const std::function<void(const Expr&)>& see) {
  see(expression);
  for (const Expr* operand : expression.operands) visit(*operand, see);
}

constexpr std::uint64_t kSeeds = 800;

}  // namespace

TEST_CASE("compiled and reference evaluator give the same answer in every generated world, also after round trips") {
  const std::uint64_t only = environment_number("QUIS_DIFFERENTIAL_SEED", 0);
  const std::uint64_t last = only != 0 ? only : environment_number("QUIS_DIFFERENTIAL_SEEDS", kSeeds);
  Tally tally;
  for (std::uint64_t seed = only != 0 ? only : 1; seed <= last; ++seed) {
    CAPTURE(seed);
    const GeneratedWorld world = generate_world(seed);
    if (!difference(world, &tally)) continue;
    const GeneratedWorld small = shrink(world);
    FAIL(difference(small).value_or("it does not differ a second time"), "\nseed ", seed, "\n", print(small));
  }
  MESSAGE(tally.permits, " permits, ", tally.denials, " denials (", tally.by_forbid, " by a forbid, ", tally.step_ups,
          " liftable), ", tally.errors, " errors, ", tally.json_round_trips, " round trips through JSON");
  if (only != 0) return;
  // A generator whose worlds all end alike tests nothing.
  CHECK(tally.permits * 10 > tally.denials);
  CHECK(tally.by_forbid * 10 > tally.permits);
  CHECK(tally.step_ups * 10 > tally.by_forbid);
  CHECK(tally.errors > tally.permits);
  CHECK(tally.json_round_trips * 2 > last);
}

TEST_CASE("generated policies use every operator, every extension function and every form of scope") {
  std::vector<bool> ops(static_cast<std::size_t>(Op::call) + 1);
  std::vector<bool> functions(extension_signatures().size());
  std::vector<bool> scopes(static_cast<std::size_t>(ScopeConstraint::Kind::is_in) + 1);
  std::size_t links = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const GeneratedWorld world = generate_world(seed);
    const PolicySet policies = require(world.policy_set(world.policies_text()));
    for (const Policy& policy : policies.policies()) {
      links += policy.template_id ? 1U : 0U;
      scopes[static_cast<std::size_t>(policy.body->principal.kind)] = true;
      for (const Condition& condition : policy.body->conditions) {
        visit(*condition.body, [&](const Expr& e) {
          ops[static_cast<std::size_t>(e.op)] = true;
          if (e.op == Op::call) functions[static_cast<std::size_t>(e.function)] = true;
        });
      }
    }
  }
  CHECK(links > 20);
  CHECK(std::ranges::count(scopes, false) == 0);
  for (std::size_t i = 0; i < ops.size(); ++i) CHECK_MESSAGE(ops[i], "operator ", i);
  for (std::size_t i = 0; i < functions.size(); ++i) CHECK_MESSAGE(functions[i], extension_signatures()[i].name);
}

}  // namespace quis::test
