#pragma once

#include <string>
#include <string_view>

#include <quis/base/result.hpp>
#include <quis/model/schema.hpp>

namespace quis {

/// Reads a schema in Cedar's schema syntax (`entity User in [Group] { … };`). All errors of the text at once.
[[nodiscard]] Result<Schema> parse_schema(std::string_view text, std::string_view source_name = "schema");

/// Reads a schema in Cedar's JSON form (`{"": {"entityTypes": …, "actions": …}}`).
[[nodiscard]] Result<Schema> parse_schema_json(std::string_view text, std::string_view source_name = "schema");

/// By the file's name: `.json` is JSON, everything else text.
[[nodiscard]] Result<Schema> schema_from_file(const std::string& path);

}  // namespace quis
