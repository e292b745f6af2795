#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <quis/base/result.hpp>

namespace quis::bench {

/// A workload to be written: policies in Cedar text, entities and requests in Cedar's JSON.
struct Case {
  std::string policies;
  std::vector<std::string> entities;
  std::vector<std::string> requests;
};

/// `{"type":"User","id":"u1"}`. REQUIRES: nothing that would have to be escaped.
[[nodiscard]] std::string uid_json(std::string_view type, std::string_view id);

/// One of `Case::entities`: attributes and tags as the fields of an object, parents as uids with commas between them.
[[nodiscard]] std::string entity_json(std::string_view type, std::string_view id, std::string_view attributes,
                                      std::string_view parents = "", std::string_view tags = "");
/// One of `Case::requests`: uids, and the fields of the context.
[[nodiscard]] std::string request_json(std::string_view principal, std::string_view action, std::string_view resource,
                                       std::string_view context);

/// Writes `policies.cedar`, `entities.json` and `case.json` to the folder, which is made where there is none.
[[nodiscard]] Result<void> write_case(const Case& written, const std::string& folder);

}  // namespace quis::bench
