#pragma once

#include <cstdlib>

namespace quis::test {

/// How long tests whose outcome is by chance may take, all in all.
inline double stress_seconds() {
  const char* const text = std::getenv("QUIS_STRESS_SECONDS");
  return text == nullptr ? 6.0 : std::strtod(text, nullptr);
}

}  // namespace quis::test
