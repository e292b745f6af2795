#pragma once

#include <string_view>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// Reads a text of policies and templates, in order. Grows the vocabulary. The bodies share one arena and one source
/// name. Every mistake of the text is returned, up to `limits::kMaxReportedErrors`.
[[nodiscard]] Result<std::vector<PolicyBody>> parse_policies(std::string_view text, std::string_view source_name);

}  // namespace quis
