#pragma once

#include <string>
#include <vector>

#include <quis/base/result.hpp>

#include "cli/policy_test_run.hpp"

namespace quis::cli {

/// A file that could not be run, and why.
struct BrokenFile {
  std::string file;
  Errors errors;
};

/// Results as JUnit XML, as CI systems read it: a suite for each file, a broken file as a suite of one error.
[[nodiscard]] std::string junit_text(const std::vector<FileResult>& results, const std::vector<BrokenFile>& broken);

}  // namespace quis::cli
