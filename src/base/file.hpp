#pragma once

#include <string>
#include <string_view>

#include <quis/base/result.hpp>

namespace quis {

/// The bytes of a file, or of anything that can be read to its end (a pipe, standard input as `/dev/stdin`).
/// Folders, missing or unreadable files are `io`; more than `limits::kMaxDocumentBytes` is `limit_exceeded`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// Fails with `invalid_utf8` when the name of a file that was found in a folder is not UTF-8: it would become part of
/// messages, of ids and of JSON.
[[nodiscard]] Result<void> check_file_name(const std::string& path);

/// Fails with `invalid_utf8`, at the first byte that is wrong, unless the text is UTF-8 as Unicode defines it: no
/// overlong forms, no surrogates, nothing above U+10FFFF. Pure ASCII costs an eighth of a step for each byte.
[[nodiscard]] Result<void> check_utf8(std::string_view text, std::string_view source_name);

}  // namespace quis
