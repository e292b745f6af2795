#pragma once

#include <string>
#include <string_view>

#include <quis/base/result.hpp>

/// Schemas from one of Cedar's two syntaxes into the other.
///
/// What is translated may be a part of a schema: names need not be declared in it, but a schema with them resolves the
/// translation to what it resolves the original to. Annotations are kept, comments and layout are not. Declarations
/// keep their order. All errors at once; warnings, where asked for, as in `parse_schema`.
namespace quis {

/// Schema text in Cedar's JSON form, pretty-printed. Names stay as they are written, so a mention of a type is an
/// `EntityOrCommon`.
[[nodiscard]] Result<std::string> schema_text_to_json(std::string_view text, std::string_view source_name = "schema",
                                                      Errors* warnings = nullptr);

/// A JSON schema as schema text. Refused, because text has no words for it: an entity type and a common type of one
/// name, a shape that is a common type, an action with principals but no resources (or the reverse, or a context but
/// neither), a record with `additionalAttributes`.
[[nodiscard]] Result<std::string> schema_json_to_text(std::string_view json, std::string_view source_name = "schema");

/// As `schema_text_to_json`, with every name resolved: written with its namespace, and as `Entity` or as a common type.
/// The schema must be whole and well-formed.
[[nodiscard]] Result<std::string> schema_text_to_resolved_json(std::string_view text,
                                                               std::string_view source_name = "schema",
                                                               Errors* warnings = nullptr);

/// The same for a schema that is in JSON already.
[[nodiscard]] Result<std::string> schema_json_to_resolved_json(std::string_view json,
                                                               std::string_view source_name = "schema");

}  // namespace quis
