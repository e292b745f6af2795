#include "cli/output_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace quis::cli {

Result<void> replace_file(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);
  if (error) return failure(ErrorCode::io, "cannot find `" + path + "`: " + error.message());
  fs::path beside = target;
  beside += ".quis-" + std::to_string(::getpid());
  {
    std::ofstream out(beside, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) {
      fs::remove(beside, error);
      return failure(ErrorCode::io, "cannot write `" + path + "`", "check the folder's permissions and free space");
    }
  }
  const fs::file_status status = fs::status(target, error);
  if (!error && fs::exists(status)) fs::permissions(beside, status.permissions(), error);
  fs::rename(beside, target, error);
  if (!error) return {};
  std::error_code ignored;
  fs::remove(beside, ignored);
  return failure(ErrorCode::io, "cannot replace `" + path + "`: " + error.message());
}

}  // namespace quis::cli
