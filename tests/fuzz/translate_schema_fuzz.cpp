// Schemas in either syntax, translated into the other: a translation means what the original means, and what cannot be
// translated is refused with a reason.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <quis/policy/schema_parser.hpp>
#include <quis/policy/schema_translation.hpp>

#include "../policy/schema_equal.hpp"

namespace {

using quis::ErrorCode;
using quis::Result;
using quis::Schema;

void require_same(const Schema& meant, const Result<Schema>& said) {
  if (!said || !quis::test::difference(meant, *said).empty()) std::abort();
}

/// False when there is no translation, which must then be for a reason that is allowed.
bool translated(const Result<std::string>& translation, ErrorCode allowed) {
  if (translation) return true;
  if (translation.error().empty() || quis::render(translation.error()).empty()) std::abort();
  if (translation.error().front().code != allowed) std::abort();
  return false;
}

void check_json(std::string_view json) {
  const auto meant = quis::parse_schema_json(json);
  if (!meant) {
    static_cast<void>(quis::schema_json_to_text(json));
    return;
  }
  const auto resolved = quis::schema_json_to_resolved_json(json);
  if (!resolved) std::abort();
  require_same(*meant, quis::parse_schema_json(*resolved));
  const auto text = quis::schema_json_to_text(json);
  if (translated(text, ErrorCode::invalid_schema)) require_same(*meant, quis::parse_schema(*text));
}

void check_text(std::string_view text) {
  const auto meant = quis::parse_schema(text);
  const auto json = quis::schema_text_to_json(text);
  if (!meant) return;
  if (!translated(json, ErrorCode::limit_exceeded)) return;
  require_same(*meant, quis::parse_schema_json(*json));
  check_json(*json);
  const auto resolved = quis::schema_text_to_resolved_json(text);
  if (translated(resolved, ErrorCode::limit_exceeded)) require_same(*meant, quis::parse_schema_json(*resolved));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_json(text);
  check_text(text);
  return 0;
}
