// Schemas in JSON form: no input crashes, and what is read once is read to the same schema again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <quis/policy/schema_parser.hpp>

#include "../policy/schema_equal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto schema = quis::parse_schema_json(text);
  if (!schema) {
    if (schema.error().empty() || quis::render(schema.error()).empty()) std::abort();
    return 0;
  }
  for (const auto& type : schema->entity_types()) static_cast<void>(to_text(*type.attributes));
  const auto again = quis::parse_schema_json(text);
  if (!again || !quis::test::difference(*schema, *again).empty()) std::abort();
  return 0;
}
