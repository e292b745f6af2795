#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <quis/base/result.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/policy_set.hpp>

namespace quis {

/// How exact types must be. Both modes find the same errors where a value of the wrong type would be used; strict mode,
/// the default, also refuses what is only suspicious or hard to analyse: comparing or mixing values of different types,
/// the empty set literal, extension values that are not made from literals.
enum class ValidationMode : std::uint8_t { strict, permissive };

struct ValidationOptions {
  ValidationMode mode = ValidationMode::strict;
  /// With a level n, no policy may follow more than n references between entities, counted from the principal, action,
  /// resource and context (Cedar's RFC 76): a host that loads n levels of entities then loads enough.
  std::optional<std::uint32_t> level;
};

/// Errors reported for one policy; when there are more, the last says so with `ErrorCode::limit_exceeded`.
inline constexpr std::size_t kMaxErrorsPerPolicy = 1000;

/// What validation found, in order of policy (as in the set: templates, then static policies and links) and place.
/// Every diagnostic names the policy in `policy`.
struct ValidationResult {
  Errors errors;    ///< why a policy may fail at run time, or names what does not exist
  Errors warnings;  ///< what is allowed and hardly meant: policies that never apply, names and texts that mislead

  [[nodiscard]] bool valid() const noexcept { return errors.empty(); }
};

/// Checks policies, templates and links against a schema: verdicts and warnings are those of Cedar 4.13.
///
/// A valid policy, asked about a valid request and valid entities, fails at run time only for arithmetic that
/// overflows, entities that are not there, and extension values that are out of range. Every policy is checked in every
/// typing of the request that the schema allows and its scope does not exclude; all errors of all policies are found in
/// one pass.
///
/// Cost: linear in the size of a policy for each such typing. Thread safety: may run in many threads at once.
[[nodiscard]] ValidationResult validate(const PolicySet& policies, const Schema& schema,
                                        const ValidationOptions& options = {});

}  // namespace quis
