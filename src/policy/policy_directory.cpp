#include <quis/policy/policy_directory.hpp>

#include <filesystem>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include <quis/base/digest.hpp>
#include <quis/base/limits.hpp>

#include "base/file.hpp"
#include "base/folder.hpp"
#include "base/sha256.hpp"
#include "policy/numbered_policies.hpp"
#include "policy/reparse.hpp"

namespace quis {
namespace {

namespace fs = std::filesystem;

/// As the extension of a path: a name that is nothing else has none.
bool has_extension(std::string_view name, std::string_view extension) {
  return name.ends_with(extension) && name.size() > extension.size() && name[name.size() - extension.size() - 1] != '/';
}
bool is_json(std::string_view name) { return has_extension(name, ".json"); }
bool is_policy_file(std::string_view name) { return is_json(name) || has_extension(name, ".cedar"); }

/// What is known of a file.
struct KnownFile {
  std::optional<FileStamp> trusted;  ///< while it has this stamp, its content is what was parsed
  std::optional<Digest> content;     ///< of what was parsed; nullopt before anything was, and where `text` is kept
  std::string text;                  ///< what was parsed, where it is Cedar and long enough to be worth keeping
  PolicySet policies;

  [[nodiscard]] bool says(const std::string& now) const {
    return text.empty() ? content && *content == sha256(now) : text == now;
  }
};

/// A file from here on is parsed around its changes only: there is more to gain than its text takes.
constexpr std::size_t kWorthKeeping = std::size_t{1} << 15U;

}  // namespace

struct PolicyDirectory::State {
  std::string path;
  std::map<std::string, KnownFile> files;
  Work work;

  Result<void> refresh(const FolderEntry& entry, KnownFile& file);
  static Result<PolicySet> parse_again(const KnownFile& file, const std::string& text, const std::string& name,
                                       const std::string& prefix);
  Result<PolicySet> together() const;
};

/// The policies of Cedar text, with the help of those that the file had.
Result<PolicySet> PolicyDirectory::State::parse_again(const KnownFile& file, const std::string& text,
                                                      const std::string& name, const std::string& prefix) {
  if (!file.text.empty()) {
    std::vector<const PolicyBody*> known;
    const auto entries = file.policies.in_order();
    known.reserve(entries.size());
    for (const PolicySet::Entry& entry : entries)
      known.push_back(entry.policy != nullptr ? entry.policy->body.get() : entry.policy_template->body.get());
    if (auto bodies = reparse_policies(file.text, known, text, name))
      return numbered_policies(*std::move(bodies), prefix);
  }
  return numbered_policies(text, name, prefix);
}

/// Makes `file` say what the file says now. When that is wrong it keeps what it had, but does not trust it.
Result<void> PolicyDirectory::State::refresh(const FolderEntry& entry, KnownFile& file) {
  if (entry.stamp && file.trusted == entry.stamp) return {};
  file.trusted.reset();
  const fs::path full = fs::path(path) / entry.name;
  const std::string name = full.string();
  ++work.read;
  auto text = read_file(name);
  if (!text) return tl::unexpected(std::move(text.error()));
  if (!file.says(*text)) {
    ++work.parsed;
    const bool json = is_json(entry.name);
    auto policies =
        json ? PolicySet::from_json(*text, name) : parse_again(file, *text, name, full.stem().string() + "/");
    if (!policies) return tl::unexpected(std::move(policies.error()));
    file.policies = *std::move(policies);
    const bool keep = !json && text->size() >= kWorthKeeping;
    file.content = keep ? std::nullopt : std::optional(sha256(*text));
    file.text = keep ? *std::move(text) : std::string();
  }
  file.trusted = entry.stamp;
  return {};
}

/// All files as one set; errors name the file whose id was taken before.
Result<PolicySet> PolicyDirectory::State::together() const {
  PolicySet set;
  Errors errors;
  for (const auto& [name, file] : files) {
    for (const PolicySet::Entry& entry : file.policies.in_order()) {
      auto added = entry.policy != nullptr ? set.add(*entry.policy) : set.add(*entry.policy_template);
      if (added) continue;
      for (Diagnostic& error : added.error()) error.source = (fs::path(path) / name).string();
      std::move(added.error().begin(), added.error().end(), std::back_inserter(errors));
      if (errors.size() >= limits::kMaxReportedErrors) return tl::unexpected(std::move(errors));
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return set;
}

PolicyDirectory::PolicyDirectory(std::string path) : state_(std::make_unique<State>()) {
  state_->path = std::move(path);
}
PolicyDirectory::PolicyDirectory(PolicyDirectory&&) noexcept = default;
PolicyDirectory& PolicyDirectory::operator=(PolicyDirectory&&) noexcept = default;
PolicyDirectory::~PolicyDirectory() = default;

PolicyDirectory::Work PolicyDirectory::last_work() const noexcept { return state_->work; }

Result<PolicySet> PolicyDirectory::load() {
  State& state = *state_;
  state.work = {};
  const std::int64_t now = file_clock_now();  // before looking at anything: see FileStamp::settled
  auto entries = list_folder(state.path, is_policy_file);
  if (!entries) return tl::unexpected(std::move(entries.error()));
  state.work.files = entries->size();

  Errors errors;
  std::map<std::string, KnownFile> known = std::exchange(state.files, {});
  for (FolderEntry& entry : *entries) {
    if (entry.stamp && !entry.stamp->settled(now)) entry.stamp.reset();
    auto node = known.extract(entry.name);
    const auto file = node ? state.files.insert(state.files.end(), std::move(node))
                           : state.files.emplace_hint(state.files.end(), entry.name, KnownFile{});
    if (errors.size() < limits::kMaxReportedErrors) {
      if (auto done = state.refresh(entry, file->second); !done) {
        std::move(done.error().begin(), done.error().end(), std::back_inserter(errors));
      }
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return state.together();
}

Result<PolicySet> PolicySet::from_directory(const std::string& path) { return PolicyDirectory(path).load(); }

Result<PolicySet> PolicySet::from_file(const std::string& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(std::move(text.error()));
  return is_json(path) ? from_json(*text, path) : from_text(*text, path);
}

}  // namespace quis
