#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// Where tests find their data.
///
/// Small samples stand in tests/data and are always there. The large conformance sets are kept outside the repository,
/// in the folder that `QUIS_SHARED` names (CMake variable, or environment variable at run time; by default `../shared`
/// beside the checkout). A test that does not find them says so on stderr and is reported as skipped, never as passed:
///
///     const auto corpus = quis::test::vectors("corpus-tests");
///     if (!corpus) return;
namespace quis::test {

inline int& skipped_count() {
  static int count = 0;
  return count;
}

inline std::optional<std::filesystem::path> existing_or_skip(const std::filesystem::path& path,
                                                             std::string_view remedy) {
  if (std::filesystem::exists(path)) return path;
  ++skipped_count();
  std::cerr << "SKIPPED: `" << path.string() << "` is not there; " << remedy << '\n';
  return std::nullopt;
}

/// A file or folder under tests/data.
inline std::filesystem::path data(std::string_view relative) {
  return std::filesystem::path(QUIS_TEST_DATA_DIR) / relative;
}

/// A file or folder of the shared folder, or nothing and a loud message.
inline std::optional<std::filesystem::path> shared(std::string_view relative) {
  const char* from_environment = std::getenv("QUIS_SHARED");
  const std::filesystem::path root = from_environment != nullptr ? from_environment : QUIS_SHARED_DIR;
  return existing_or_skip(root / relative, "set QUIS_SHARED to the folder that holds the vectors");
}

/// A conformance set that was unpacked from the shared folder when the build was configured: `handwritten`, `oopsla`,
/// `corpus-tests` (with its JSON schemas and validation verdicts), ...
inline std::optional<std::filesystem::path> vectors(std::string_view set) {
  return existing_or_skip(std::filesystem::path(QUIS_VECTORS_DIR) / set,
                          "configure again with -DQUIS_SHARED=<folder that holds the vectors>");
}

/// The bytes of a file. Throws when it cannot be read: in a test that is a failure with the file's name.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read `" + path.string() + "`");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace quis::test
