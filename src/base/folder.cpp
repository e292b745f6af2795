#include "base/folder.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <span>
#include <system_error>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#define QUIS_HAS_STAT 1
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>
#endif

namespace quis {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;

enum class FileKind { file, folder, other, unknown };

#ifdef QUIS_HAS_STAT
std::int64_t nanoseconds(const timespec& time) noexcept {
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + static_cast<std::int64_t>(time.tv_nsec);
}

/// A folder that is open: its files are found from there, not by their paths from the root.
class Folder {
 public:
  explicit Folder(const std::string& path) noexcept : stream_(::opendir(path.c_str())) {
    if (stream_ == nullptr) error_ = errno;
  }
  ~Folder() {
    if (stream_ != nullptr) ::closedir(stream_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// The names in it that are wanted, in no order; the file system's words for an error are in `error`.
  std::vector<FolderEntry> names(const std::function<bool(std::string_view)>& wanted) {
    std::vector<FolderEntry> entries;
    while (stream_ != nullptr) {
      errno = 0;
      const dirent* entry = ::readdir(stream_);
      if (entry == nullptr) {
        error_ = errno;
        break;
      }
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && wanted(name)) entries.push_back({std::string(name), std::nullopt});
    }
    return entries;
  }

  [[nodiscard]] std::error_code error() const noexcept { return {error_, std::generic_category()}; }
  [[nodiscard]] FileKind look_at(const std::string& name, std::optional<FileStamp>& stamp) const;

 private:
  DIR* stream_;
  int error_ = 0;
};

FileKind Folder::look_at(const std::string& name, std::optional<FileStamp>& stamp) const {
  struct stat status = {};
  if (::fstatat(::dirfd(stream_), name.c_str(), &status, 0) != 0) return FileKind::unknown;
  if (S_ISDIR(status.st_mode)) return FileKind::folder;
  if (!S_ISREG(status.st_mode)) return FileKind::other;
#ifdef __APPLE__
  const timespec& modified = status.st_mtimespec;
  const timespec& changed = status.st_ctimespec;
#else
  const timespec& modified = status.st_mtim;
  const timespec& changed = status.st_ctim;
#endif
  stamp = FileStamp{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
                    static_cast<std::uint64_t>(status.st_size), nanoseconds(modified), nanoseconds(changed)};
  return FileKind::file;
}
#else
class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path) {}

  std::vector<FolderEntry> names(const std::function<bool(std::string_view)>& wanted) {
    std::vector<FolderEntry> entries;
    for (fs::directory_iterator entry(path_, error_), end; !error_ && entry != end; entry.increment(error_)) {
      std::string name = entry->path().filename().string();
      if (wanted(name)) entries.push_back({std::move(name), std::nullopt});
    }
    return entries;
  }

  [[nodiscard]] std::error_code error() const noexcept { return error_; }
  [[nodiscard]] FileKind look_at(const std::string& name, std::optional<FileStamp>& stamp) const;

 private:
  fs::path path_;
  std::error_code error_;
};

FileKind Folder::look_at(const std::string& name, std::optional<FileStamp>&) const {
  std::error_code error;
  const fs::file_status status = fs::status(path_ / name, error);
  if (error) return FileKind::unknown;
  if (status.type() == fs::file_type::directory) return FileKind::folder;
  return status.type() == fs::file_type::regular ? FileKind::file : FileKind::other;
}
#endif

/// Fills the stamps, and clears the names of folders.
void look_at_all(const Folder& folder, std::span<FolderEntry> entries) {
  for (FolderEntry& entry : entries) {
    const FileKind kind = folder.look_at(entry.name, entry.stamp);
    if (kind == FileKind::folder) entry.name.clear();
    entry.regular = kind != FileKind::other;
  }
}

void share_between_threads(const Folder& folder, std::span<FolderEntry> entries) {
  constexpr std::size_t kWorthAThread = 500;
  constexpr std::size_t kMostThreads = 4;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t shares =
      std::clamp<std::size_t>(entries.size() / kWorthAThread, 1, std::min(processors, kMostThreads));
  const std::size_t each = entries.size() / shares;
  std::vector<std::thread> helpers;
  helpers.reserve(shares);
  for (std::size_t i = 1; i < shares; ++i) {
    try {
      helpers.emplace_back([&folder, share = entries.first(each)] { look_at_all(folder, share); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: the rest is done here
    }
    entries = entries.subspan(each);
  }
  look_at_all(folder, entries);
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace

bool FileStamp::settled(std::int64_t now) const noexcept {
  constexpr std::int64_t kFineMargin = kSecond / 10;
  constexpr std::int64_t kCoarseMargin = 3 * kSecond;
  const std::int64_t margin = changed % kSecond != 0 ? kFineMargin : kCoarseMargin;
  return now > changed && now - changed > margin;
}

std::int64_t file_clock_now() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

Result<std::vector<FolderEntry>> list_folder(const std::string& folder,
                                             const std::function<bool(std::string_view)>& wanted) {
  Folder open(folder);
  std::vector<FolderEntry> entries = open.names(wanted);
  if (open.error()) {
    return failure(ErrorCode::io, "cannot read the folder `" + folder + "`: " + open.error().message(),
                   "name a folder that holds `.cedar` or `.json` files");
  }
  std::sort(entries.begin(), entries.end(), [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  share_between_threads(open, entries);
  std::erase_if(entries, [](const FolderEntry& entry) { return entry.name.empty(); });
  for (const FolderEntry& entry : entries) {
    if (entry.regular) continue;
    return failure(ErrorCode::io, "`" + (fs::path(folder) / entry.name).string() + "` is no regular file",
                   "a pipe or a device in the folder could keep its reader waiting for ever: take it out");
  }
  return entries;
}

}  // namespace quis
