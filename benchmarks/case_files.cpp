#include "case_files.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quis::bench {
namespace {

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.fail()) return failure(ErrorCode::io, "cannot write the file `" + path.string() + "`");
  return {};
}

std::string array_of(const std::vector<std::string>& items) { return fmt::format("[\n{}\n]", fmt::join(items, ",\n")); }

}  // namespace

std::string uid_json(std::string_view type, std::string_view id) {
  return fmt::format(R"({{"type":"{}","id":"{}"}})", type, id);
}

std::string entity_json(std::string_view type, std::string_view id, std::string_view attributes,
                        std::string_view parents, std::string_view tags) {
  const std::string tagged = tags.empty() ? "" : fmt::format(R"(,"tags":{{{}}})", tags);
  return fmt::format(R"({{"uid":{},"attrs":{{{}}},"parents":[{}]{}}})", uid_json(type, id), attributes, parents,
                     tagged);
}

std::string request_json(std::string_view principal, std::string_view action, std::string_view resource,
                         std::string_view context) {
  return fmt::format(R"({{"principal":{},"action":{},"resource":{},"context":{{{}}}}})", principal, action, resource,
                     context);
}

Result<void> write_case(const Case& written, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failure(ErrorCode::io, "cannot make the folder `" + folder + "`: " + error.message());
  const std::filesystem::path path(folder);
  const std::string requests =
      "{\n\"policies\": \"policies.cedar\",\n\"entities\": \"entities.json\",\n\"requests\": " +
      array_of(written.requests) + "\n}\n";
  return write_file(path / "policies.cedar", written.policies)
      .and_then([&] { return write_file(path / "entities.json", array_of(written.entities) + "\n"); })
      .and_then([&] { return write_file(path / "case.json", requests); });
}

}  // namespace quis::bench
