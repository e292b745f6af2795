#pragma once

#include <optional>
#include <string>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/engine/sql_filter.hpp>

namespace quis {

/// What a condition is written into: its text, the values that are bound in it, and what a dialect makes of either.
class SqlText {
 public:
  static constexpr const char* kTrue = "(1 = 1)";
  static constexpr const char* kFalse = "(1 = 0)";

  explicit SqlText(SqlDialect dialect) noexcept : sqlite_(dialect == SqlDialect::sqlite) {}

  /// SQL as it stands: of the mapping or of the writer, never of a policy, an entity or a request.
  SqlText& operator+=(const std::string& sql) {
    out_ += sql;
    return *this;
  }

  void bind(const Value& value, SqlEntity entity);
  /// Values in brackets, with commas between them.
  void list(const std::vector<Value>& values, SqlEntity entity);
  /// An operand that compares by bytes.
  void comparable(const std::string& sql, Value::Kind kind);
  /// That the column is not NULL, and `AND`, where it can be NULL.
  void not_null(const SqlColumn& column);

  /// The pattern with these pieces around its wildcards, or nothing when the database does not take it. SQLite's GLOB
  /// keeps to case where its LIKE does not. A character that GLOB has a meaning for is a class of itself.
  [[nodiscard]] std::optional<std::string> pattern(const std::vector<std::string>& pieces) const;
  void like(const std::string& sql, Value::Kind kind, std::string pattern);

  /// Notes what cannot be said, once, and goes on.
  void refuse(std::string message, std::string help);

  [[nodiscard]] Result<SqlCondition> finish();

 private:
  void bind(SqlParameter value);

  const bool sqlite_;
  std::string out_;
  std::vector<SqlParameter> parameters_;
  Errors problems_;
};

}  // namespace quis
