#include "cli/link_file.hpp"

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/expression.hpp>

#include "base/json.hpp"
#include "cli/inputs.hpp"

namespace quis::cli {
namespace {

constexpr const char* kHelp = R"(write {"template_id": …, "link_id": …, "args": {"?principal": "User::\"alice\""}})";

tl::unexpected<Errors> wrong(std::string_view text, const std::string& source, const std::string& pointer,
                             const char* message) {
  return failure(json::at(text, source, pointer, ErrorCode::invalid_json, message, kHelp));
}

Result<TemplateLink> read_link(const boost::json::value& link, const std::string& pointer, const std::string& source,
                               std::string_view text) {
  const auto* object = link.if_object();
  const auto* template_id = object != nullptr ? object->if_contains("template_id") : nullptr;
  const auto* link_id = object != nullptr ? object->if_contains("link_id") : nullptr;
  const auto* args = object != nullptr ? object->if_contains("args") : nullptr;
  if (template_id == nullptr || link_id == nullptr || args == nullptr || !template_id->is_string() ||
      !link_id->is_string()) {
    return wrong(text, source, pointer, "a link has string `template_id` and `link_id` and an object `args`");
  }
  TemplateLink result{std::string(std::string_view(template_id->get_string())),
                      std::string(std::string_view(link_id->get_string())), EntityId{}, EntityId{}};
  if (const auto read = read_slots(result, *args, pointer + "/args", source, text); !read) {
    return tl::make_unexpected(read.error());
  }
  return result;
}

/// What is wrong with a link, at its place in the file.
Errors placed(Errors errors, const std::string& pointer, const LinkFile& file) {
  for (Diagnostic& error : errors) {
    const char* const member = error.code == ErrorCode::unknown_template      ? "/template_id"
                               : error.code == ErrorCode::duplicate_policy_id ? "/link_id"
                                                                              : "/args";
    error =
        json::at(file.text, file.source, pointer + member, error.code, std::move(error.message), std::move(error.help));
  }
  return errors;
}

}  // namespace

Result<void> read_slots(TemplateLink& link, const boost::json::value& slots, const std::string& pointer,
                        const std::string& source, std::string_view text) {
  constexpr const char* kMessage = "the arguments map `?principal` and `?resource` to entity uids in text";
  const auto* entries = slots.if_object();
  if (entries == nullptr) return wrong(text, source, pointer, kMessage);
  for (const auto& [slot, value] : *entries) {
    if ((slot != "?principal" && slot != "?resource") || !value.is_string()) {
      return wrong(text, source, pointer, kMessage);
    }
    const auto uid = parse_entity_uid(std::string_view(value.get_string()), Names(), source);
    if (!uid) {
      const Diagnostic& why = uid.error().front();
      return failure(json::at(text, source, pointer + "/" + std::string(std::string_view(slot)), why.code, why.message,
                              why.help.empty() ? R"(entity uids are written `Type::"id"`)" : why.help));
    }
    (slot == "?principal" ? link.principal : link.resource) = *uid;
  }
  return {};
}

Result<LinkFile> read_links(const std::string& path, bool may_lack) {
  LinkFile file;
  file.source = input_name(path);
  std::error_code ignored;
  if (may_lack && path != kStandardInput && !std::filesystem::exists(path, ignored)) return file;
  auto text = read_input(path);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  file.text = std::move(*text);
  if (file.text.empty()) return file;
  Errors errors;
  const auto read = json::for_each_element(
      file.text, file.source, [&](const boost::json::value& element, std::size_t index) -> Result<void> {
        auto link = read_link(element, "/" + std::to_string(index), file.source, file.text);
        if (link) {
          file.links.push_back(std::move(*link));
        } else {
          errors.insert(errors.end(), link.error().begin(), link.error().end());
          if (errors.size() >= json::reported_errors(file.text.size())) return tl::make_unexpected(Errors{});
        }
        return {};
      });
  if (!read) errors.insert(errors.end(), read.error().begin(), read.error().end());
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  return file;
}

Result<void> add_links(PolicySet& policies, const std::string& path, bool may_lack) {
  const auto file = read_links(path, may_lack);
  if (!file) return tl::make_unexpected(file.error());
  Errors errors;
  for (std::size_t i = 0; i < file->links.size() && errors.size() < json::reported_errors(file->text.size()); ++i) {
    const TemplateLink& link = file->links[i];
    auto linked = policies.link(link.template_id, link.link_id, link.principal, link.resource);
    if (linked) continue;
    Errors found = placed(std::move(linked.error()), "/" + std::to_string(i), *file);
    std::move(found.begin(), found.end(), std::back_inserter(errors));
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  return {};
}

std::string to_json(const std::vector<TemplateLink>& links) {
  boost::json::array array;
  for (const TemplateLink& link : links) {
    boost::json::object args;
    if (link.principal.valid()) args["?principal"] = to_text(link.principal);
    if (link.resource.valid()) args["?resource"] = to_text(link.resource);
    array.push_back(
        boost::json::object{{"template_id", link.template_id}, {"link_id", link.link_id}, {"args", std::move(args)}});
  }
  return json::to_text(array) + "\n";
}

std::string linked_text(const Policy& policy) {
  PolicyBody body = *policy.body;
  body.principal = policy.principal();
  body.resource = policy.resource();
  return to_text(body);
}

}  // namespace quis::cli
