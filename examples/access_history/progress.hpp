#pragma once

#include <cstddef>
#include <string>

namespace access_history {

/// A line on the standard error that says how far long work has come, while that is a terminal; otherwise nothing.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap to call often: writes only when the percentage changes.
  void show(std::size_t done, std::size_t total);

 private:
  std::string what_;
  std::size_t shown_ = 101;
  bool terminal_;
};

}  // namespace access_history
