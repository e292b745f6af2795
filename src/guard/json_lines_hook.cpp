#include <quis/guard/json_lines_hook.hpp>

#include <cerrno>
#include <chrono>
#include <exception>
#include <mutex>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

std::string json_string(std::string_view text) { return boost::json::serialize(boost::json::string_view(text)); }

std::string time_text(std::chrono::sys_time<std::chrono::nanoseconds> time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

/// `,"step_up":[…]`, or nothing.
std::string step_up_member(std::span<const std::string_view> requirements) {
  if (requirements.empty()) return {};
  std::string member = R"(,"step_up":[)";
  const char* comma = "";
  for (const std::string_view requirement : requirements) {
    member += std::exchange(comma, ",");
    member += json_string(requirement);
  }
  return member + ']';
}

std::string line_of(const DecisionRecord& record) {
  const LocalNames* names = record.request.names;
  std::string line = fmt::format(
      R"({{"time":"{}","sequence":{},"version":{},"decision":"{}"{},"principal":{},"action":{},"resource":{},"determining":[)",
      time_text(record.time), record.sequence, record.engine.world().version(),
      record.decision.permitted() ? "permit" : "deny", step_up_member(record.step_up),
      json_string(to_text(record.request.principal, names)), json_string(to_text(record.request.action, names)),
      json_string(to_text(record.request.resource, names)));
  const char* comma = "";
  for (const PolicyIndex policy : record.determining) {
    line += std::exchange(comma, ",");
    line += json_string(record.engine.policy_id(policy));
  }
  line += R"(],"errors":[)";
  comma = "";
  for (const PolicyError& failed : record.errors) {
    line += fmt::format(R"({}{{"policy":{},"error":{}}})", std::exchange(comma, ","),
                        json_string(record.engine.policy_id(failed.policy)), json_string(to_text(failed.error, names)));
  }
  line += "]}\n";
  return line;
}

}  // namespace

/// The open file. A line that could be written only in part is cut off again, so that the next one starts on a line of
/// its own and a reader never meets half a record. What is cut off must not be another writer's line: the file is
/// locked, so there is no other. Where it cannot be cut off (a file that may only grow), or is left from a crash, the
/// next record is preceded by a line break.
struct JsonLinesHook::File {
 public:
  int descriptor = -1;
  bool torn = false;  ///< what is written next stands within a line
  std::mutex mutex;

  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }

  bool append(std::string_view line) noexcept {
    const std::scoped_lock lock(mutex);
    std::string_view line_break = "\n";
    if (torn && !write(line_break)) return false;
    torn = false;
    const off_t start = ::lseek(descriptor, 0, SEEK_END);
    std::string_view left = line;
    if (write(left)) return true;
    torn = left.size() != line.size() && !(start >= 0 && ::ftruncate(descriptor, start) == 0);
    return false;
  }

 private:
  /// False when it could not be written whole; `left` is what was not.
  bool write(std::string_view& left) const noexcept {
    while (!left.empty()) {
      const ssize_t written = ::write(descriptor, left.data(), left.size());
      if (written >= 0) {
        left.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }
};

namespace {

/// Whether a file that was written before ends within a line, as one does whose writer was killed or lost its disk.
/// REQUIRES: the file is locked. Of one that may not be read it says yes: an empty line does less harm.
bool ends_within_a_line(const std::string& path, int descriptor) noexcept {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return false;
  const int reading = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char last = 0;
  const bool read = reading >= 0 && ::pread(reading, &last, 1, status.st_size - 1) == 1;
  if (reading >= 0) ::close(reading);
  return !read || last != '\n';
}

}  // namespace

JsonLinesHook::JsonLinesHook(std::unique_ptr<File> file) noexcept : file_(std::move(file)) {}
JsonLinesHook::~JsonLinesHook() = default;

Result<std::shared_ptr<JsonLinesHook>> JsonLinesHook::open(const std::string& path) {
  auto file = std::make_unique<File>();
  constexpr int kOwnerOnly = 0600;
  file->descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file->descriptor < 0) {
    return failure(ErrorCode::io, "cannot append to `" + path + "`: " + std::generic_category().message(errno),
                   "give a file in a folder that this process may write to");
  }
  while (::flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    const bool taken = errno == EWOULDBLOCK;
    return failure(ErrorCode::io,
                   taken ? "another hook or process writes to `" + path + "`"
                         : "cannot lock `" + path + "`: " + std::generic_category().message(errno),
                   taken ? "give each writer a file of its own" : "give a file on a file system that has locks");
  }
  file->torn = ends_within_a_line(path, file->descriptor);
  return std::shared_ptr<JsonLinesHook>(new JsonLinesHook(std::move(file)));
}

bool JsonLinesHook::on_decision(const DecisionRecord& record) noexcept try {
  return file_->append(line_of(record));
} catch (const std::exception&) {
  return false;  // out of memory: not written
}

}  // namespace quis
