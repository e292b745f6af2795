#include <iostream>

#include "governed_world.hpp"
#include "verbs.hpp"

namespace access_history {

quis::Result<void> policies(const Session& session, const PoliciesOptions& options) {
  const auto day = day_or_last(session.history, options.as_of);
  if (!day) return tl::unexpected(day.error());
  const auto world = GovernedWorld::as_of(session.history, *day);
  if (!world) return tl::unexpected(world.error());
  if (options.schema) {
    std::cout << schema_text();
  } else if (options.entities) {
    std::cout << world->entities() << '\n';
  } else if (session.json) {
    std::cout << world->engine().world().policies().to_json() << '\n';
  } else {
    std::cout << world->policies();
  }
  return {};
}

}  // namespace access_history
