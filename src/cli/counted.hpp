#pragma once

#include <cstddef>
#include <string>

namespace quis::cli {

/// `1 policy`, `2 policies`.
[[nodiscard]] inline std::string counted(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

}  // namespace quis::cli
