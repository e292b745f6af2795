#include "base/folder.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <system_error>

#if defined(__unix__) || defined(__APPLE__)
#define QUIS_HAS_STAT 1
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>
#endif

#include "base/parallel.hpp"

namespace quis {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;

enum class FileKind { file, folder, other, unknown };

#ifdef QUIS_HAS_STAT
std::int64_t nanoseconds(const timespec& time) noexcept {
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + static_cast<std::int64_t>(time.tv_nsec);
}

FileStamp stamp_of(const struct stat& status) noexcept {
#ifdef __APPLE__
  const timespec& modified = status.st_mtimespec;
  const timespec& changed = status.st_ctimespec;
#else
  const timespec& modified = status.st_mtim;
  const timespec& changed = status.st_ctim;
#endif
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), nanoseconds(modified), nanoseconds(changed)};
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

  /// Its own stamp; nullopt when it cannot be told.
  [[nodiscard]] std::optional<FileStamp> stamp() const noexcept {
    struct stat status = {};
    if (stream_ == nullptr || ::fstat(::dirfd(stream_), &status) != 0) return std::nullopt;
    return stamp_of(status);
  }

  /// The names in it that are wanted, in no order, and those of folders that are not hidden; the file system's words
  /// for an error are in `error`.
  std::vector<FolderEntry> names(FolderFiles::IsWanted wanted, std::vector<std::string>& folders) {
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
      if (!name.starts_with('.') && is_folder(*entry)) folders.emplace_back(name);
    }
    return entries;
  }

  [[nodiscard]] std::error_code error() const noexcept { return {error_, std::generic_category()}; }
  [[nodiscard]] FileKind look_at(const std::string& name, std::optional<FileStamp>& stamp) const;

 private:
  /// The system says at once what most entries are; links are followed.
  [[nodiscard]] bool is_folder(const dirent& entry) const {
    if (entry.d_type == DT_REG) return false;
    std::optional<FileStamp> unused;
    return entry.d_type == DT_DIR || look_at(entry.d_name, unused) == FileKind::folder;
  }

  DIR* stream_;
  int error_ = 0;
};

FileKind Folder::look_at(const std::string& name, std::optional<FileStamp>& stamp) const {
  struct stat status = {};
  if (::fstatat(::dirfd(stream_), name.c_str(), &status, 0) != 0) return FileKind::unknown;
  if (S_ISDIR(status.st_mode)) return FileKind::folder;
  if (!S_ISREG(status.st_mode)) return FileKind::other;
  stamp = stamp_of(status);
  return FileKind::file;
}
#else
class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path) {}

  [[nodiscard]] static std::optional<FileStamp> stamp() noexcept { return std::nullopt; }

  std::vector<FolderEntry> names(FolderFiles::IsWanted wanted, std::vector<std::string>& folders) {
    std::vector<FolderEntry> entries;
    for (fs::directory_iterator entry(path_, error_), end; !error_ && entry != end; entry.increment(error_)) {
      std::string name = entry->path().filename().string();
      std::error_code unknown;
      if (!name.starts_with('.') && entry->is_directory(unknown)) folders.push_back(name);
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

/// Fills the stamps of `entries`, and their kinds.
void look_at_all(const Folder& folder, std::span<FolderEntry> entries, std::span<FileKind> kinds) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].stamp.reset();
    kinds[i] = folder.look_at(entries[i].name, entries[i].stamp);
  }
}

std::vector<FileKind> look_in_threads(const Folder& folder, std::span<FolderEntry> entries) {
  constexpr std::size_t kShare = 500;  // worth a thread
  std::vector<FileKind> kinds(entries.size(), FileKind::unknown);
  in_parallel((entries.size() + kShare - 1) / kShare, [&](std::size_t share) {
    const std::size_t begin = share * kShare;
    const std::size_t size = std::min(kShare, entries.size() - begin);
    look_at_all(folder, entries.subspan(begin, size), std::span(kinds).subspan(begin, size));
  });
  return kinds;
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

Result<void> FolderFiles::look(std::int64_t now) {
  Folder folder(path_);
  const std::optional<FileStamp> stamp = folder.stamp();  // before the names are read: what comes later shows next time
  const bool same_names = stamp && stamp == trusted_;
  trusted_.reset();
  if (!same_names) {
    folders_.clear();
    entries_ = folder.names(wanted_, folders_);
    std::ranges::sort(folders_);
    std::sort(entries_.begin(), entries_.end(),
              [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  }
  if (folder.error()) {
    return failure(ErrorCode::io, "cannot read the folder `" + path_ + "`: " + folder.error().message(),
                   "name a folder that holds `.cedar` or `.json` files");
  }
  const std::vector<FileKind> kinds = look_in_threads(folder, entries_);
  std::size_t files = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (kinds[i] == FileKind::other) {
      return failure(ErrorCode::io, "`" + (fs::path(path_) / entries_[i].name).string() + "` is no regular file",
                     "a pipe or a device in the folder could keep its reader waiting for ever: take it out");
    }
    if (kinds[i] == FileKind::folder) continue;
    if (files != i) entries_[files] = std::move(entries_[i]);
    ++files;
  }
  // What is a folder now may be a link to one, and to a file next time: its name is read again.
  const bool whole = files == entries_.size();
  entries_.resize(files);
  trusted_ = whole && stamp && stamp->settled(now) ? stamp : std::nullopt;
  return {};
}

}  // namespace quis
