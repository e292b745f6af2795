#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/policy/policy_set.hpp>

#include "generator/choices.hpp"

/// Random worlds for the tests that compare one implementation with another: everything as text, through the real
/// parsers, so that what fails can be read, cut down and pasted into a test.
namespace quis::test {

struct GeneratedLink {
  std::size_t policy = 0;  ///< position of its template in `GeneratedWorld::policies`
  std::string id;
  std::string principal;  ///< uid as JSON; empty for no value
  std::string resource;
};

struct GeneratedRequest {
  std::string principal;  ///< uid as JSON
  std::string action;
  std::string resource;
  std::string context;  ///< JSON

  [[nodiscard]] std::string json() const;
};

struct GeneratedWorld {
  std::string schema;                 ///< Cedar text; empty for none
  std::vector<std::string> policies;  ///< text of each, static policies and templates; some are none on purpose
  std::vector<GeneratedLink> links;
  std::vector<std::string> entities;  ///< JSON of each
  std::vector<GeneratedRequest> requests;
  std::uint32_t level = 0;  ///< for level validation

  [[nodiscard]] std::string entities_json() const;
  /// The texts that are policies, one after the other.
  [[nodiscard]] std::string policies_text() const;
  /// Parsed from `text`, which says the same as `policies_text()`, with the links that can be made.
  [[nodiscard]] Result<PolicySet> policy_set(const std::string& text) const;
  /// What the policy at each position is called in these.
  [[nodiscard]] std::vector<std::string> policy_ids() const;
};

struct GenerationOptions {
  std::size_t requests = 50;
  std::size_t policies = 24;  ///< at most
  bool faults = true;         ///< schemas, texts, entities, links and requests that may have to be refused
  bool schema = true;         ///< now and then there is none even so; without it the store holds the actions
};

/// The world of a sequence of choices: a schema, policies with templates and links, a store, and requests about what is
/// in it and what is not.
[[nodiscard]] GeneratedWorld generate_world(Choices& choices, const GenerationOptions& options = {});

}  // namespace quis::test
