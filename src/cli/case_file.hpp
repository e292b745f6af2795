#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <quis/base/result.hpp>

namespace quis::cli {

/// What a request of a case is expected to give; each part only where the file says so.
struct ExpectedAnswer {
  std::optional<bool> permitted;
  std::optional<std::vector<std::string>> reason;  ///< sorted
  std::optional<std::vector<std::string>> errors;  ///< sorted
};

struct CaseRequest {
  std::string json;  ///< as `OwnedRequest::from_json` reads it
  bool validate = true;
  ExpectedAnswer expected;
};

/// A conformance test in the format of Cedar's integration tests: policies, entities and perhaps a schema in files of
/// their own, and requests with the answers that Cedar gives.
struct CaseFile {
  std::string policies;  ///< paths, resolved
  std::string entities;
  std::string schema;  ///< empty when there is none
  bool policies_are_json = false;
  bool schema_is_json = false;
  std::optional<bool> should_validate;  ///< whether the policies are valid by the schema, strictly
  std::vector<CaseRequest> requests;
};

/// Reads a case. Paths in it are relative to the nearest folder above the file under which they exist.
[[nodiscard]] Result<CaseFile> read_case_file(const std::string& path);

/// The case files that a path names: itself, or every `*.json` below a folder that is not the entities, policies,
/// schema or validation verdicts of another one; sorted. A folder without any is an error; see also `files_below`.
[[nodiscard]] Result<std::vector<std::string>> find_case_files(const std::string& path);

}  // namespace quis::cli
