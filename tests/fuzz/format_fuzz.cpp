// Policies laid out anew: whatever parses can be formatted, means the same, and stays as it is when formatted again.
// That words and comments stay is checked by the formatter itself, which then fails; here that is a crash.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <quis/policy/format.hpp>

#include "policy/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool well_formed = quis::parse_policies(text, "fuzz").has_value();
  for (const quis::FormatOptions options : {quis::FormatOptions{}, quis::FormatOptions{20, 4}}) {
    const auto once = quis::format_policies(text, options);
    if (once.has_value() != well_formed) std::abort();
    if (!once) continue;
    const auto twice = quis::format_policies(*once, options);
    if (!twice || *twice != *once) std::abort();
  }
  return 0;
}
