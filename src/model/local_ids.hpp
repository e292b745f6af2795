#pragma once

#include <span>
#include <utility>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>

namespace quis {

/// True when the value names something that only one request knows, at any depth.
[[nodiscard]] bool mentions_local(const Value& value);
[[nodiscard]] bool mentions_local(std::span<const std::pair<SymbolId, Value>> fields);

/// What loading or changing a store says of such names.
[[nodiscard]] tl::unexpected<Errors> local_ids_refused();

}  // namespace quis
