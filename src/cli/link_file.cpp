#include "cli/link_file.hpp"

#include <filesystem>
#include <system_error>

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
                      std::string(std::string_view(link_id->get_string())),
                      {}};
  if (const auto read = read_slots(result, *args, pointer + "/args", source, text); !read) {
    return tl::make_unexpected(read.error());
  }
  return result;
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
    link.slots.emplace_back(std::string_view(slot), std::string_view(value.get_string()));
  }
  return {};
}

Result<std::vector<TemplateLink>> read_links(const std::string& path) {
  std::vector<TemplateLink> links;
  const auto text = read_input(path);
  if (!text) return tl::make_unexpected(text.error());
  if (text->empty()) return links;
  const auto read = json::for_each_element(
      *text, input_name(path), [&](const boost::json::value& element, std::size_t index) -> Result<void> {
        auto link = read_link(element, "/" + std::to_string(index), input_name(path), *text);
        if (!link) return tl::make_unexpected(std::move(link.error()));
        links.push_back(std::move(*link));
        return {};
      });
  if (!read) return tl::make_unexpected(read.error());
  return links;
}

Result<std::vector<TemplateLink>> links_or_none(const std::string& path) {
  std::error_code ignored;
  if (path != kStandardInput && !std::filesystem::exists(path, ignored)) return std::vector<TemplateLink>();
  return read_links(path);
}

Result<void> add_link(PolicySet& policies, const TemplateLink& link, const std::string& source) {
  EntityId principal;
  EntityId resource;
  for (const auto& [slot, text] : link.slots) {
    const auto uid = parse_entity_uid(text, Names(), source);
    if (!uid) return tl::make_unexpected(uid.error());
    (slot == "?principal" ? principal : resource) = *uid;
  }
  auto linked = policies.link(link.template_id, link.link_id, principal, resource);
  if (linked) return linked;
  for (Diagnostic& error : linked.error()) {
    if (error.source.empty()) error.source = source;
  }
  return linked;
}

Result<void> add_links(PolicySet& policies, const std::string& path, bool may_lack) {
  const auto links = may_lack ? links_or_none(path) : read_links(path);
  if (!links) return tl::make_unexpected(links.error());
  for (const TemplateLink& link : *links) {
    if (auto added = add_link(policies, link, input_name(path)); !added) return added;
  }
  return {};
}

std::string to_json(const std::vector<TemplateLink>& links) {
  boost::json::array array;
  for (const TemplateLink& link : links) {
    boost::json::object args;
    for (const auto& [slot, uid] : link.slots) args[slot] = uid;
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
