#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>
#include <quis/policy/schema_parser.hpp>

#include "generator/world.hpp"

namespace quis::test {

/// A generated world, ready to decide; the same at build time, where its plans are compiled, and in the tests.
struct GeneratedCase {
  Schema schema;
  World world;
  std::vector<OwnedRequest> requests;

  [[nodiscard]] static Result<GeneratedCase> make(std::uint64_t seed) {
    constexpr GenerationOptions kOptions = {.requests = 60, .policies = 24, .faults = false};
    Choices choices(seed);
    const GeneratedWorld generated = generate_world(choices, kOptions);
    auto schema = parse_schema(generated.schema);
    if (!schema) return tl::make_unexpected(schema.error());
    auto entities = Entities::from_json(generated.entities_json(), &*schema);
    if (!entities) return tl::make_unexpected(entities.error());
    auto policies = generated.policy_set(generated.policies_text());
    if (!policies) return tl::make_unexpected(policies.error());
    GeneratedCase made{std::move(*schema), World::build(std::move(*policies), std::move(*entities)), {}};
    for (const GeneratedRequest& request : generated.requests) {
      auto owned = OwnedRequest::from_json(request.json(), &made.schema);
      if (!owned) return tl::make_unexpected(owned.error());
      made.requests.push_back(std::move(*owned));
    }
    return made;
  }
};

}  // namespace quis::test
