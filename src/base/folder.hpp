#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/result.hpp>

namespace quis {

/// What the system says of a file without reading it: which file it is, and when it was written last.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds of the wall clock; whoever may write can set this one
  std::int64_t changed = 0;   ///< likewise; set by the system alone, at every write

  friend bool operator==(const FileStamp&, const FileStamp&) = default;

  /// Whether every write after `now` is certain to give the file another stamp: the times of a file are as coarse as
  /// the ticks of its system's clock, so a write soon after the one before may have the same.
  [[nodiscard]] bool settled(std::int64_t now) const noexcept;
};

/// The wall clock, to compare stamps with.
[[nodiscard]] std::int64_t file_clock_now() noexcept;

struct FolderEntry {
  std::string name;
  std::optional<FileStamp> stamp;  ///< nullopt where the system has none or does not tell
};

/// The files, not the folders, directly in a folder whose names are wanted, to be looked at again and again.
///
/// Looking at 10,000 files takes some ten milliseconds, shared by several threads. Reading their names takes half as
/// much again, and is done only when the folder has another stamp than before: every name that comes or goes is a write
/// to the folder itself.
class FolderFiles {
 public:
  using IsWanted = bool (*)(std::string_view name);

  /// Looks at nothing yet.
  FolderFiles(std::string path, IsWanted wanted) : path_(std::move(path)), wanted_(wanted) {}

  /// Looks at all files. `now`: the clock before anything was looked at. Links are followed; fails when one of the
  /// files is a pipe or a device, or the folder cannot be read.
  [[nodiscard]] Result<void> look(std::int64_t now);

  /// What the last `look` saw, unless it failed; sorted by name, so that nothing depends on the file system's order.
  [[nodiscard]] std::span<const FolderEntry> entries() const noexcept { return entries_; }
  /// The names of the folders in it, but of those that are hidden (`.git`), sorted.
  [[nodiscard]] std::span<const std::string> folders() const noexcept { return folders_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  IsWanted wanted_;
  std::optional<FileStamp> trusted_;  ///< while the folder has this stamp, the names in it are those of `entries_`
  std::vector<FolderEntry> entries_;
  std::vector<std::string> folders_;
};

}  // namespace quis
