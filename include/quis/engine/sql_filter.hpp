#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/engine/filter.hpp>

/// Filters as SQL conditions.
namespace quis {

enum class SqlDialect : std::uint8_t { sqlite, postgresql };

/// How an entity stands in a column.
enum class SqlEntity : std::uint8_t {
  id,   ///< its id alone; its type is the declared one
  uid,  ///< type and id as Cedar prints them: `User::"alice"`
};

/// A column, or any SQL expression over the row, that holds the value at a path.
///
/// Booleans stand in it as 0 and 1 (PostgreSQL: `boolean`), longs as integers, strings as text without U+0000, decimals
/// as integers in ten-thousandths, datetimes and durations as integers in milliseconds, entities as text. A path that
/// is not present in a row is NULL.
struct SqlColumn {
  std::string sql;
  SqlEntity entity = SqlEntity::id;
  bool nullable = true;
};

/// A table that holds the elements of a set attribute, one a row.
struct SqlSet {
  std::string table;
  std::string owner_column;  ///< in that table: which row an element belongs to
  std::string value_column;  ///< in that table: the element, encoded as in `SqlColumn`; never NULL
  std::string row;           ///< of the filtered row: what `owner_column` is equal to; never NULL
  std::string presence;      ///< of the filtered row: whether the attribute is there; never NULL. Empty: always
  SqlEntity entity = SqlEntity::id;
};

/// A table with the closed membership of the entities at a path: one row for every ancestor, at any distance, of every
/// entity that has any.
struct SqlMembership {
  std::string table;
  std::string member_column;    ///< in that table: encoded as the path's column is
  std::string ancestor_column;  ///< in that table: as a uid, never NULL
};

/// Where the host's tables have what filters are about. Everything in it is trusted and becomes part of the SQL text.
struct SqlMapping {
  SqlDialect dialect = SqlDialect::sqlite;
  std::map<FilterPath, SqlColumn> columns;  ///< the path {} is the row's own entity
  std::map<FilterPath, SqlSet> sets;
  std::map<FilterPath, SqlMembership> memberships;
};

using SqlParameter = std::variant<std::int64_t, bool, std::string>;

/// A condition for `WHERE`, in brackets, and the values of its placeholders in order (`?`; PostgreSQL: `$1`, …).
struct SqlCondition {
  std::string text;
  std::vector<SqlParameter> parameters;
};

/// Renders a filter as SQL. The condition is true for exactly the rows that the filter is true for, and false, never
/// NULL, for the others. Nothing that came from policies, entities or requests becomes part of the text: it is bound.
/// Text is compared byte by byte, whatever collation a column has.
///
/// Fails with `not_translatable` for every path that the mapping lacks, and for what the dialect cannot say.
[[nodiscard]] Result<SqlCondition> to_sql(const Filter& filter, const SqlMapping& mapping);

}  // namespace quis
