#include "cli/case_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/files_below.hpp"

namespace quis::cli {
namespace {

namespace fs = std::filesystem;

fs::path resolve(const fs::path& case_file, std::string_view relative) {
  std::error_code ignored;
  for (fs::path folder = fs::absolute(case_file, ignored).parent_path();; folder = folder.parent_path()) {
    fs::path candidate = folder / relative;
    if (fs::exists(candidate, ignored)) return candidate;
    if (folder == folder.parent_path()) return case_file.parent_path() / relative;
  }
}

/// Reads the members of one JSON object, and keeps the first thing that is wrong with it.
class MemberReader {
 public:
  MemberReader(const boost::json::object& object, const std::string& file, std::string_view text, std::string pointer)
      : object_(object), file_(file), text_(text), pointer_(std::move(pointer)) {}

  const boost::json::value* find(std::string_view key, bool required = false) {
    const auto* value = object_.if_contains(key);
    if (value == nullptr && required) complain("", "the member `" + std::string(key) + "` is missing");
    return value;
  }

  std::string string(std::string_view key, bool required) {
    const auto* value = find(key, required);
    if (value == nullptr) return {};
    if (value->is_string()) return std::string(std::string_view(value->get_string()));
    complain("/" + std::string(key), "`" + std::string(key) + "` is not a string");
    return {};
  }

  std::optional<bool> boolean(std::string_view key) {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_bool()) return value->get_bool();
    complain("/" + std::string(key), "`" + std::string(key) + "` is not true or false");
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> sorted_strings(std::string_view key) {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    const auto* array = value->if_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      if (const auto* text = (*array)[i].if_string()) texts.emplace_back(std::string_view(*text));
    }
    if (array == nullptr || texts.size() != array->size()) {
      complain("/" + std::string(key), "`" + std::string(key) + "` is not an array of strings");
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  void complain(const std::string& pointer, std::string message) {
    if (wrong_.empty()) {
      wrong_.push_back(json::at(text_, file_, pointer_ + pointer, ErrorCode::invalid_json, std::move(message),
                                "a case has `policies`, `entities`, perhaps `schema`, and `requests`"));
    }
  }

  [[nodiscard]] const Errors& wrong() const noexcept { return wrong_; }

 private:
  const boost::json::object& object_;
  const std::string& file_;
  std::string_view text_;
  std::string pointer_;
  Errors wrong_;
};

bool is_case_file(std::string_view name) {
  constexpr std::array<std::string_view, 4> kCompanions = {".entities.json", ".policies.json", ".cedarschema.json",
                                                           ".validation.json"};
  return name.ends_with(".json") && name != "entities.json" &&
         std::none_of(kCompanions.begin(), kCompanions.end(), [&](auto end) { return name.ends_with(end); });
}

Result<CaseRequest> read_request(const boost::json::value& value, const std::string& file, std::string_view text,
                                 std::size_t index) {
  const std::string pointer = "/requests/" + std::to_string(index);
  const auto* object = value.if_object();
  if (object == nullptr) {
    return failure(json::at(text, file, pointer, ErrorCode::invalid_json, "a request is an object"));
  }
  MemberReader members(*object, file, text, pointer);
  CaseRequest request;
  request.json = json::to_compact_text(value);
  request.validate = members.boolean("validateRequest").value_or(true);
  const std::string decision = members.string("decision", false);
  if (decision == "allow" || decision == "deny") {
    request.expected.permitted = decision == "allow";
  } else if (!decision.empty()) {
    members.complain("/decision", "`decision` is `allow` or `deny`");
  }
  request.expected.reason = members.sorted_strings("reason");
  request.expected.errors = members.sorted_strings("errors");
  if (!members.wrong().empty()) return tl::make_unexpected(members.wrong());
  return request;
}

}  // namespace

Result<CaseFile> read_case_file(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::make_unexpected(text.error());
  const auto document = json::parse(*text, path);
  if (!document) return tl::make_unexpected(document.error());
  const auto* object = document->if_object();
  if (object == nullptr) {
    return failure(json::at(*text, path, "", ErrorCode::invalid_json, "a case is a JSON object",
                            "a case has `policies`, `entities`, perhaps `schema`, and `requests`"));
  }
  MemberReader members(*object, path, *text, "");
  CaseFile result;
  result.policies = resolve(path, members.string("policies", true)).string();
  result.entities = resolve(path, members.string("entities", true)).string();
  const std::string schema = members.string("schema", false);
  if (!schema.empty()) result.schema = resolve(path, schema).string();
  result.policies_are_json = members.string("policyFormat", false) == "json" || result.policies.ends_with(".json");
  result.schema_is_json = members.string("schemaFormat", false) == "json" || result.schema.ends_with(".json");
  result.should_validate = members.boolean("shouldValidate");
  const auto* requests = members.find("requests", true);
  if (requests != nullptr && !requests->is_array()) members.complain("/requests", "`requests` is not an array");
  if (!members.wrong().empty()) return tl::make_unexpected(members.wrong());
  for (const boost::json::value& value : requests->get_array()) {
    auto request = read_request(value, path, *text, result.requests.size());
    if (!request) return tl::make_unexpected(std::move(request.error()));
    result.requests.push_back(std::move(*request));
  }
  return result;
}

Result<std::vector<std::string>> find_case_files(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  auto files = files_below(path, is_case_file);
  if (files && files->empty()) {
    return failure(ErrorCode::io, "there are no cases below `" + path + "`",
                   "name a folder with `.json` files of cases, or the files themselves");
  }
  return files;
}

}  // namespace quis::cli
