#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <quis/policy/policy.hpp>

namespace quis {

/// The policies of `text`, which `before` was changed into, as `parse_policies` returns them, with less work: only the
/// policies around the change are parsed, the others are copied to where they stand now. `policies` are those of
/// `before`, in order.
///
/// Nothing when that would not be less work, or when the changed part is no sequence of policies by itself: then the
/// whole text must be parsed.
[[nodiscard]] std::optional<std::vector<PolicyBody>> reparse_policies(std::string_view before,
                                                                      std::span<const PolicyBody* const> policies,
                                                                      std::string_view text,
                                                                      std::string_view source_name);

}  // namespace quis
