#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/action_contexts.hpp>
#include <quis/engine/decision.hpp>
#include <quis/engine/world.hpp>

/// What a change of policies or of entities does to access: who gains and who loses what, and what would lift a denial.
namespace quis {

class Schema;

namespace limits {

/// Requests that one comparison decides in each of the two worlds. A comparison that would need more fails with
/// `ErrorCode::limit_exceeded`: half a difference would be read as the whole of it.
inline constexpr std::size_t kMaxDiffDecisions = 100'000'000;

/// Changes that one comparison lists; all are counted.
inline constexpr std::size_t kMaxDiffChanges = 1'000'000;

}  // namespace limits

/// What to compare. Borrows everything.
struct DiffOptions {
  const Schema* schema = nullptr;  ///< only requests that it allows
  TypeId principal_type;           ///< only principals of this type; invalid: of any
  EntityId action;                 ///< only this action; invalid: all
  TypeId resource_type;
  Value context = Value::empty_record();     ///< of every request
  const ActionContexts* contexts = nullptr;  ///< with a schema, in place of `context`; else unused
  const LocalNames* names = nullptr;         ///< set when the context has names that only it knows
  std::size_t limit = 10'000;                ///< changes to list at most, up to `limits::kMaxDiffChanges`
  std::size_t decisions = limits::kMaxDiffDecisions;
};

/// A request with another outcome in one world than in the other: *gained* or *lost* where one of them permits, else a
/// *changed step-up*, a denial that can be lifted in one world only, or by something else.
struct AccessChange {
  EntityId principal;
  EntityId action;
  EntityId resource;
  Outcome was = Outcome::deny;
  Outcome is = Outcome::deny;
  std::vector<std::string> step_up_before;  ///< the requirements of a step-up in the old world (see `kStepUp`)
  std::vector<std::string> step_up_after;
  /// The policies of the old world that no longer do what they did: the forbids that denied what is gained, the permits
  /// that permitted what is lost. Of a changed step-up: the satisfied policies that are so no more or say another
  /// `@step_up`; the forbids among them, where there are any. By id.
  std::vector<std::string> before;
  /// The policies of the new world that did not do before what they do: the permits that permit what is gained, the
  /// forbids that deny what is lost. Of a changed step-up as above.
  std::vector<std::string> after;

  [[nodiscard]] bool gained() const noexcept { return is == Outcome::permit; }
  [[nodiscard]] bool lost() const noexcept { return was == Outcome::permit; }
};

struct AccessDiff {
  std::vector<AccessChange> changes;  ///< by action, principal and resource, in order of id; at most `limit`
  std::uint64_t gained = 0;           ///< all, listed or not
  std::uint64_t lost = 0;
  std::uint64_t step_ups = 0;          ///< changed step-ups
  std::uint64_t decisions = 0;         ///< requests that were decided, each in both worlds
  std::uint64_t actions = 0;           ///< that were compared; none is no comparison
  std::vector<SkippedAction> skipped;  ///< with a schema: actions that were not compared; see `diff_access`

  /// Whether every change is listed, as far as was compared.
  [[nodiscard]] bool lists_all() const noexcept { return changes.size() == gained + lost + step_ups; }
  /// Whether that is all there is to know: something was compared, nothing skipped, and every change is listed.
  [[nodiscard]] bool complete() const noexcept { return lists_all() && actions != 0 && skipped.empty(); }
};

/// Compares two worlds, request by request, exactly.
///
/// The domain: principals and resources are the entities in either store; with a schema, of the types that an action
/// applies to; without, of any type but action types (of one of these too, where the options ask for it). Actions are
/// those of the schema; without one, the entities of an action type in either store and the actions that policies of
/// either world name, in scopes and in conditions. `Search` has the same domain. An entity that one of the stores does
/// not have is decided there as an entity without attributes and parents.
///
/// With a schema, no request that `validate` refuses is compared: an action that may not have the context is skipped,
/// and listed as such; where that leaves none, the comparison fails with the codes of `validate_context`.
///
/// Where both stores are equal, only requests that a changed policy can be satisfied by are decided: a policy is
/// changed when the other world has none of the same effect, scope and conditions, and for a forbid the same `@step_up`
/// (its id and other annotations do not matter). Otherwise every request of the domain is. Fails with `limit_exceeded`
/// (see `limits::kMaxDiffDecisions`), with `invalid_argument` for options out of range, with `unknown_action` for an
/// action that the schema does not have, and with `unknown_entity_type` for a type that it does not have.
[[nodiscard]] Result<AccessDiff> diff_access(const World& before, const World& after, const DiffOptions& options = {});

}  // namespace quis
