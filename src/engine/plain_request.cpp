#include "engine/plain_request.hpp"

#include "base/plain_uid.hpp"

namespace quis {

std::optional<Request> plain_request(std::string_view principal, std::string_view action,
                                     std::string_view resource) noexcept {
  // The types of the thread's last request.
  static constinit thread_local TypeId principals;
  static constinit thread_local TypeId actions;
  static constinit thread_local TypeId resources;
  // The resource first: it is most often the one that nobody knows, and then the long way looks for all three again.
  Request request;
  request.resource = find_plain_uid(resource, resources);
  if (!request.resource.valid()) return {};
  request.principal = find_plain_uid(principal, principals);
  if (!request.principal.valid()) return {};
  request.action = find_plain_uid(action, actions);
  if (!request.action.valid()) return {};
  return request;
}

}  // namespace quis
