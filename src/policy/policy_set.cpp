#include <quis/policy/policy_set.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <quis/base/limits.hpp>

#include "base/file.hpp"
#include "policy/parser.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

namespace fs = std::filesystem;

bool is_json(const fs::path& path) { return path.extension() == ".json"; }
bool is_policy_file(const fs::path& path) { return is_json(path) || path.extension() == ".cedar"; }

/// Adds the policies of one text as `<prefix>policy0`, `<prefix>policy1`, …
Result<void> add_text(PolicySet& set, std::string_view text, std::string_view source_name, std::string_view prefix) {
  auto bodies = parse_policies(text, source_name);
  if (!bodies) return tl::unexpected(std::move(bodies.error()));
  std::size_t position = 0;
  for (PolicyBody& parsed : *bodies) {
    std::string id = fmt::format("{}policy{}", prefix, position++);
    auto body = std::make_shared<const PolicyBody>(std::move(parsed));
    auto added = body->is_template() ? set.add(Template{std::move(id), std::move(body)})
                                     : set.add(Policy{std::move(id), std::move(body), std::nullopt, {}, {}});
    if (!added) return added;
  }
  return {};
}

/// Adds everything in `from`; the errors name the file that it came from.
Result<void> add_all(PolicySet& set, const PolicySet& from, const std::string& source_name) {
  const auto named = [&](Result<void> added) {
    if (!added) {
      for (Diagnostic& error : added.error()) error.source = source_name;
    }
    return added;
  };
  for (const Template& each : from.templates()) {
    if (auto added = named(set.add(each)); !added) return added;
  }
  for (const Policy& each : from.policies()) {
    if (auto added = named(set.add(each)); !added) return added;
  }
  return {};
}

/// The policy files directly in a folder, by name, so that the order does not depend on the file system.
Result<std::vector<fs::path>> policy_files(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_policy_file(entry->path())) continue;
    std::error_code ignored;  // a file that cannot be looked at is reported when it cannot be read
    if (!entry->is_directory(ignored)) files.push_back(entry->path());
  }
  if (error) {
    return failure(ErrorCode::io, fmt::format("cannot read the folder `{}`: {}", folder, error.message()),
                   "name a folder that holds `.cedar` or `.json` files");
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> taken(std::string_view id) {
  return failure(ErrorCode::duplicate_policy_id, fmt::format("the id {} is already taken", shown(id)),
                 "give each policy, template and link an id of its own");
}

/// Whether the values fit the slots, for `?principal` or `?resource`.
Result<void> check_slot(std::string_view slot, bool wanted, EntityId given, std::string_view template_id) {
  if (wanted == given.valid()) return {};
  if (wanted) {
    return failure(ErrorCode::invalid_link, fmt::format("the link gives no value for `{}`", slot),
                   fmt::format("template {} has this slot; name the entity that fills it", shown(template_id)));
  }
  return failure(ErrorCode::invalid_link, fmt::format("the link gives a value for `{}`", slot),
                 fmt::format("template {} has no such slot; leave the value out", shown(template_id)));
}

}  // namespace

Result<PolicySet> PolicySet::from_text(std::string_view text, std::string_view source_name) {
  PolicySet set;
  if (auto added = add_text(set, text, source_name, ""); !added) return tl::unexpected(std::move(added.error()));
  return set;
}

Result<PolicySet> PolicySet::from_file(const std::string& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(std::move(text.error()));
  return is_json(path) ? from_json(*text, path) : from_text(*text, path);
}

Result<PolicySet> PolicySet::from_directory(const std::string& path) {
  const auto files = policy_files(path);
  if (!files) return tl::unexpected(files.error());

  PolicySet set;
  Errors errors;
  for (const fs::path& file : *files) {
    const auto add_file = [&]() -> Result<void> {
      const std::string name = file.string();
      const auto text = read_file(name);
      if (!text) return tl::unexpected(text.error());
      if (!is_json(file)) return add_text(set, *text, name, file.stem().string() + "/");
      const auto from = from_json(*text, name);
      if (!from) return tl::unexpected(from.error());
      return add_all(set, *from, name);
    };
    if (auto added = add_file(); !added) {
      std::move(added.error().begin(), added.error().end(), std::back_inserter(errors));
      if (errors.size() >= limits::kMaxReportedErrors) break;
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return set;
}

Result<void> PolicySet::add(Policy policy) {
  if (find(policy.id) != nullptr || find_template(policy.id) != nullptr) return taken(policy.id);
  policy_index_.emplace(policy.id, policies_.size());
  policies_.push_back(std::move(policy));
  is_template_.push_back(false);
  return {};
}

Result<void> PolicySet::add(Template policy_template) {
  if (find(policy_template.id) != nullptr || find_template(policy_template.id) != nullptr)
    return taken(policy_template.id);
  template_index_.emplace(policy_template.id, templates_.size());
  templates_.push_back(std::move(policy_template));
  is_template_.push_back(true);
  return {};
}

Result<void> PolicySet::link(std::string_view template_id, std::string new_id, EntityId principal, EntityId resource) {
  const Template* from = find_template(template_id);
  if (from == nullptr) {
    return failure(ErrorCode::unknown_template, "there is no template " + shown(template_id),
                   find(template_id) != nullptr
                       ? "only a policy with `?principal` or `?resource` in its scope can be linked"
                       : "add the template before its links");
  }
  const PolicyBody& body = *from->body;
  if (auto fits = check_slot("?principal", body.principal.slot, principal, template_id); !fits) return fits;
  if (auto fits = check_slot("?resource", body.resource.slot, resource, template_id); !fits) return fits;
  return add(Policy{std::move(new_id), from->body, from->id, principal, resource});
}

const Policy* PolicySet::find(std::string_view id) const noexcept {
  const auto found = policy_index_.find(std::string(id));
  return found == policy_index_.end() ? nullptr : &policies_[found->second];
}

const Template* PolicySet::find_template(std::string_view id) const noexcept {
  const auto found = template_index_.find(std::string(id));
  return found == template_index_.end() ? nullptr : &templates_[found->second];
}

// A template without slots, which JSON allows, decides nothing; as text it would be a policy. So it has no text form
// either.
std::string PolicySet::to_text() const {
  std::string text;
  const auto append = [&text](const PolicyBody& body) {
    if (!text.empty()) text += "\n\n";
    text += quis::to_text(body);
  };
  auto next_policy = policies_.begin();
  auto next_template = templates_.begin();
  for (const bool is_template : is_template_) {
    if (is_template) {
      const PolicyBody& body = *(next_template++)->body;
      if (body.is_template()) append(body);
    } else {
      const Policy& policy = *next_policy++;
      if (!policy.template_id) append(*policy.body);
    }
  }
  return text;
}

}  // namespace quis
