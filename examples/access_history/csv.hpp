#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/result.hpp>

namespace access_history {

/// One record of a CSV text, and where it begins.
struct CsvRecord {
  std::size_t offset = 0;  ///< bytes from the start of the text
  std::vector<std::string> fields;
};

/// Reads RFC 4180, strictly: records end in CRLF or LF, a quote may only open a field, and every record has as many
/// fields as the first. The first record that is anything else refuses the whole text, with its line and column.
[[nodiscard]] quis::Result<std::vector<CsvRecord>> read_csv(std::string_view text, std::string_view source_name);

/// An error that points at a place of the text.
[[nodiscard]] tl::unexpected<quis::Errors> csv_error(std::string_view text, std::string_view source_name,
                                                     std::size_t offset, std::string message, std::string help);

}  // namespace access_history
