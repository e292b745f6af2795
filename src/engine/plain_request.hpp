#pragma once

#include <optional>
#include <string_view>

#include <quis/engine/request.hpp>

namespace quis {

/// A request without a context, when its uids are written plainly and the vocabulary knows all of them, as is most
/// often so; else nothing, whatever the texts are. All or none: a name that is local to a request and is learnt
/// meanwhile must not be known to it by two ids. Lock-free, allocates nothing.
[[nodiscard]] std::optional<Request> plain_request(std::string_view principal, std::string_view action,
                                                   std::string_view resource) noexcept;

}  // namespace quis
