#include "cli/inputs.hpp"

#include <filesystem>
#include <system_error>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

namespace quis::cli {
namespace {

constexpr const char* kStandardInput = "-";

std::string shown_name(const std::string& path) { return path == kStandardInput ? "<stdin>" : path; }

bool is_json(const std::string& path, const std::string& format) {
  return format.empty() ? path.ends_with(".json") : format == "json";
}

void add_format(CLI::App& verb, const char* flag, std::string& format) {
  verb.add_option(flag, format, "`cedar` or `json`; by the file's name when left out")
      ->check(CLI::IsMember({"cedar", "json"}));
}

/// One element of a file of links: `{"template_id", "link_id", "args": {"?principal": "User::\"alice\""}}`.
Result<void> add_link(PolicySet& policies, const boost::json::value& link, std::size_t index, const std::string& source,
                      std::string_view text) {
  const std::string pointer = "/" + std::to_string(index);
  const auto wrong = [&](const char* message) {
    return failure(json::at(text, source, pointer, ErrorCode::invalid_json, message,
                            R"(write {"template_id": …, "link_id": …, "args": {"?principal": "User::\"alice\""}})"));
  };
  const auto* object = link.if_object();
  const auto* template_id = object != nullptr ? object->if_contains("template_id") : nullptr;
  const auto* link_id = object != nullptr ? object->if_contains("link_id") : nullptr;
  const auto* args = object != nullptr ? object->if_contains("args") : nullptr;
  if (template_id == nullptr || link_id == nullptr || args == nullptr || !template_id->is_string() ||
      !link_id->is_string() || !args->is_object()) {
    return wrong("a link has string `template_id` and `link_id` and an object `args`");
  }
  EntityId principal;
  EntityId resource;
  for (const auto& [slot, value] : args->get_object()) {
    if ((slot != "?principal" && slot != "?resource") || !value.is_string()) {
      return wrong("`args` maps `?principal` and `?resource` to entity uids in text");
    }
    const auto uid = parse_entity_uid(std::string_view(value.get_string()), Names(), source);
    if (!uid) return tl::make_unexpected(uid.error());
    (slot == "?principal" ? principal : resource) = *uid;
  }
  return policies.link(std::string_view(template_id->get_string()), std::string(link_id->get_string()), principal,
                       resource);
}

}  // namespace

Result<std::string> read_input(const std::string& path) {
  return read_file(path == kStandardInput ? "/dev/stdin" : path);
}

Result<std::string> read_context(const std::string& context) {
  if (context.empty()) return std::string("{}");
  return context.starts_with('{') ? context : read_input(context);
}

void PolicyInput::add_to(CLI::App& verb) {
  verb.add_option("-p,--policies", path, "File or folder with the policies; standard input when left out");
  add_format(verb, "--policy-format", format);
  verb.add_option("-k,--template-linked", links, "File with links of templates (JSON)");
}

Result<PolicySet> PolicyInput::load() const {
  std::error_code ignored;
  auto policies = [&]() -> Result<PolicySet> {
    if (std::filesystem::is_directory(path, ignored)) return PolicySet::from_directory(path);
    const auto text = read_input(path);
    if (!text) return tl::make_unexpected(text.error());
    return is_json(path, format) ? PolicySet::from_json(*text, shown_name(path))
                                 : PolicySet::from_text(*text, shown_name(path));
  }();
  if (!policies || links.empty()) return policies;
  const auto text = read_input(links);
  if (!text) return tl::make_unexpected(text.error());
  const auto linked = json::for_each_element(*text, links, [&](const boost::json::value& link, std::size_t index) {
    return add_link(*policies, link, index, links, *text);
  });
  if (!linked) return tl::make_unexpected(linked.error());
  return policies;
}

void SchemaInput::add_to(CLI::App& verb) {
  verb.add_option("-s,--schema", path, "File with the schema");
  add_format(verb, "--schema-format", format);
}

Result<std::optional<Schema>> SchemaInput::load() const {
  if (path.empty()) return std::optional<Schema>();
  const auto text = read_input(path);
  if (!text) return tl::make_unexpected(text.error());
  auto schema =
      is_json(path, format) ? parse_schema_json(*text, shown_name(path)) : parse_schema(*text, shown_name(path));
  if (!schema) return tl::make_unexpected(std::move(schema.error()));
  return std::optional<Schema>(std::move(*schema));
}

void EntitiesInput::add_to(CLI::App& verb, bool required) {
  verb.add_option("--entities", path, "File with the entities (JSON)")->required(required);
}

Result<Entities> EntitiesInput::load(const std::optional<Schema>& schema) const {
  if (path.empty()) return Entities::from_json("[]", schema ? &*schema : nullptr);
  const auto text = read_input(path);
  if (!text) return tl::make_unexpected(text.error());
  return Entities::from_json(*text, schema ? &*schema : nullptr, shown_name(path));
}

void RequestInput::add_to(CLI::App& verb) {
  auto* whole =
      verb.add_option("--request-json", request_json,
                      "File with the whole request: an object with `principal`, `action`, `resource`, `context`");
  verb.add_option("-l,--principal", principal, "Principal, e.g. 'User::\"alice\"'")->excludes(whole);
  verb.add_option("-a,--action", action, "Action, e.g. 'Action::\"view\"'")->excludes(whole);
  verb.add_option("-r,--resource", resource, "Resource, e.g. 'Photo::\"cat.jpg\"'")->excludes(whole);
  verb.add_option("-c,--context", context, "Context: a file with a JSON object, or the object itself")->excludes(whole);
  verb.add_option("--request-validation", validate, "Whether to check the request against the schema")
      ->capture_default_str();
}

bool RequestInput::given() const {
  return !principal.empty() || !action.empty() || !resource.empty() || !context.empty() || !request_json.empty();
}

Result<OwnedRequest> RequestInput::load(const std::optional<Schema>& schema) const {
  const Schema* declared = schema ? &*schema : nullptr;
  if (!request_json.empty()) {
    const auto text = read_input(request_json);
    if (!text) return tl::make_unexpected(text.error());
    return OwnedRequest::from_json(*text, declared, validate, shown_name(request_json));
  }
  if (principal.empty() || action.empty() || resource.empty()) {
    return failure(ErrorCode::invalid_argument, "a request needs a principal, an action and a resource",
                   "give --principal, --action and --resource, or --request-json");
  }
  const auto context_json = read_context(context);
  if (!context_json) return tl::make_unexpected(context_json.error());
  return OwnedRequest::from_text(principal, action, resource, *context_json, declared, validate);
}

}  // namespace quis::cli
