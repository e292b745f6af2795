#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <quis/base/result.hpp>

namespace quis::cli {

/// The files below a folder, at any depth, whose names are wanted; sorted. Links to files are followed, links to
/// folders are not, so that no walk goes round.
///
/// Nothing wanted is passed over in silence: one that is no regular file (a link to what is not there, a pipe), a
/// folder that cannot be read and a name that is not UTF-8 fail the whole, with an error each.
[[nodiscard]] Result<std::vector<std::string>> files_below(const std::string& folder,
                                                           bool (*wanted)(std::string_view name));

}  // namespace quis::cli
