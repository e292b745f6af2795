#pragma once

#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

namespace quis {

/// Whether policies may decide a request; see `Request` for what they must not.
[[nodiscard]] inline bool answerable(const World& world, const Request& request) noexcept {
  if (!request.context.is(Value::Kind::record)) [[unlikely]]
    return false;
  if (!request.has_local_names()) [[likely]]
    return true;
  if (request.names == nullptr) return false;
  if (!request.principal.valid() || !request.action.valid() || !request.resource.valid()) return false;
  return request.names->generation() >= world.generation();
}

}  // namespace quis
