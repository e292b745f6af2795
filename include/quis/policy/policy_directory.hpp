#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <quis/base/result.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis {

/// A folder of policy files that a host reads again when it changed, without stopping what runs.
///
///     PolicyDirectory directory("policies");
///     auto policies = directory.load();
///     …
///     quis::Engine engine(World::build(*policies, entities));
///     …                                       // later, when somebody says that files changed, or every few seconds
///     if (auto next = directory.load()) {
///       engine = quis::Engine(World::build(*std::move(next), entities, ++version));
///     } else {
///       std::cerr << render(next.error());    // the engine decides as before
///     }
///
/// What a file says is kept, so loading again parses only files whose content changed, and of a long file of Cedar text
/// only the policies around the change (its text is kept for that). Whether it changed is seen from
/// the content: a file is left unread only when size, inode and both of its times are as they were and the times are
/// old enough that no later write can have the same ones (100 ms; 3 s where the file system counts whole seconds). A
/// file that was read again and says the same is not parsed again either.
///
/// Thread safety: as a standard container; the sets that it returned share nothing that it changes.
class PolicyDirectory {
 public:
  /// Reads nothing yet.
  explicit PolicyDirectory(std::string path);
  PolicyDirectory(PolicyDirectory&&) noexcept;
  PolicyDirectory& operator=(PolicyDirectory&&) noexcept;
  ~PolicyDirectory();

  /// The policies as they stand in the folder now: `PolicySet::from_directory` says which files and by what ids. The
  /// result depends on the files alone, never on what was loaded before. Any bad file refuses the whole set; the errors
  /// of all bad files are returned together, up to `limits::kMaxReportedErrors`.
  [[nodiscard]] Result<PolicySet> load();

  /// What the last `load` did, for logs and tests.
  struct Work {
    std::size_t files = 0;   ///< in the folder
    std::size_t read = 0;    ///< of those, opened
    std::size_t parsed = 0;  ///< of those, new or of another content
  };
  [[nodiscard]] Work last_work() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quis
