#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/policy/policy_set.hpp>

/// Random worlds for the tests that compare evaluators: everything as text, through the real parsers, so that what
/// fails can be read, cut down and pasted into a test.
namespace quis::test {

struct GeneratedPolicy {
  std::string head;                     ///< annotations, effect and scope
  std::vector<std::string> conditions;  ///< `when { … }` and `unless { … }`
};

struct GeneratedLink {
  std::size_t policy = 0;  ///< position of its template
  std::string id;
  std::string principal;  ///< uid text; empty when the template has no such slot
  std::string resource;
};

struct GeneratedRequest {
  std::string principal;  ///< uid text
  std::string action;
  std::string resource;
  std::string context;  ///< JSON
};

struct GeneratedWorld {
  std::vector<GeneratedPolicy> policies;
  std::vector<GeneratedLink> links;
  std::vector<std::string> entities;  ///< JSON of each
  std::vector<GeneratedRequest> requests;

  [[nodiscard]] std::string policies_text() const;
  [[nodiscard]] std::string entities_json() const;
  /// Parsed from `text`, which says the same as `policies_text()`, and linked.
  [[nodiscard]] Result<PolicySet> policy_set(const std::string& text) const;
  /// Without one policy, and with the links renumbered.
  [[nodiscard]] GeneratedWorld without_policy(std::size_t index) const;
};

/// The world of a seed: 1 to 40 policies with templates and links, a store with shallow and wide hierarchies, and
/// requests about what is in it and what is not.
[[nodiscard]] GeneratedWorld generate_world(std::uint64_t seed);

}  // namespace quis::test
