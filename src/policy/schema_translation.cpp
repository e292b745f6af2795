#include <quis/policy/schema_translation.hpp>

#include "policy/schema_ast.hpp"
#include "policy/schema_scope.hpp"

namespace quis {

namespace {

using schema_ast::Document;
using schema_ast::Report;
using schema_ast::Scope;

Result<std::string> to_resolved_json(const Document& document) {
  if (const auto schema = schema_ast::resolve(document); !schema) return tl::unexpected(schema.error());
  Report report(document.source);
  const Scope scope(document, report);
  return schema_ast::to_json(document, &scope);
}

}  // namespace

Result<std::string> schema_text_to_json(std::string_view text, std::string_view source_name, Errors* warnings) {
  const auto document = schema_ast::read_text(text, source_name);
  if (!document) return tl::unexpected(document.error());
  if (const auto sound = check_declarations(*document); !sound) return tl::unexpected(sound.error());
  if (warnings != nullptr) *warnings = schema_ast::find_warnings(*document);
  return schema_ast::to_json(*document, nullptr);
}

Result<std::string> schema_json_to_text(std::string_view json, std::string_view source_name) {
  const auto document = schema_ast::read_json(json, source_name);
  if (!document) return tl::unexpected(document.error());
  if (const auto sound = check_declarations(*document); !sound) return tl::unexpected(sound.error());
  return schema_ast::to_text(*document);
}

Result<std::string> schema_text_to_resolved_json(std::string_view text, std::string_view source_name,
                                                 Errors* warnings) {
  const auto document = schema_ast::read_text(text, source_name);
  if (!document) return tl::unexpected(document.error());
  if (warnings != nullptr) *warnings = schema_ast::find_warnings(*document);
  return to_resolved_json(*document);
}

Result<std::string> schema_json_to_resolved_json(std::string_view json, std::string_view source_name) {
  const auto document = schema_ast::read_json(json, source_name);
  if (!document) return tl::unexpected(document.error());
  return to_resolved_json(*document);
}

}  // namespace quis
