#pragma once

#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

namespace quis {

/// Whether policies may decide a request; see `Request` for what they must not.
[[nodiscard]] inline bool answerable(const World& world, const Request& request) noexcept {
  // An invalid id has the bit of the local ones too, so nearly every request is known by one look.
  const EntityId any{request.principal.value | request.action.value | request.resource.value};
  if (request.names == nullptr) return !any.local();
  if (!request.principal.valid() || !request.action.valid() || !request.resource.valid()) return false;
  return request.names->generation() >= world.generation();
}

}  // namespace quis
