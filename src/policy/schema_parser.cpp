#include <quis/policy/schema_parser.hpp>

#include "base/file.hpp"
#include "policy/schema_ast.hpp"

namespace quis {

Result<Schema> parse_schema(std::string_view text, std::string_view source_name, Errors* warnings) {
  const auto document = schema_ast::read_text(text, source_name);
  if (!document) return tl::unexpected(document.error());
  if (warnings != nullptr) *warnings = schema_ast::find_warnings(*document);
  return schema_ast::resolve(*document);
}

Result<Schema> parse_schema_json(std::string_view text, std::string_view source_name) {
  return schema_ast::read_json(text, source_name).and_then(schema_ast::resolve);
}

Result<Schema> schema_from_file(const std::string& path, Errors* warnings) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  return path.ends_with(".json") ? parse_schema_json(*text, path) : parse_schema(*text, path, warnings);
}

}  // namespace quis
