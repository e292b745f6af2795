#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <quis/engine/decision.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis::test {

/// What generated policies and requests were about: a generator that leaves something out tests nothing of it.
class Coverage {
 public:
  /// How often each thing turned up, by name within a group: `operator`, `function`, `scope`, `action scope`, `error`,
  /// `literal`, `policy`, `decision`.
  using Counts = std::map<std::string, std::uint64_t>;

  void add(const PolicySet& policies);
  void add(const Response& response);
  void count(const std::string& group, const std::string& name, std::uint64_t times = 1) {
    groups_[group][name] += times;
  }

  /// Zero for what never turned up.
  [[nodiscard]] std::uint64_t of(const std::string& group, const std::string& name) const;
  [[nodiscard]] std::uint64_t total(const std::string& group) const;
  /// How many of a hundred in the group are of this name.
  [[nodiscard]] double share(const std::string& group, const std::string& name) const;

  /// Every group on a line of its own. Groups that are closed list also what was counted 0 times.
  [[nodiscard]] std::string report() const;
  /// The names of everything in the closed groups (operators, functions, forms of scope, reasons of errors) that never
  /// turned up, separated by commas.
  [[nodiscard]] std::string missing() const;

  Coverage();

 private:
  void add(const Expr& expression);
  void add(const ScopeConstraint& scope);

  std::map<std::string, Counts> groups_;
};

}  // namespace quis::test
