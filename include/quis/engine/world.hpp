#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <quis/model/entities.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis {

class Program;

/// How much of a program was compiled ahead of time; see `NativeProgram`.
struct NativeCoverage {
  std::size_t plans = 0;   ///< code that decides at once what all requests for an action meet
  std::size_t native = 0;  ///< those of them that run as native code
};

/// An immutable snapshot that decisions are made against: policies, compiled, and entities.
///
/// Copies share their contents. Thread safety: immutable.
class World {
 public:
  /// Compiles the policies for these entities. Cannot fail: both were checked when they were loaded. `version` names
  /// the snapshot in evidence. About a microsecond a policy.
  [[nodiscard]] static World build(PolicySet policies, Entities entities, std::uint64_t version = 1);

  /// The same policies for other entities, without compiling again. REQUIRES: actions, and what they are members of,
  /// are the same in both.
  [[nodiscard]] World with(Entities entities, std::uint64_t version) const;

  [[nodiscard]] const PolicySet& policies() const noexcept { return *contents_->policies; }
  [[nodiscard]] const Entities& entities() const noexcept { return contents_->entities; }
  [[nodiscard]] std::uint64_t version() const noexcept { return contents_->version; }
  /// The vocabulary's generation when it was built; see `LocalNames::generation`.
  [[nodiscard]] std::uint64_t generation() const noexcept { return contents_->generation; }

  /// O(action classes).
  [[nodiscard]] NativeCoverage native_coverage() const noexcept;

  /// What the policies were compiled to; for printing and for the engine.
  [[nodiscard]] const Program& program() const noexcept { return *contents_->program; }

 private:
  struct Contents {
    std::shared_ptr<const void> owner;  // of policies and program
    const PolicySet* policies;
    const Program* program;
    Entities entities;
    std::uint64_t version;
    std::uint64_t generation;
  };
  explicit World(Contents contents) : contents_(std::make_shared<const Contents>(std::move(contents))) {}

  std::shared_ptr<const Contents> contents_;
};

}  // namespace quis
