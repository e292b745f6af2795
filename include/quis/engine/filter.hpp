#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/partial.hpp>
#include <quis/engine/world.hpp>

/// Policies as a filter: which rows of a table may she see, asked of the database instead of row by row.
namespace quis {

namespace limits {

/// Nodes and literals of one filter. More fails with `ErrorCode::limit_exceeded`.
inline constexpr std::size_t kMaxFilterNodes = 20'000;

}  // namespace limits

/// The attributes that lead from the unknown entity to a value: `resource.owner` is {"owner"}, the entity itself {}.
/// A path is *present* in a row when every attribute on it is there.
using FilterPath = std::vector<std::string>;

/// A condition on one row, true or false and nothing else: a leaf about a path that is not present is false.
struct FilterExpr {
  enum class Kind : std::uint8_t {
    constant,      ///< `value`
    all,           ///< every operand; there are two or more
    any,           ///< some operand; there are two or more
    none,          ///< not the one operand
    present,       ///< `path` is present
    compare,       ///< `path` `comparison` (the one of `values`, or `other`)
    one_of,        ///< `path` is equal to one of `values`
    is_in,         ///< `path` is one of the entities `values`, or a member of one at any distance
    contains_any,  ///< the set at `path` holds one of `values`
    is_empty,      ///< the set at `path` holds nothing
    like,          ///< the text at `path` matches `pattern`
  };
  enum class Comparison : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

  Kind kind = Kind::constant;
  bool value = false;
  Comparison comparison = Comparison::equal;
  Value::Kind of = Value::Kind::boolean;  ///< of the value at `path`, or of the elements of the set there
  TypeId entity_type;                     ///< where that is an entity
  FilterPath path;
  FilterPath other;                  ///< of `compare` without `values`: of the same kind
  std::vector<Value> values;         ///< of kind `of`; entities perhaps of another type than `entity_type`
  std::vector<std::string> pattern;  ///< the texts between the wildcards, as in `Pattern`
  std::vector<FilterExpr> operands;
};

/// The rows that a request is permitted for. Owns what its values refer to.
struct Filter {
  FilterExpr root;
  TypeId type;  ///< of the rows
  std::shared_ptr<const void> storage;
};

/// Makes a filter of a request whose principal or resource is unknown and of a known type (of which the filter selects
/// rows). Everything else must be known: the context is not open, no entity is.
///
/// Exact: for every entity of the type that conforms to the schema and has at each path what the row has there, the
/// filter is true when the request with that entity is permitted, and false otherwise. Errors are accounted for: a
/// condition that would err is neither true nor false, so a permit is not satisfied by it and a forbid is skipped.
///
/// Fails with `not_translatable`, naming policy, sub-expression and reason (all of them), when a policy that may decide
/// asks what a filter cannot say: arithmetic (its overflow is an error in Cedar and none in databases), tags, IP
/// addresses, records and sets as a whole, what one unknown says of another. Nothing is left out or approximated. Also
/// fails as `partially_authorize` does, and with `limit_exceeded`.
[[nodiscard]] Result<Filter> make_filter(const World& world, PartialRequest request, const Schema& schema);

/// For people: `(owner == User::"alice" or present(public))`.
[[nodiscard]] std::string to_text(const FilterExpr& filter);

}  // namespace quis
