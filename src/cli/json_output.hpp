#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include <quis/base/result.hpp>

namespace quis::cli {

/// What is known of the place is in it; what is not is left out.
[[nodiscard]] boost::json::object to_json(const Diagnostic& diagnostic);

[[nodiscard]] boost::json::array to_json(const std::vector<std::string>& texts);

}  // namespace quis::cli
