#include "engine/sql_text.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

constexpr std::size_t kLongestSqlitePattern = 50'000;  // SQLITE_MAX_LIKE_PATTERN_LENGTH
// SQLite's parser has a stack of a hundred symbols, three for each open bracket, and the host's own query comes on top.
constexpr std::size_t kDeepestBrackets = 24;

/// SQLite reads U+FFFE and U+FFFF as U+FFFD when it matches patterns, and takes the three for one.
bool has_confused_character(std::string_view text) {
  for (const std::string_view character : {"\xef\xbf\xbd", "\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    if (text.find(character) != std::string_view::npos) return true;
  }
  return false;
}

std::size_t depth_of(std::string_view sql) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (const char c : sql) {
    if (c == '(') deepest = std::max(deepest, ++depth);
    if (c == ')' && depth > 0) --depth;
  }
  return deepest;
}

bool is_text(Value::Kind kind) { return kind == Value::Kind::string || kind == Value::Kind::entity; }

}  // namespace

Result<SqlCondition> SqlText::finish() {
  if (sqlite_ && depth_of(out_) > kDeepestBrackets) {
    refuse("the condition nests deeper than SQLite reads", "make the policies simpler, or decide the rows one by one");
  }
  if (!problems_.empty()) return tl::unexpected(std::move(problems_));
  return SqlCondition{std::move(out_), std::move(parameters_)};
}

void SqlText::refuse(std::string message, std::string help) {
  out_ += kFalse;
  const bool known = std::any_of(problems_.begin(), problems_.end(),
                                 [&](const Diagnostic& problem) { return problem.message == message; });
  if (known) return;
  Diagnostic problem;
  problem.code = ErrorCode::not_translatable;
  problem.message = std::move(message);
  problem.help = std::move(help);
  problems_.push_back(std::move(problem));
}

void SqlText::bind(SqlParameter value) {
  parameters_.push_back(std::move(value));
  out_ += sqlite_ ? "?" : '$' + std::to_string(parameters_.size());
}

void SqlText::bind(const Value& value, SqlEntity entity) {
  switch (value.kind()) {
    case Value::Kind::boolean:
      return sqlite_ ? bind(std::int64_t{value.as_boolean()}) : bind(SqlParameter(value.as_boolean()));
    case Value::Kind::string: return bind(std::string(value.as_string()));
    case Value::Kind::entity:
      return bind(entity == SqlEntity::uid ? to_text(value.as_entity()) : std::string(id_text_of(value.as_entity())));
    default: return bind(value.as_integer());
  }
}

void SqlText::list(const std::vector<Value>& values, SqlEntity entity) {
  out_ += '(';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ", ";
    bind(values[i], entity);
  }
  out_ += ')';
}

void SqlText::comparable(const std::string& sql, Value::Kind kind) {
  out_ += '(' + sql + ')';
  if (is_text(kind)) out_ += sqlite_ ? " COLLATE BINARY" : " COLLATE \"C\"";
}

void SqlText::not_null(const SqlColumn& column) {
  if (column.nullable) out_ += '(' + column.sql + ") IS NOT NULL AND ";
}

std::optional<std::string> SqlText::pattern(const std::vector<std::string>& pieces) const {
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) text += sqlite_ ? '*' : '%';
    for (const char c : pieces[i]) {
      const bool special = sqlite_ ? c == '*' || c == '?' || c == '[' : c == '%' || c == '_' || c == '\\';
      if (special) text += sqlite_ ? '[' : '\\';
      text += c;
      if (special && sqlite_) text += ']';
    }
  }
  if (text.find('\0') != std::string::npos) return std::nullopt;
  if (sqlite_ && (text.size() > kLongestSqlitePattern || has_confused_character(text))) return std::nullopt;
  return text;
}

void SqlText::like(const std::string& sql, Value::Kind kind, std::string pattern) {
  if (sqlite_) {
    out_ += '(' + sql + ") GLOB ";
    bind(std::move(pattern));
  } else {
    comparable(sql, kind);
    out_ += " LIKE ";
    bind(std::move(pattern));
    out_ += R"( ESCAPE '\')";
  }
}

}  // namespace quis
