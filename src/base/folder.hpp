#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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
  bool regular = true;             ///< false for pipes, sockets and devices
};

/// The files, not the folders, directly in a folder whose names are wanted; sorted by name, so that nothing depends on
/// the file system's order. Links are followed; fails when one of them is a pipe or a device. Looking at 10,000 files
/// takes some ten milliseconds; several threads share it.
[[nodiscard]] Result<std::vector<FolderEntry>> list_folder(const std::string& folder,
                                                           const std::function<bool(std::string_view)>& wanted);

}  // namespace quis
