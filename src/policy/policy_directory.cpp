// Reading a folder again costs what changed in it, as far as the file system lets it: it takes a microsecond or two to
// say that one file is unchanged, and none of the files' policies is touched when none of them is new. Known files are
// kept in the order of the folder's entries, and the set that they make together is kept too: where a changed file has
// policies of the ids that it had before, only their bodies are exchanged in it. In every other case the set is put
// together anew, so that it is always what reading the folder for the first time gives.

#include <quis/policy/policy_directory.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <span>
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
/// Names that say that there are no policies in the file: tests of policies, and schemas.
bool is_companion(std::string_view name) { return name.ends_with(".test.json") || name.ends_with(".cedarschema.json"); }
bool is_policy_file(std::string_view name) {
  return has_extension(name, ".cedar") || (is_json(name) && !is_companion(name));
}

/// Entities and links are lists, which policies never are: a file of such a name that is anything else may hold
/// policies, a forbid among them, and is not passed over.
bool holds_a_named_list(std::string_view name, std::string_view text) {
  const bool named = name == "entities.json" || name.ends_with(".entities.json") || name == "links.json" ||
                     name.ends_with(".links.json");
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return named && first != std::string_view::npos && text[first] == '[';
}

/// The policies of a JSON file.
Result<PolicySet> read_json(std::string_view file_name, std::string_view text, const std::string& path) {
  if (holds_a_named_list(file_name, text)) return PolicySet();
  auto policies = PolicySet::from_json(text, path);
  if (policies) return policies;
  Diagnostic& first = policies.error().front();
  if (first.help.empty()) {
    first.help =
        "in a folder of policies every `.json` file is read but `*.test.json`, `*.cedarschema.json`, and the lists in "
        "`entities.json` and `links.json`: name it like these, or move it out";
  }
  return policies;
}

/// What is known of a file.
struct KnownFile {
  std::string name;
  std::optional<FileStamp> trusted;  ///< while it has this stamp, its content is what was parsed
  std::optional<Digest> content;     ///< of what was parsed; nullopt before anything was, and where `text` is kept
  std::string text;                  ///< what was parsed, where it is Cedar and long enough to be worth keeping
  PolicySet policies;

  [[nodiscard]] bool says(const std::string& now) const {
    return text.empty() ? content && *content == sha256(now) : text == now;
  }
};

/// Policies in a folder within the folder are not read, and one of them may be a forbid: so none may be there.
Result<void> refuse_policies_within(const fs::path& folder) {
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry->path().filename().string().starts_with('.')) {
      entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".cedar") {
      return failure(
          ErrorCode::io,
          "`" + entry->path().string() + "` is in a folder within the folder of policies, and would not be read",
          "move it up to the other policies, or out of their folder");
    }
  }
  if (!failed) return {};
  return failure(ErrorCode::io, "cannot read the folder `" + folder.string() + "`: " + failed.message(),
                 "policies in it would not be read: move it out of the folder of policies");
}

/// A file from here on is parsed around its changes only: there is more to gain than its text takes.
constexpr std::size_t kWorthKeeping = std::size_t{1} << 15U;

}  // namespace

struct PolicyDirectory::State {
  FolderFiles folder;
  std::vector<KnownFile> files;    // one for each entry of the folder, in the same order
  std::optional<PolicySet> whole;  // what they make together, unless that must be found out
  Work work;

