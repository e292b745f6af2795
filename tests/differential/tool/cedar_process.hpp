#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace quis::test {

/// The program of ../cedar as a child that answers line by line. While it works on a question the caller may work on
/// the next: `ask` does not wait for the answer.
class CedarProcess {
 public:
  /// Starts it. Prints why and ends the process when that fails: without Cedar there is nothing to compare with.
  explicit CedarProcess(const std::string& program);
  CedarProcess(const CedarProcess&) = delete;
  CedarProcess& operator=(const CedarProcess&) = delete;
  ~CedarProcess();

  void ask(std::string question);
  /// The answer to the oldest question that has none yet. Waits for it; empty when the child has ended.
  [[nodiscard]] std::string answer();

 private:
  void read_answers();

  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> answers_;
  bool ended_ = false;
  std::thread reader_;
};

}  // namespace quis::test
