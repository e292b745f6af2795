#include "cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "cli/inputs.hpp"

namespace quis::cli {
namespace {

tl::unexpected<Errors> cannot(const char* what, const std::string& path, int error) {
  return failure(ErrorCode::io,
                 std::string("cannot ") + what + " `" + path + "`: " + std::generic_category().message(error),
                 "check the permissions of the file and its folder, and the free space");
}

/// 0, or the `errno` of what failed.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

mode_t mode_of_new_files() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  if (path == kStandardInput) {
    return failure(ErrorCode::invalid_argument, "standard input cannot be written to", "name a file");
  }
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);
  if (error) return cannot("find", path, error.value());
  struct stat status = {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    return failure(ErrorCode::io, "`" + path + "` is no regular file", "name a file that may be replaced");
  }
  if (exists && ::access(target.c_str(), W_OK) != 0) return cannot("write", path, errno);

  std::string beside = target.string() + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);
  if (file < 0) return cannot("write beside", path, errno);
  int failed = write_all(file, text);
  if (failed == 0 && ::fchmod(file, exists ? status.st_mode & 07777U : mode_of_new_files()) != 0) failed = errno;
  if (failed == 0 && ::fsync(file) != 0) failed = errno;
  if (::close(file) != 0 && failed == 0) failed = errno;
  if (failed == 0 && ::rename(beside.c_str(), target.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  ::unlink(beside.c_str());
  return cannot("replace", path, failed);
}

}  // namespace quis::cli
