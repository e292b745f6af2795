// Reads the input as each of the extension types. Whatever is read must survive being written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <quis/base/extension.hpp>

namespace {

template <class Parse, class Write>
void survives(std::string_view text, Parse parse, Write write) {
  const auto value = parse(text);
  if (value && parse(write(*value)) != value) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  survives(text, quis::parse_decimal, quis::decimal_text);
  survives(text, quis::parse_ip, quis::ip_text);
  survives(text, quis::parse_datetime, quis::datetime_text);
  survives(text, quis::parse_duration, quis::duration_text);
  return 0;
}
