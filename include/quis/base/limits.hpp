#pragma once

#include <cstddef>
#include <cstdint>

/// Limits: every bound that quis puts on what it accepts, in one place.
///
/// Input beyond a limit is refused whole with `ErrorCode::limit_exceeded` (or the code named beside the constant);
/// nothing is truncated and nothing already loaded changes. The bounds exist so that no input can exhaust the stack or
/// make a loader quadratic; they are far above what real policies and directories hold.
namespace quis::limits {

/// Bytes of one policy, schema, entities, context or request document.
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{4} << 30U;

/// Bytes of one policy or schema text, whose offsets are 32 bits.
inline constexpr std::size_t kMaxSourceBytes = std::size_t{1} << 30U;

/// Brackets of any kind, `if`s and type constructors that may be open at one point of a policy or schema text.
/// Cedar itself has no fixed limit and stops where its stack does, after a few hundred.
inline constexpr std::uint32_t kMaxNesting = 256;

/// Height of a type of a schema once its common types are expanded; longer chains cannot be written without common
/// types.
inline constexpr std::uint32_t kMaxTypeDepth = 256;

/// Entries of all lists of one resolved schema together: parents, ancestors, principals, resources, ids of
/// enumerations. One declaration may name many types or actions, and a chain of memberships has quadratically many
/// ancestors.
inline constexpr std::size_t kMaxSchemaEntries = std::size_t{1} << 24U;

/// Height of an expression tree, counting operators that chain without brackets (`a + b + c`, `a.b.c`). Chains of `&&`
/// and `||` are flat and count once.
inline constexpr std::uint32_t kMaxExpressionDepth = 2048;

/// Nodes of one policy that are walked more than once because `has a.b.c` stands for `has a && .a has b && .a.b has c`.
/// Without this bound, nested paths would double the work at every level.
inline constexpr std::uint32_t kMaxRepeatedNodes = std::uint32_t{1} << 20U;

/// Arrays and objects that may be open at one point of a JSON document; the limit of Cedar's own JSON reader.
inline constexpr std::uint32_t kMaxJsonDepth = 127;

/// Errors reported for one document; the parser stops looking for more after that.
inline constexpr std::size_t kMaxReportedErrors = 100;

/// Distinct strings, entity types or entity uids in one process. Ids with the top bit set name things that only one
/// request knows; those below it are left to what scopes ask for besides entities.
inline constexpr std::uint32_t kMaxNames = 0x7000'0000U;

/// Bytes of one string, and elements of one set or record.
inline constexpr std::uint32_t kMaxValueSize = 0x7fff'ffffU;

/// Slots in all ancestor lists of one entity store but those that lie in its records, four bytes each. A chain of n
/// groups needs about 1.5 n² of them: this is one of 26,000.
inline constexpr std::size_t kMaxAncestrySlots = std::size_t{1} << 30U;

}  // namespace quis::limits
