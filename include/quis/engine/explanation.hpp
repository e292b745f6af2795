#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/policy/policy.hpp>

namespace quis::limits {

/// Bounds of an explanation, so that no policy and no value can make one endless. What is left out is counted.
inline constexpr std::size_t kMaxShownText = 240;          ///< bytes of one expression or value
inline constexpr std::size_t kMaxShownElements = 8;        ///< of one set or record
inline constexpr std::size_t kMaxExplainedPolicies = 100;  ///< determining policies and errors that get their clauses
inline constexpr std::size_t kMaxExplainedParts = 24;      ///< of one clause
inline constexpr std::size_t kMaxExplainedFacts = 12;      ///< of one part
inline constexpr std::size_t kMaxExplainedPath = 12;       ///< entities of one membership path
inline constexpr std::size_t kMaxNearestMisses = 5;
/// Permits that come near and are weighed by their conditions; the others rank behind them, unweighed.
inline constexpr std::size_t kMaxWeighedMisses = 4096;

}  // namespace quis::limits

namespace quis {

/// What a clause asked, and what was there: `principal.department`, `"hr"`.
struct Fact {
  std::string expression;
  std::string value;

  friend bool operator==(const Fact&, const Fact&) = default;
};

/// Whether a clause, or a part of one, held.
enum class Finding : std::uint8_t { fails, holds, error, not_reached };

/// A part of a clause that decided it: every operand of an `&&` that is true, the first that is false; the first true
/// operand of an `||`, every one of an `||` that is false; of an `if` its condition and the branch taken.
struct DecidingPart {
  std::string expression;  ///< as Cedar prints it; of an error, the sub-expression that has no value
  SourceSpan span;         ///< all zero for a policy that came from JSON, and in a scope
  Finding finding = Finding::holds;
  std::vector<Fact> facts;        ///< what it read
  std::vector<std::string> path;  ///< of a membership that holds: from the entity through its parents to the group
  std::string note;               ///< what else helps to see why: the groups of an entity, the reason of an error
};

/// One of the things that a policy asks: a constraint of its scope, or a condition.
struct ExplainedClause {
  enum class Kind : std::uint8_t { principal, action, resource, when, unless };

  Kind kind = Kind::when;
  std::string text;                        ///< `principal in Group::"hr"`, or the condition between its braces
  SourceSpan span;                         ///< of the condition
  Finding finding = Finding::not_reached;  ///< an `unless` holds when its condition is false
  std::vector<DecidingPart> parts;
  std::size_t more_parts = 0;  ///< left out
};

/// A policy and what it made of the request. Constraints that anything meets are left out.
struct ExplainedPolicy {
  std::string id;
  std::string template_id;  ///< of a link, else empty
  Effect effect = Effect::forbid;
  std::vector<Annotation> annotations;
  std::string source;  ///< file or other name of the text it came from
  SourceSpan span;     ///< of the policy in that text
  std::vector<ExplainedClause> clauses;
};

/// An answer in words: what was decided, by which policies, and why.
struct Explanation {
  /// What the answer rests on.
  enum class Ground : std::uint8_t {
    permits,       ///< satisfied permits, and nothing against them
    forbids,       ///< satisfied forbids
    no_permit,     ///< nothing: the default deny
    forbid_error,  ///< a forbid that could not be evaluated, where `ForbidErrors::deny` says that this denies
    unanswerable,  ///< the request could not be put to the policies at all; see `Request`
  };

  /// A policy that could not be evaluated.
  struct Error {
    std::string id;
    std::string message;     ///< the reason
    std::string expression;  ///< the sub-expression that has no value
    SourceSpan span;         ///< of that
    ExplainedPolicy policy;
  };

  bool permitted = false;
  Ground ground = Ground::no_permit;
  std::string principal;  ///< the request
  std::string action;
  std::string resource;
  std::vector<std::string> step_up;          ///< as in `Response`
  std::vector<ExplainedPolicy> determining;  ///< all of them; the first `kMaxExplainedPolicies` with their clauses
  std::vector<Error> errors;                 ///< all of them; likewise
  /// Of a deny by forbids: ids of the satisfied permits that would decide if these forbids no longer forbade it. None
  /// where the error of a forbid would deny all the same.
  std::vector<std::string> beneath;
  /// Where no permit is satisfied, by default or beneath forbids, the permits that came nearest: first those whose
  /// whole scope matched, then those for another principal, then those for another resource; among equals those with
  /// the fewest failing conditions, then those about the fewest resources, then principals (`==`, `is … in`, `in`,
  /// `is`, any). Their clauses end with the first that failed.
  std::vector<ExplainedPolicy> misses;
  std::size_t more_misses = 0;         ///< that came near too and are left out
  std::size_t policies = 0;            ///< that there are at all
  std::size_t permits_for_action = 0;  ///< of a default deny: permits whose scope lets the action by
};

}  // namespace quis
