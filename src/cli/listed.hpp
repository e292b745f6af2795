#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

namespace quis::cli {

/// `a`, `b`: names in backticks; `none` when there are none.
[[nodiscard]] inline std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("`{}`", fmt::join(names, "`, `"));
}

}  // namespace quis::cli
