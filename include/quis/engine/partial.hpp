#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/decision.hpp>
#include <quis/engine/world.hpp>
#include <quis/policy/policy_set.hpp>

/// Partial evaluation: what policies say of a request that is not wholly known, and what is left to be asked.
namespace quis {

class Schema;

namespace limits {

/// Size of all residual policies of one partial evaluation together: nodes of their expressions, and one more for each
/// 64 bytes of text in them. Known values take the place of what reads them, so a large context that many policies
/// mention can make residuals larger than the policies. More fails with `ErrorCode::limit_exceeded`.
inline constexpr std::size_t kMaxResidualNodes = std::size_t{1} << 20U;

}  // namespace limits

/// The principal or the resource of a request that may be unknown.
struct PartialEntity {
  EntityId entity;      ///< invalid: unknown
  TypeId type;          ///< of an unknown entity; invalid: it may be of any type
  bool exists = false;  ///< an unknown entity is known to be in the store: with a schema it has what its type requires

  [[nodiscard]] static PartialEntity known(EntityId entity) noexcept { return {entity, {}, false}; }
  [[nodiscard]] static PartialEntity any() noexcept { return {}; }
  [[nodiscard]] static PartialEntity of_type(TypeId type, bool exists = false) noexcept { return {{}, type, exists}; }
};

/// An entity of which the store does not tell all. What the store has of it holds; beyond that, whatever is marked here
/// may have more.
struct OpenEntity {
  EntityId entity;
  bool attributes = true;
  bool tags = true;
  bool ancestors = true;
};

/// A request some of which is unknown. Borrows everything.
///
/// A *completion* is a request with the same action that fits what is known: the known principal and resource, or any
/// entity of the stated type; a context that has the attributes of `context` with these values and, when the context is
/// open, any others. It is decided over the same store, in which open entities may have more; the unknown entity may be
/// in the store or not, and may be added to it as long as no policy and no known value names it. With a schema,
/// completions conform to it.
struct PartialRequest {
  PartialEntity principal;
  EntityId action;
  PartialEntity resource;
  const LocalNames* names = nullptr;  ///< set when any id or context key is local to this request
  Value context = Value::empty_record();
  bool context_open = false;  ///< the context may have attributes that are not in `context`
  std::span<const OpenEntity> open_entities;
};

/// What can be said of a policy.
enum class PartialVerdict : std::uint8_t {
  not_satisfied,  ///< in no completion satisfied, and in none an error
  satisfied,      ///< in every completion
  error,          ///< in every completion it errs
  residual,       ///< it depends; the residual policy says on what
};

struct PartialOutcome {
  PartialVerdict verdict = PartialVerdict::not_satisfied;
  EvaluationError error;  ///< of `error`: one that it may end with
};

/// The answer to a partial request.
struct PartialResponse {
  /// The decision, when every completion gives the same: deny when a forbid is satisfied or no permit can be; permit
  /// when a permit is satisfied and no forbid can be.
  std::optional<bool> decision;
  /// By `PolicyIndex` of the world.
  std::vector<PartialOutcome> outcomes;
  /// What is left, under the same ids and with the same annotations: every policy but those that are not satisfied.
  /// Deciding any completion by this set gives the decision, the determining policies and the set of erring policies
  /// that the world's own policies give. A satisfied policy stands here without conditions, one that errs with an
  /// expression that errs. They are ordinary policies: `to_text` prints them as Cedar.
  PolicySet residuals;
};

/// Evaluates the policies of a world for a request that is partly unknown. With a schema, types are used: of attributes
/// of unknown entities, of what can be a member of what, of attributes that are required or that nothing has.
///
/// Names that only the request knows and that stand in residuals are added to the vocabulary. Cost: a walk over every
/// policy whose scope can hold. Fails with `limit_exceeded` (`limits::kMaxResidualNodes`, or a residual nested too
/// deeply), with `invalid_request` for an invalid action or names older than the world, and with a schema also with
/// `unknown_action` for an action that it does not declare.
[[nodiscard]] Result<PartialResponse> partially_authorize(const World& world, const PartialRequest& request,
                                                          const Schema* schema = nullptr);

}  // namespace quis
