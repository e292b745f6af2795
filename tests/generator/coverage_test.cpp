// Whether generated worlds are worth comparing anything over: a generator whose worlds all end alike tests nothing.

#include "generator/coverage.hpp"

#include <doctest/doctest.h>

#include <quis/engine/engine.hpp>
#include <quis/policy/schema_parser.hpp>

#include "generator/world.hpp"

namespace quis::test {
namespace {

/// What 250 worlds are about.
const Coverage& coverage() {
  static const Coverage counted = [] {
    Coverage coverage;
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
      Choices choices(seed);
      const GeneratedWorld generated = generate_world(choices, {.requests = 30});
      for (const std::string& policy : generated.policies) {
        coverage.count("policy text", PolicySet::from_text(policy) ? "reads" : "does not read");
      }
      const PolicySet policies = *generated.policy_set(generated.policies_text());
      coverage.add(policies);
      const auto schema = parse_schema(generated.schema);
      coverage.count("schema", generated.schema.empty() ? "none" : schema ? "well-formed" : "refused");
      if (!schema || generated.schema.empty()) continue;
      const auto entities = Entities::from_json(generated.entities_json(), &*schema);
      coverage.count("entities", entities ? "fit" : "do not fit");
      if (!entities) continue;
      const Engine engine(World::build(policies, *entities));
      for (const GeneratedRequest& each : generated.requests) {
        const auto request = OwnedRequest::from_json(each.json(), &*schema);
        coverage.count("request", request ? "fits" : "does not fit");
        if (!request) continue;
        Response response;
        engine.authorize(request->view(), response);
        coverage.add(response);
      }
    }
    return coverage;
  }();
  return counted;
}

}  // namespace

TEST_CASE("generated worlds use every operator, extension function, form of scope and kind of error") {
  CHECK(coverage().missing() == "");
}

TEST_CASE("generated requests are allowed, denied by a forbid, denied by default and in error, each often enough") {
  INFO(coverage().report());
  CHECK(coverage().share("decision", "allow") > 8);
  CHECK(coverage().share("decision", "deny by forbid") > 4);
  CHECK(coverage().share("decision", "deny by default") > 20);
  CHECK(coverage().share("decision", "with errors") > 4);
}

TEST_CASE("most generated texts are well-formed and fit, and some are not") {
  INFO(coverage().report());
  CHECK(coverage().share("schema", "well-formed") > 75);
  CHECK(coverage().of("schema", "refused") > 1);
  CHECK(coverage().of("schema", "none") > 1);
  CHECK(coverage().share("policy text", "reads") > 90);
  CHECK(coverage().of("policy text", "does not read") > 5);
  CHECK(coverage().share("entities", "fit") > 70);
  CHECK(coverage().of("entities", "do not fit") > 5);
  CHECK(coverage().share("request", "fits") > 80);
  CHECK(coverage().of("request", "does not fit") > 20);
}

TEST_CASE("generated policy sets have templates, links, annotations and every clause") {
  for (const char* name : {"permit", "forbid", "static", "linked", "template", "slot", "annotated", "when", "unless"}) {
    CHECK_MESSAGE(coverage().of("policy", name) > 50, std::string(name));
  }
}

TEST_CASE("the same choices make the same world") {
  Choices first(3);
  const GeneratedWorld world = generate_world(first);
  Choices second = Choices::replay(first.drawn());
  const GeneratedWorld again = generate_world(second);
  CHECK(again.schema == world.schema);
  CHECK(again.policies == world.policies);
  CHECK(again.entities == world.entities);
  REQUIRE(again.requests.size() == world.requests.size());
  CHECK(again.requests.back().json() == world.requests.back().json());
  CHECK(world.requests.size() > 10);
  Choices none = Choices::replay({});
  CHECK(generate_world(none).policies.empty());
}

}  // namespace quis::test
