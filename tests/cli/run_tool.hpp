#pragma once

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "cli/tool.hpp"

/// Runs the tool as a shell would, in this process.
namespace quis::test {

struct Run {
  int exit = 0;
  std::string out;
  std::string err;

  [[nodiscard]] bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  [[nodiscard]] bool complains(std::string_view text) const { return err.find(text) != std::string::npos; }
  /// The `n`th line of the output, which is JSON.
  [[nodiscard]] boost::json::object json(std::size_t n = 0) const {
    std::istringstream lines(out);
    std::string line;
    for (std::size_t i = 0; i <= n; ++i) REQUIRE(std::getline(lines, line));
    return boost::json::parse(line).as_object();
  }
};

inline Run run_tool(const std::vector<std::string>& arguments, bool color = false) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit = cli::run(arguments, out, err, color);
  return {exit, out.str(), err.str()};
}

/// Files for one test, removed at its end.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("quis-cli-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] std::string path(const std::string& name = {}) const {
    return (name.empty() ? path_ : path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace quis::test
