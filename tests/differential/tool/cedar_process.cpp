#include "differential/tool/cedar_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace quis::test {

CedarProcess::CedarProcess(const std::string& program) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) {
    std::perror("differential: pipe");
    std::exit(1);
  }
  (void)std::signal(SIGPIPE, SIG_IGN);  // a child that has ended is noticed by its answers
  child_ = fork();
  if (child_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), nullptr);
    std::perror(program.c_str());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  if (child_ < 0) {
    std::perror("differential: fork");
    std::exit(1);
  }
  to_child_ = in[1];
  from_child_ = out[0];
  reader_ = std::thread([this] { read_answers(); });
}

CedarProcess::~CedarProcess() {
  close(to_child_);
  reader_.join();
  close(from_child_);
  waitpid(child_, nullptr, 0);
}

void CedarProcess::ask(std::string question) {
  question += '\n';
  for (std::string_view rest = question; !rest.empty();) {
    const ssize_t written = write(to_child_, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string CedarProcess::answer() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return !answers_.empty() || ended_; });
  if (answers_.empty()) return {};
  std::string answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

void CedarProcess::read_answers() {
  std::string line;
  std::array<char, 65536> buffer{};
  for (ssize_t count = 0; (count = read(from_child_, buffer.data(), buffer.size())) > 0;) {
    std::string_view chunk(buffer.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = chunk.find('\n')) != std::string_view::npos; chunk.remove_prefix(end + 1)) {
      line += chunk.substr(0, end);
      const std::scoped_lock lock(mutex_);
      answers_.push_back(std::exchange(line, {}));
      arrived_.notify_one();
    }
    line += chunk;
  }
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  arrived_.notify_one();
}

}  // namespace quis::test
