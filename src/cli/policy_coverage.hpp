#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis::cli {

/// What no case of a test file ever tried.
///
/// A policy is covered once it was among those that decided a case. A clause is covered once it was seen to hold and
/// seen to fail: before that, removing it or turning it round would break no case. Clauses are the conditions, and
/// the operands of an `&&` or `||` that is the whole of one. Links of one template count as one policy, and a
/// template without links is a policy that no case can cover.
class PolicyCoverage {
 public:
  /// The policies must outlive this object.
  explicit PolicyCoverage(const PolicySet& policies);

  /// Takes note of one case: evaluates every policy whose scope fits, as `authorize` would.
  void observe(const Request& request, const Entities& entities, const Response& response);

  struct Gap {
    std::string policy;  ///< id; of links, that of their template
    std::string source;
    SourceSpan span;
    std::string clause;  ///< text of the clause; empty for the policy itself
    bool never_held = false;
    bool never_failed = false;
    bool only_erred = false;  ///< neither held nor failed, but was reached
    bool unlinked = false;    ///< a template without links: no case can try it
  };
  struct Report {
    std::size_t met = 0;  ///< goals: one for each policy, two for each clause
    std::size_t goals = 0;
    std::vector<Gap> gaps;  ///< in order of the policies, then of the templates without links

    /// Of 100; 100 when there is nothing to cover.
    [[nodiscard]] double percent() const noexcept {
      return goals == 0 ? 100.0 : 100.0 * static_cast<double>(met) / static_cast<double>(goals);
    }
    /// Rounded down, to be told: only what is covered entirely is 100.
    [[nodiscard]] std::size_t whole_percent() const noexcept { return goals == 0 ? 100 : 100 * met / goals; }
  };
  [[nodiscard]] Report report() const;

 private:
  struct Clause {
    const Expr* expression = nullptr;
    bool negated = false;
    bool held = false;
    bool failed = false;
    bool erred = false;
  };
  struct Entry {
    std::string id;
    const PolicyBody* body = nullptr;
    bool linked = true;
    bool decided = false;
    std::vector<Clause> clauses;
  };

  const PolicySet& policies_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> entry_of_;  // by PolicyIndex
};

}  // namespace quis::cli
