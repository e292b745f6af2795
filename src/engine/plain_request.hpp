#pragma once

#include <string_view>

#include <quis/base/ids.hpp>
#include <quis/engine/request.hpp>

#include "base/plain_uid.hpp"

namespace quis {

/// Who, what and on what, when everybody knows them.
struct PlainRequest {
  EntityId principal;
  EntityId action;
  EntityId resource;

  /// All three, or else none.
  [[nodiscard]] bool known() const noexcept { return action.valid(); }
  /// With an empty context. REQUIRES: it is known.
  [[nodiscard]] Request view() const noexcept { return {principal, action, resource}; }
};

/// Known when the uids are written plainly and the vocabulary has all three, as is most often so; else not, whatever
/// the texts are. All or none: a name that is local to a request and is learnt meanwhile must not be known to it by two
/// ids. Takes no lock that another thread may hold.
///
/// Inlined: as a call, it would put the ids together into a word that the processor could not read before all three
/// were written to memory.
[[nodiscard]] inline PlainRequest plain_request(std::string_view principal, std::string_view action,
                                                std::string_view resource) noexcept {
  // The resource first: it is most often the one that nobody knows, and then the long way looks for all three again.
  const EntityId what = find_plain_uid(resource);
  if (!what.valid()) [[unlikely]]
    return {};
  const EntityId who = find_plain_uid(principal);
  if (!who.valid()) [[unlikely]]
    return {};
  const EntityId how = find_plain_uid(action);
  if (!how.valid()) [[unlikely]]
    return {};
  return {who, how, what};
}

}  // namespace quis
