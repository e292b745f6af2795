#pragma once

#include <optional>
#include <string>
#include <vector>

#include <quis/base/result.hpp>

#include "cli/policy_coverage.hpp"
#include "cli/policy_tests.hpp"

namespace quis::cli {

/// What became of one case.
struct CaseResult {
  std::string name;
  SourceSpan span;       ///< of the case in its file
  std::string decision;  ///< `allow`, `deny` or `step-up`
  std::vector<std::string> reasons;
  std::vector<std::string> errors;
  std::vector<std::string> step_up;
  std::vector<std::string> failures;  ///< what differs, a sentence each; none when it passed
  std::string because;                ///< of a case that failed: the answer and why, in one sentence
  double seconds = 0;
};

struct FileResult {
  std::string file;
  std::vector<CaseResult> cases;
  PolicyCoverage::Report coverage;

  [[nodiscard]] std::size_t failed() const noexcept;
};

/// What the command line gives to files that do not say it themselves; paths are relative to where it was typed.
struct TestDefaults {
  std::string policies;
  std::string schema;
  std::string entities;
  std::string links;
};

/// Runs the cases of one file. Fails, with all errors, when the file or something that it names cannot be read: then no
/// case counts as passed.
[[nodiscard]] Result<FileResult> run_test_file(const std::string& path, const TestDefaults& defaults);

/// The test files that a path names: itself, or every `*.test.yaml`, `*.test.yml` and `*.test.json` below a folder;
/// sorted. A folder without any is an error; see also `files_below`.
[[nodiscard]] Result<std::vector<std::string>> find_test_files(const std::string& path);

}  // namespace quis::cli
