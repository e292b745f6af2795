#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/policy.hpp>

#include "policy/name_reader.hpp"
#include "policy/token_stream.hpp"

namespace quis {

/// Reads the head of a policy: what stands between the brackets of `permit(…)`.
class ScopeParser {
 public:
  ScopeParser(TokenStream& tokens, const Names& names) noexcept : tokens_(tokens), names_(names) {}

  /// Fills the three constraints; takes the closing bracket.
  void read(PolicyBody& body);

 private:
  /// What a constraint compares with.
  struct Target {
    EntityId entity;
    bool slot = false;
  };

  bool variable(std::string_view expected);
  ScopeConstraint constraint(std::string_view variable);
  ActionConstraint action();
  std::optional<TypeId> type();
  Target entity_or_slot(std::string_view variable);
  EntityId entity();
  EntityId action_entity();
  void action_list(ActionConstraint& constraint);
  void add_action(ActionConstraint& constraint);
  void reject_operator(std::string_view variable);

  TokenStream& tokens_;
  const Names& names_;
};

}  // namespace quis
