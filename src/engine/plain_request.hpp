#pragma once

#include <optional>
#include <string_view>

#include <quis/engine/request.hpp>

namespace quis {

/// Who, what and on what, with an empty context, when the uids are written plainly and the vocabulary knows all three,
/// as is most often so; else nothing, whatever the texts are. All or none: a name that is local to a request and is
/// learnt meanwhile must not be known to it by two ids. Lock-free, allocates nothing.
[[nodiscard]] std::optional<Request> plain_request(std::string_view principal, std::string_view action,
                                                   std::string_view resource) noexcept;

}  // namespace quis
