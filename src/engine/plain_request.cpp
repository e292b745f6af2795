#include "engine/plain_request.hpp"

#include "base/plain_uid.hpp"

namespace quis {

PlainRequest plain_request(std::string_view principal, std::string_view action, std::string_view resource) noexcept {
  // The types of the thread's last requests.
  static constinit thread_local LikelyTypes principals;
  static constinit thread_local LikelyTypes actions;
  static constinit thread_local LikelyTypes resources;
  // The resource first: it is most often the one that nobody knows, and then the long way looks for all three again.
  const EntityId what = find_plain_uid(resource, resources);
  if (!what.valid()) return {};
  const EntityId who = find_plain_uid(principal, principals);
  if (!who.valid()) return {};
  const EntityId how = find_plain_uid(action, actions);
  if (!how.valid()) return {};
  return {who, how, what};
}

}  // namespace quis
