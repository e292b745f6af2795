#pragma once

#include <string>
#include <string_view>

#include <quis/base/result.hpp>

namespace quis::cli {

/// Makes `text` the content of a file, wholly or not at all: it is written beside the file, which is then replaced. The
/// file's permissions are kept; a link is followed.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace quis::cli
