#pragma once

#include <string_view>
#include <vector>

#include <quis/policy/policy_set.hpp>

namespace quis {

/// Cedar text as a set whose ids are `<prefix>policy0`, `<prefix>policy1`, …
[[nodiscard]] Result<PolicySet> numbered_policies(std::string_view text, std::string_view source_name,
                                                  std::string_view prefix);

/// The same of policies that are parsed.
[[nodiscard]] Result<PolicySet> numbered_policies(std::vector<PolicyBody> bodies, std::string_view prefix);

}  // namespace quis
