#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/generator.hpp"

/// Random worlds that conform to a schema: the same vocabulary as `generate_world`, so that the expressions of the one
/// are about the entities of the other.
namespace quis::test {

/// Declares the types of `kEntityTypes`, some attributes required, some optional, some of some types not at all.
[[nodiscard]] std::string_view typed_schema();

/// Entities, policies and requests; every entity and request conforms to `typed_schema()`. Policies need not be valid.
[[nodiscard]] GeneratedWorld generate_typed_world(std::uint64_t seed);

}  // namespace quis::test
