#include "cli/files_below.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include <quis/base/limits.hpp>

#include "base/file.hpp"

namespace quis::cli {
namespace {

namespace fs = std::filesystem;

class Walk {
 public:
  explicit Walk(bool (*wanted)(std::string_view name)) noexcept : wanted_(wanted) {}

  Result<std::vector<std::string>> run(const std::string& folder) {
    open_.emplace_back(folder);
    while (!open_.empty() && errors_.size() < limits::kMaxReportedErrors) {
      const fs::path next = std::move(open_.back());
      open_.pop_back();
      read(next);
    }
    if (!errors_.empty()) return tl::make_unexpected(std::move(errors_));
    std::sort(files_.begin(), files_.end());
    return std::move(files_);
  }

 private:
  void read(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) look(*entry);
    if (!error) return;
    refuse(failure(ErrorCode::io, "cannot read the folder `" + folder.string() + "`: " + error.message(),
                   "make it readable, or take it out"));
  }

  void look(const fs::directory_entry& entry) {
    std::error_code ignored;
    if (fs::is_directory(entry.symlink_status(ignored))) {
      open_.push_back(entry.path());
      return;
    }
    if (!wanted_(entry.path().filename().string())) return;
    const std::string file = entry.path().string();
    if (auto named = check_file_name(file); !named) return refuse(tl::make_unexpected(std::move(named.error())));
    const fs::file_status status = entry.status(ignored);
    if (fs::is_regular_file(status)) {
      files_.push_back(file);
    } else if (fs::is_symlink(entry.symlink_status(ignored)) && !fs::exists(status)) {
      refuse(failure(ErrorCode::io, "`" + file + "` is a link that leads to no file", "mend the link, or take it out"));
    } else {
      refuse(failure(ErrorCode::io, "`" + file + "` is no regular file",
                     "a pipe or a device could keep its reader waiting for ever: take it out"));
    }
  }

  void refuse(tl::unexpected<Errors> why) {
    std::move(why.value().begin(), why.value().end(), std::back_inserter(errors_));
  }

  bool (*wanted_)(std::string_view name);
  std::vector<fs::path> open_;
  std::vector<std::string> files_;
  Errors errors_;
};

}  // namespace

Result<std::vector<std::string>> files_below(const std::string& folder, bool (*wanted)(std::string_view name)) {
  return Walk(wanted).run(folder);
}

}  // namespace quis::cli
