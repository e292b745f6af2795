#pragma once

#include <string_view>

#include <quis/base/ids.hpp>
#include <quis/engine/request.hpp>

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
/// ids. Lock-free, allocates nothing.
[[nodiscard]] PlainRequest plain_request(std::string_view principal, std::string_view action,
                                         std::string_view resource) noexcept;

}  // namespace quis
