#include "model/ancestry_errors.hpp"

#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

Errors cycle_error(std::span<const EntityId> cycle) {
  constexpr std::size_t kShown = 20;
  const auto name = [](EntityId entity) { return "`" + to_text(entity) + "`"; };
  const std::string first = name(cycle.front());
  std::string message = first + " is its own ancestor: " + first;
  for (std::size_t i = 1; i < cycle.size(); ++i) {
    if (i == kShown) {
      message += " in … (" + std::to_string(cycle.size() - kShown) + " more)";
      break;
    }
    message += " in " + name(cycle[i]);
  }
  message += " in " + first;
  return failure(ErrorCode::cycle, std::move(message), "remove one of these memberships").value();
}

Errors ancestry_limit_error(std::size_t most) {
  return failure(ErrorCode::limit_exceeded, "the ancestor lists need more than " + std::to_string(most) + " slots",
                 "flatten deep chains of groups")
      .value();
}

}  // namespace quis
