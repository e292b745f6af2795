#include "engine/plain_request.hpp"

#include "base/plain_uid.hpp"

namespace quis {

std::optional<Request> plain_request(std::string_view principal, std::string_view action,
                                     std::string_view resource) noexcept {
  // The types of the thread's last request.
  static constinit thread_local TypeId principals;
  static constinit thread_local TypeId actions;
  static constinit thread_local TypeId resources;
  const Request request{find_plain_uid(principal, principals), find_plain_uid(action, actions),
                        find_plain_uid(resource, resources)};
  if (!request.principal.valid() || !request.action.valid() || !request.resource.valid()) return {};
  return request;
}

}  // namespace quis
