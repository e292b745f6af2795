#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <quis/policy/policy.hpp>

#include "engine/program.hpp"

namespace quis {

/// Writes plans behind the code of the policies.
class Planner {
 public:
  /// REQUIRES: `program` has the code of all these policies.
  Planner(Program& program, std::span<const Policy> policies)
      : program_(program), policies_(policies), budget_(program.code.size() * 16 + 65'536) {}

  /// The plan of a list, in which scopes are tested too, but for their actions; or none: for more policies than a plan
  /// can have, and when plans have grown out of proportion to the policies (many classes of actions that share many
  /// policies).
  [[nodiscard]] Plan plan(std::span<const CompiledPolicy> policies);

 private:
  struct Member {
    CompiledPolicy policy;
    std::uint32_t bit;
  };
  /// A slot that holds an attribute of a variable from here to the end of a group.
  struct Loaded {
    std::uint32_t slot;
    Variable variable;
    std::uint32_t name;
    std::uint32_t depth;  ///< how many groups the group is in
  };

  void append_groups(std::span<Member> members, Variable variable);
  void append_group(std::span<Member> group, Variable variable);
  void append(const Member& member);
  void append_scope(const ScopeConstraint& constraint, Variable variable);
  [[nodiscard]] bool is_loaded(const Instruction& load) const;
  void forget(std::uint32_t slot);

  Program& program_;
  std::span<const Policy> policies_;
  std::size_t budget_;
  std::vector<Loaded> loaded_;
  std::uint32_t depth_ = 0;
};

}  // namespace quis
