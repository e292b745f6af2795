#pragma once

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <quis/engine/sql_filter.hpp>

/// A database in memory, for tests that compare what SQL selects with what policies permit.
namespace quis::test {

class Sqlite {
 public:
  Sqlite() { REQUIRE(sqlite3_open(":memory:", &database_) == SQLITE_OK); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite() { sqlite3_close(database_); }

  /// Null stands for NULL.
  using Cell = std::variant<std::monostate, std::int64_t, std::string>;

  void run(const std::string& sql) {
    char* message = nullptr;
    REQUIRE_MESSAGE(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK, message);
  }

  void insert(const std::string& table, const std::vector<Cell>& cells) {
    std::string places;
    for (std::size_t i = 0; i < cells.size(); ++i) places += i == 0 ? "?" : ", ?";
    select("INSERT INTO " + table + " VALUES (" + places + ")", cells);
  }

  /// The first column of every row.
  std::set<std::string> select(const std::string& sql, const std::vector<Cell>& cells) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE_MESSAGE(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK,
                    sqlite3_errmsg(database_), "\n", sql);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int place = static_cast<int>(i) + 1;
      if (const auto* text = std::get_if<std::string>(&cells[i])) {
        sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
      } else if (const auto* number = std::get_if<std::int64_t>(&cells[i])) {
        sqlite3_bind_int64(statement, place, *number);
      }
    }
    std::set<std::string> rows;
    int step = sqlite3_step(statement);
    for (; step == SQLITE_ROW; step = sqlite3_step(statement)) {
      rows.emplace(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    }
    CHECK_MESSAGE(step == SQLITE_DONE, sqlite3_errmsg(database_));
    sqlite3_finalize(statement);
    return rows;
  }

  std::set<std::string> select(const std::string& select_from, const SqlCondition& where) {
    std::vector<Cell> cells;
    for (const SqlParameter& parameter : where.parameters) {
      if (const auto* text = std::get_if<std::string>(&parameter)) {
        cells.emplace_back(*text);
      } else {
        cells.emplace_back(std::get<std::int64_t>(parameter));
      }
    }
    return select(select_from + " WHERE " + where.text, cells);
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace quis::test
