#pragma once

#include <cstdint>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/policy_set.hpp>

#include "engine/cache.hpp"

/// What the policies read, found by walking their syntax: what an answer can depend on, and so what a cache must key it
/// by and watch. Without types the walk cannot tell a reference from a record; where it does not know, it says more.
namespace quis {

/// How the policies of an action read one attribute of the context.
struct ContextRead {
  SymbolId name;
  bool value = false;  ///< its value matters; otherwise only whether it is there and how it compares to `thresholds`
  std::vector<Value> thresholds = {};  ///< constants it is compared with; ordered by kind, then size, each once
};

/// What the answers for one action depend on.
struct ActionReads {
  EntityId action;
  Reach reach = Reach::request;
  bool whole_context = false;
  std::vector<ContextRead> context = {};  ///< by name; empty when the whole of it matters
  std::uint32_t cost = 0;                 ///< the syntax nodes and policies that a decision may have to look at
};

/// One for each action that the policies name or the store holds, in order of id; requests for others are decided by
/// policies that name no action. Linear in the policies, and in actions times distinct action constraints.
[[nodiscard]] std::vector<ActionReads> reads_by_action(const PolicySet& policies, const Entities& entities);

}  // namespace quis
