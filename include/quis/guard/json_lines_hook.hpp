#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <quis/base/result.hpp>
#include <quis/guard/evidence_hook.hpp>

namespace quis {

/// Appends each decision to a file as one line of JSON:
///
///     {"time":"2026-01-31T12:00:00.000000000Z","sequence":1,"version":1,"decision":"permit",
///      "principal":"User::\"alice\"","action":"Action::\"view\"","resource":"Photo::\"cat\"",
///      "determining":["policy0"],"errors":[{"policy":"policy2","error":"…"}]}
///
/// Policies stand in it by their ids in the set (see `PolicySet::from_directory`): the tool `quis` calls them the same
/// with `--ids position`. Which set it was, `version` says to whoever gave the worlds their versions.
///
/// A denial that the caller can lift has `"step_up":["…"]` after its decision: what would lift it (see `kStepUp`).
///
/// The context is left out: it may hold what must not be written down. A line is handed to the operating system before
/// the decision is answered, so it survives a crash of the process, though not one of the machine. What a crash left of
/// a line stays as it is: the next record begins a line of its own.
///
/// Thread safety: everything from any thread; lines are written one at a time under a lock.
class JsonLinesHook : public EvidenceHook {
 public:
  /// Opens the file for appending and makes it when it is missing (readable by its owner alone). Fails with `io`; also
  /// when another hook, of this process or another, has it open: an advisory lock keeps a file to one writer.
  [[nodiscard]] static Result<std::shared_ptr<JsonLinesHook>> open(const std::string& path);
  ~JsonLinesHook() override;
  JsonLinesHook(const JsonLinesHook&) = delete;
  JsonLinesHook& operator=(const JsonLinesHook&) = delete;

  /// False when the line could not be written whole.
  [[nodiscard]] bool on_decision(const DecisionRecord& record) noexcept override;

 private:
  struct File;
  explicit JsonLinesHook(std::unique_ptr<File> file) noexcept;
  std::unique_ptr<File> file_;
};

}  // namespace quis
