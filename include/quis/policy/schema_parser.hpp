#pragma once

#include <string>
#include <string_view>

#include <quis/base/result.hpp>
#include <quis/model/schema.hpp>

namespace quis {

/// Reads a schema in Cedar's schema syntax (`entity User in [Group] { … };`). All errors of the text at once.
///
/// `warnings`, if given, is set to what is allowed and probably not meant: declarations that hide another name
/// (`ErrorCode::shadowed_type`), in source order.
[[nodiscard]] Result<Schema> parse_schema(std::string_view text, std::string_view source_name = "schema",
                                          Errors* warnings = nullptr);

/// Reads a schema in Cedar's JSON form (`{"": {"entityTypes": …, "actions": …}}`). Never warns: JSON says of each name
/// what it means.
[[nodiscard]] Result<Schema> parse_schema_json(std::string_view text, std::string_view source_name = "schema");

/// By the file's name: `.json` is JSON, everything else text. Warnings as above.
[[nodiscard]] Result<Schema> schema_from_file(const std::string& path, Errors* warnings = nullptr);

}  // namespace quis