  void follow_names();
  Result<void> refresh(const std::optional<FileStamp>& stamp, KnownFile& file);
  void take(KnownFile& file, PolicySet policies);
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

/// Forgets files that are gone, and makes room for those that came.
void PolicyDirectory::State::follow_names() {
  const std::span<const FolderEntry> entries = folder.entries();
  if (std::ranges::equal(entries, files, {}, &FolderEntry::name, &KnownFile::name)) return;
  whole.reset();
  std::vector<KnownFile> known = std::exchange(files, {});
  files.reserve(entries.size());
  auto next = known.begin();
  for (const FolderEntry& entry : entries) {
    while (next != known.end() && next->name < entry.name) ++next;
    if (next != known.end() && next->name == entry.name) {
      files.push_back(std::move(*next++));
    } else {
      files.emplace_back().name = entry.name;
    }
  }
}

/// Makes `file` say what the file says now; `stamp`: its own, if that can be trusted. When that is wrong it keeps what
/// it had, but does not trust it.
Result<void> PolicyDirectory::State::refresh(const std::optional<FileStamp>& stamp, KnownFile& file) {
  if (stamp && file.trusted == stamp) return {};
  file.trusted.reset();
  const fs::path full = fs::path(folder.path()) / file.name;
  const std::string name = full.string();
  if (auto named = check_file_name(name); !named) return named;
  ++work.read;
  auto text = read_file(name);
  if (!text) return tl::unexpected(std::move(text.error()));
  if (!file.says(*text)) {
    ++work.parsed;
    const bool json = is_json(file.name);
    auto policies =
        json ? read_json(file.name, *text, name) : parse_again(file, *text, name, full.stem().string() + "/");
    if (!policies) return tl::unexpected(std::move(policies.error()));
    take(file, *std::move(policies));
    const bool keep = !json && text->size() >= kWorthKeeping;
    file.content = keep ? std::nullopt : std::optional(sha256(*text));
    file.text = keep ? *std::move(text) : std::string();
  }
  file.trusted = stamp;
  return {};
}

/// Exchanges bodies in the whole set where nothing else is new.
void PolicyDirectory::State::take(KnownFile& file, PolicySet policies) {
  const auto is_static = [](const Policy& policy) { return !policy.template_id; };
  const bool same_ids = policies.templates().empty() && file.policies.templates().empty() &&
                        std::ranges::all_of(policies.policies(), is_static) &&
                        std::ranges::equal(policies.policies(), file.policies.policies(), {}, &Policy::id, &Policy::id);
  if (whole && same_ids) {
    for (const Policy& policy : policies.policies()) whole->policies_[whole->place_of(policy.id)].body = policy.body;
  } else {
    whole.reset();
  }
  file.policies = std::move(policies);
}

/// All files as one set; errors name the file whose id was taken before.
Result<PolicySet> PolicyDirectory::State::together() const {
  PolicySet set;
  Errors errors;
  for (const KnownFile& file : files) {
    for (const PolicySet::Entry& entry : file.policies.in_order()) {
      auto added = entry.policy != nullptr ? set.add(*entry.policy) : set.add(*entry.policy_template);
      if (added) continue;
      for (Diagnostic& error : added.error()) error.source = (fs::path(folder.path()) / file.name).string();
      std::move(added.error().begin(), added.error().end(), std::back_inserter(errors));
      if (errors.size() >= limits::kMaxReportedErrors) return tl::unexpected(std::move(errors));
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return set;
}

PolicyDirectory::PolicyDirectory(std::string path)
    : state_(std::make_unique<State>(State{{std::move(path), is_policy_file}, {}, {}, {}})) {}
PolicyDirectory::PolicyDirectory(PolicyDirectory&&) noexcept = default;
PolicyDirectory& PolicyDirectory::operator=(PolicyDirectory&&) noexcept = default;
PolicyDirectory::~PolicyDirectory() = default;

PolicyDirectory::Work PolicyDirectory::last_work() const noexcept { return state_->work; }

Result<PolicySet> PolicyDirectory::load() {
  State& state = *state_;
  state.work = {};
  const std::int64_t now = file_clock_now();  // before looking at anything: see FileStamp::settled
  if (auto looked = state.folder.look(now); !looked) return tl::unexpected(std::move(looked.error()));
  for (const std::string& within : state.folder.folders()) {
    if (auto none = refuse_policies_within(fs::path(state.folder.path()) / within); !none) {
      return tl::unexpected(std::move(none.error()));
    }
  }
  state.follow_names();
  const std::span<const FolderEntry> entries = state.folder.entries();
  state.work.files = entries.size();

  Errors errors;
  for (std::size_t i = 0; i < entries.size() && errors.size() < limits::kMaxReportedErrors; ++i) {
    const bool settled = entries[i].stamp && entries[i].stamp->settled(now);
    if (auto done = state.refresh(settled ? entries[i].stamp : std::nullopt, state.files[i]); !done) {
      std::move(done.error().begin(), done.error().end(), std::back_inserter(errors));
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  if (!state.whole) {
    auto together = state.together();
    if (!together) return together;
    state.whole = *std::move(together);
  }
  return *state.whole;
}

Result<PolicySet> PolicySet::from_directory(const std::string& path) { return PolicyDirectory(path).load(); }

Result<PolicySet> PolicySet::from_file(const std::string& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(std::move(text.error()));
  return is_json(path) ? from_json(*text, path) : from_text(*text, path);
}

}  // namespace quis
