#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include <quis/base/result.hpp>

namespace quis::cli {

struct YamlValue {
  boost::json::value root;
  std::vector<std::uint32_t> offsets;  ///< where each value starts, in document order; keys have none
};

/// Reads YAML as `TestDocument` says. REQUIRES: UTF-8 of at most `kMaxTestFileBytes`. Never throws.
[[nodiscard]] Result<YamlValue> read_yaml(const std::string& text, const std::string& source_name);

}  // namespace quis::cli
