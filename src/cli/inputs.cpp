#include "cli/inputs.hpp"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include <quis/policy/schema_parser.hpp>

#include "base/file.hpp"
#include "cli/link_file.hpp"

namespace quis::cli {
namespace {

bool is_json(const std::string& path, const std::string& format) {
  return format.empty() ? path.ends_with(".json") : format == "json";
}

void add_format(Verb verb, const char* flag, std::string& format) {
  verb.option(flag, format, "`cedar` or `json`; by the file's name when left out").one_of({"cedar", "json"});
}

Result<PolicySet> read_policies(const PolicyInput& input, SourceTexts& texts) {
  std::error_code ignored;
  bool is_text = true;
  auto policies = [&]() -> Result<PolicySet> {
    if (std::filesystem::is_directory(input.path, ignored)) {
      auto read = PolicySet::from_directory(input.path);
      if (!read || read->size() != 0) return read;
      return failure(ErrorCode::invalid_argument, "the folder `" + input.path + "` holds no policies",
                     "name a folder with `.cedar` or `.json` files");
    }
    auto text = read_input(input.path);
    if (!text) return tl::make_unexpected(text.error());
    is_text = !is_json(input.path, input.format);
    const std::string name = input_name(input.path);
    auto read = is_text ? PolicySet::from_text(*text, name) : PolicySet::from_json(*text, name);
    texts.add(name, std::move(*text));
    return read;
  }();
  return policies && is_text && input.ids == "annotation" ? named_by_annotation(*policies) : policies;
}

}  // namespace

Result<PolicySet> named_by_annotation(const PolicySet& policies) {
  const auto name = [](const auto& policy) {
    const std::string* id = policy.body->annotation("id");
    return id != nullptr ? *id : policy.id;
  };
  PolicySet renamed;
  for (Template policy_template : policies.templates()) {
    policy_template.id = name(policy_template);
    if (auto added = renamed.add(std::move(policy_template)); !added) return tl::make_unexpected(added.error());
  }
  for (Policy policy : policies.policies()) {
    // The annotations of a link are those of its template; it has an id of its own.
    if (policy.template_id) {
      policy.template_id = name(*policies.find_template(*policy.template_id));
    } else {
      policy.id = name(policy);
    }
    if (auto added = renamed.add(std::move(policy)); !added) return tl::make_unexpected(added.error());
  }
  return renamed;
}

Result<std::string> read_input(const std::string& path) {
  if (path != kStandardInput) return read_file(path);
  // What is read a second time is empty, and a policy set that is empty is valid.
  static bool was_read = false;
  if (std::exchange(was_read, true)) {
    return failure(ErrorCode::invalid_argument, "standard input was read already", "name files for all inputs but one");
  }
  if (::isatty(STDIN_FILENO) == 1) std::cerr << "reading standard input; end it with Ctrl-D, or name a file\n";
  return read_file("/dev/stdin");
}

Result<std::string> read_context(const std::string& context) {
  if (context.empty()) return std::string("{}");
  return context.starts_with('{') ? context : read_input(context);
}

std::string input_name(const std::string& path) { return path == kStandardInput ? "<stdin>" : path; }

void PolicyInput::add_to(Verb verb) {
  verb.option(
      "-p,--policies", path,
      "File or folder with the policies (its `.cedar` and `.json` files, but `*.test.json`, "
      "`*.cedarschema.json`, `entities.json` and `links.json`; none may be in a folder within it); standard input when "
      "left out");
  add_format(verb, "--policy-format", format);
  verb.option("--ids", ids,
              "What policies in Cedar text are called: by their `@id` where they have one (`annotation`), or "
              "policy0, policy1, ... by their place (`position`)")
      .one_of({"annotation", "position"})
      .show_default();
  verb.option("-k,--template-linked", links, "File with links of templates (JSON)");
}

const std::string& SourceTexts::find(const std::string& name) {
  const auto [found, is_new] = texts_.try_emplace(name);
  if (is_new) found->second = read_file(name).value_or(std::string());
  return found->second;
}

void SourceTexts::add_excerpts(Errors& diagnostics) {
  for (Diagnostic& each : diagnostics) {
    if (each.source.empty() || each.span.line == 0 || !each.source_line.empty()) continue;
    const std::string& text = find(each.source);
    if (each.span.offset >= text.size()) continue;
    attach_excerpt(each, text);
  }
}

Result<PolicySet> PolicyInput::load() const {
  SourceTexts ignored;
  return load(ignored);
}

Result<PolicySet> PolicyInput::load(SourceTexts& texts) const {
  auto policies = read_policies(*this, texts);
  if (!policies || links.empty()) return policies;
  if (auto added = add_links(*policies, links, may_lack_links); !added) return tl::make_unexpected(added.error());
  return policies;
}

void SchemaInput::add_to(Verb verb) {
  verb.option("-s,--schema", path, "File with the schema");
  add_format(verb, "--schema-format", format);
}

Result<std::optional<Schema>> SchemaInput::load(Errors* warnings) const {
  if (path.empty()) return std::optional<Schema>();
  const auto text = read_input(path);
  if (!text) return tl::make_unexpected(text.error());
  auto schema = is_json(path, format) ? parse_schema_json(*text, input_name(path))
                                      : parse_schema(*text, input_name(path), warnings);
  if (!schema) return tl::make_unexpected(std::move(schema.error()));
  return std::optional<Schema>(std::move(*schema));
}

void EntitiesInput::add_to(Verb verb, bool required) {
  verb.option("--entities", path, "File with the entities (JSON)").required(required);
}

Result<Entities> EntitiesInput::load(const std::optional<Schema>& schema) const {
  if (path.empty()) return Entities::from_json("[]", schema ? &*schema : nullptr);
  const auto text = read_input(path);
  if (!text) return tl::make_unexpected(text.error());
  return Entities::from_json(*text, schema ? &*schema : nullptr, input_name(path));
}

void RequestInput::add_to(Verb verb) {
  const Option whole =
      verb.option("--request-json", request_json,
                  "File with the whole request: an object with `principal`, `action`, `resource`, `context`");
  verb.option("-l,--principal", principal, "Principal, e.g. 'User::\"alice\"'").excludes(whole);
  verb.option("-a,--action", action, "Action, e.g. 'Action::\"view\"'").excludes(whole);
  verb.option("-r,--resource", resource, "Resource, e.g. 'Photo::\"cat.jpg\"'").excludes(whole);
  verb.option("-c,--context", context, "Context: a file with a JSON object, or the object itself").excludes(whole);
  verb.option("--request-validation", validate, "Whether to check the request against the schema").show_default();
}

bool RequestInput::given() const {
  return !principal.empty() || !action.empty() || !resource.empty() || !context.empty() || !request_json.empty();
}

Result<OwnedRequest> RequestInput::load(const std::optional<Schema>& schema) const {
  const Schema* declared = schema ? &*schema : nullptr;
  if (!request_json.empty()) {
    const auto text = read_input(request_json);
    if (!text) return tl::make_unexpected(text.error());
    return OwnedRequest::from_json(*text, declared, validate, input_name(request_json));
  }
  if (principal.empty() || action.empty() || resource.empty()) {
    return failure(ErrorCode::invalid_argument, "a request needs a principal, an action and a resource",
                   "give --principal, --action and --resource, or --request-json");
  }
  const auto context_json = read_context(context);
  if (!context_json) return tl::make_unexpected(context_json.error());
  // A context is read by its declared type even where the request is not to be checked; one that nobody gave is empty.
  if (!validate && context.empty()) declared = nullptr;
  return OwnedRequest::from_text(principal, action, resource, *context_json, declared, validate);
}

void DecisionInput::add_to(Verb verb, bool entities_required) {
  request.add_to(verb);
  policies.add_to(verb);
  schema.add_to(verb);
  entities.add_to(verb, entities_required);
}

Result<DecisionInput::Loaded> DecisionInput::load(SourceTexts& texts) const {
  const auto declared = schema.load();
  if (!declared) return tl::make_unexpected(declared.error());
  const auto set = policies.load(texts);
  if (!set) return tl::make_unexpected(set.error());
  const auto store = entities.load(*declared);
  if (!store) return tl::make_unexpected(store.error());
  Engine engine(World::build(*set, *store));
  auto asked = request.load(*declared);
  if (!asked) return tl::make_unexpected(std::move(asked.error()));
  return Loaded{std::move(engine), std::move(*asked)};
}

}  // namespace quis::cli
