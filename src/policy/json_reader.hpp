#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/json_shape.hpp"

#include <quis/policy/policy.hpp>

namespace quis {

/// Reads one policy or template in Cedar's JSON form. Nothing when it is none; then `shape` knows why.
[[nodiscard]] std::optional<PolicyBody> read_policy_json(JsonShape& shape, const boost::json::value& value,
                                                         const json::Path& path,
                                                         std::shared_ptr<const std::string> source_name);

}  // namespace quis
