#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <quis/policy/policy_set.hpp>

/// Short ways to make policy sets and folders of them, and to say what they hold.
namespace quis::test {

using Ids = std::vector<std::string>;

inline PolicySet parsed(std::string_view text) {
  auto set = PolicySet::from_text(text);
  REQUIRE(set.has_value());
  return *std::move(set);
}

template <class Range>
Ids ids(const Range& range) {
  Ids found;
  for (const auto& each : range) found.push_back(each.id);
  return found;
}

template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().front().code;
}

/// A folder that is gone when the test is.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() / ("quis-policies-" + std::to_string(std::random_device()()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(std::string_view name, std::string_view text) const { std::ofstream(path_ / name) << text; }
  [[nodiscard]] std::string path(std::string_view name = "") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace quis::test
