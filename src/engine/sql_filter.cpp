// SQL of filters.
//
// Three rules keep the rendering exact. Each leaf asks first whether its column is NULL, so that it is true or false
// and `NOT` around it is what it says. Each text operand gets a collation that compares bytes, because a column's own
// may ignore case. And every value is bound, never written, so that no text of an entity or a policy can end up as SQL.
//
// `AND` and `OR` of many operands are written as trees, balanced by what the operands hold: databases bound the depth
// of expressions, and count a chain as one as deep as it is long.

#include <quis/engine/sql_filter.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

using Kind = FilterExpr::Kind;

constexpr const char* kTrue = "(1 = 1)";
constexpr const char* kFalse = "(1 = 0)";
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

/// How much an operand of `AND` or `OR` holds: what is twice as much may nest one level deeper.
std::size_t weight_of(const FilterExpr& e) {
  std::size_t weight = 0;
  for (const FilterExpr& operand : e.operands) weight += weight_of(operand);
  return e.kind == Kind::none ? 2 * weight : std::max<std::size_t>(weight, 1);
}

std::string spelt(const FilterPath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text;
}

class SqlWriter {
 public:
  explicit SqlWriter(const SqlMapping& mapping) : mapping_(mapping), sqlite_(mapping.dialect == SqlDialect::sqlite) {}

  void write(const FilterExpr& e) {
    switch (e.kind) {
      case Kind::constant: out_ += e.value ? kTrue : kFalse; break;
      case Kind::all: tree(e, " AND "); break;
      case Kind::any: tree(e, " OR "); break;
      case Kind::none:
        out_ += "(NOT ";
        write(e.operands.front());
        out_ += ')';
        break;
      case Kind::present: present(e); break;
      case Kind::compare: compare(e); break;
      case Kind::one_of: one_of(e); break;
      case Kind::is_in: is_in(e); break;
      case Kind::contains_any:
      case Kind::is_empty: of_set(e); break;
      case Kind::like: like(e); break;
    }
  }

  Result<SqlCondition> finish() {
    if (sqlite_ && depth_of(out_) > kDeepestBrackets) {
      refuse("the condition nests deeper than SQLite reads",
             "make the policies simpler, or decide the rows one by one");
    }
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    return SqlCondition{std::move(out_), std::move(parameters_)};
  }

 private:
  void refuse(std::string message, std::string help) {
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

  void refuse_path(const FilterPath& path, const char* what) {
    refuse("`" + (path.empty() ? std::string("the row itself") : spelt(path)) + "` has no " + what + " in the mapping",
           "map it, or decide the rows one by one");
  }

  void tree(const FilterExpr& e, const char* separator) {
    std::vector<std::size_t> ends;  // the weight of the operands up to each and with it
    ends.reserve(e.operands.size());
    for (const FilterExpr& operand : e.operands)
      ends.push_back(weight_of(operand) + (ends.empty() ? std::size_t{0} : ends.back()));
    tree(e.operands, ends, 0, separator);
  }

  /// `before` is the weight that `ends` begins with.
  void tree(std::span<const FilterExpr> operands, std::span<const std::size_t> ends, std::size_t before,
            const char* separator) {
    if (operands.size() == 1) return write(operands.front());
    const std::size_t middle = before + (ends.back() - before) / 2;
    auto half = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), middle) - ends.begin());
    // The operand across the middle goes where it leaves the sides more alike.
    if (half + 1 < ends.size() && ends[half] - middle < middle - (half == 0 ? before : ends[half - 1])) ++half;
    half = std::clamp<std::size_t>(half, 1, operands.size() - 1);
    out_ += '(';
    tree(operands.first(half), ends.first(half), before, separator);
    out_ += separator;
    tree(operands.subspan(half), ends.subspan(half), ends[half - 1], separator);
    out_ += ')';
  }

  const SqlColumn* column(const FilterPath& path) {
    const auto found = mapping_.columns.find(path);
    if (found != mapping_.columns.end()) return &found->second;
    refuse_path(path, "column");
    return nullptr;
  }

  void bind(SqlParameter value) {
    parameters_.push_back(std::move(value));
    out_ += sqlite_ ? "?" : '$' + std::to_string(parameters_.size());
  }

  void bind(const Value& value, SqlEntity entity) {
    switch (value.kind()) {
      case Value::Kind::boolean:
        return sqlite_ ? bind(std::int64_t{value.as_boolean()}) : bind(SqlParameter(value.as_boolean()));
      case Value::Kind::string: return bind(std::string(value.as_string()));
      case Value::Kind::entity:
        return bind(entity == SqlEntity::uid ? to_text(value.as_entity()) : std::string(id_text_of(value.as_entity())));
      default: return bind(value.as_integer());
    }
  }

  void list(const std::vector<Value>& values, SqlEntity entity) {
    out_ += '(';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      bind(values[i], entity);
    }
    out_ += ')';
  }

  /// An expression that compares by bytes.
  void comparable(const std::string& sql, Value::Kind kind) {
    out_ += '(' + sql + ')';
    if (is_text(kind)) out_ += sqlite_ ? " COLLATE BINARY" : " COLLATE \"C\"";
  }

  void not_null(const SqlColumn& column) {
    if (column.nullable) out_ += '(' + column.sql + ") IS NOT NULL AND ";
  }

  /// A value that the column can hold: an id alone says nothing of entities of other types.
  static bool fits(const Value& value, const FilterExpr& e, SqlEntity entity) {
    return !value.is(Value::Kind::entity) || entity == SqlEntity::uid || type_of(value.as_entity()) == e.entity_type;
  }

  static std::vector<Value> fitting(const FilterExpr& e, SqlEntity entity) {
    std::vector<Value> values = e.values;
    std::erase_if(values, [&](const Value& value) { return !fits(value, e, entity); });
    return values;
  }

  void present(const FilterExpr& e) {
    if (const auto set = mapping_.sets.find(e.path); set != mapping_.sets.end()) {
      out_ += set->second.presence.empty() ? kTrue : '(' + set->second.presence + ')';
    } else if (const SqlColumn* found = column(e.path)) {
      out_ += found->nullable ? "((" + found->sql + ") IS NOT NULL)" : kTrue;
    }
  }

  void compare(const FilterExpr& e) {
    constexpr const char* kSigns[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    const SqlColumn* left = column(e.path);
    if (left == nullptr) return;
    const SqlColumn* right = nullptr;
    if (e.values.empty()) {
      right = column(e.other);
      if (right == nullptr) return;
      if (e.of == Value::Kind::entity && left->entity != right->entity) {
        return refuse("`" + spelt(e.path) + "` and `" + spelt(e.other) + "` hold entities in different forms",
                      "map both as ids or both as uids");
      }
    } else if (!fits(e.values.front(), e, left->entity)) {
      out_ += e.comparison == FilterExpr::Comparison::not_equal ? "((" + left->sql + ") IS NOT NULL)" : kFalse;
      return;
    }
    out_ += '(';
    not_null(*left);
    if (right != nullptr) not_null(*right);
    comparable(left->sql, e.of);
    out_ += kSigns[static_cast<std::size_t>(e.comparison)];
    if (right != nullptr) {
      comparable(right->sql, e.of);
    } else {
      bind(e.values.front(), left->entity);
    }
    out_ += ')';
  }

  void one_of(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    const std::vector<Value> values = fitting(e, found->entity);
    if (values.empty()) {
      out_ += kFalse;
      return;
    }
    out_ += '(';
    not_null(*found);
    comparable(found->sql, e.of);
    out_ += " IN ";
    list(values, found->entity);
    out_ += ')';
  }

  void is_in(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    const auto membership = mapping_.memberships.find(e.path);
    if (membership == mapping_.memberships.end()) return refuse_path(e.path, "membership");
    const SqlMembership& members = membership->second;
    out_ += '(';
    one_of(e);
    out_ += " OR (";
    not_null(*found);
    out_ += "EXISTS (SELECT 1 FROM " + members.table + " AS quis_members WHERE ";
    comparable("quis_members." + members.member_column, e.of);
    out_ += " = ";
    comparable(found->sql, e.of);
    out_ += " AND ";
    comparable("quis_members." + members.ancestor_column, e.of);
    out_ += " IN ";
    list(e.values, SqlEntity::uid);
    out_ += ")))";
  }

  void of_set(const FilterExpr& e) {
    const auto found = mapping_.sets.find(e.path);
    if (found == mapping_.sets.end()) return refuse_path(e.path, "set");
    const SqlSet& set = found->second;
    const bool wants_element = e.kind == Kind::contains_any;
    const std::vector<Value> values = fitting(e, set.entity);
    if (wants_element && values.empty()) {
      out_ += kFalse;
      return;
    }
    out_ += '(';
    if (!set.presence.empty()) out_ += '(' + set.presence + ") AND ";
    out_ += wants_element ? "EXISTS" : "NOT EXISTS";
    out_ += " (SELECT 1 FROM " + set.table + " AS quis_elements WHERE quis_elements." + set.owner_column + " = (" +
            set.row + ')';
    if (wants_element) {
      out_ += " AND ";
      comparable("quis_elements." + set.value_column, e.of);
      out_ += " IN ";
      list(values, set.entity);
    }
    out_ += "))";
  }

  /// SQLite's GLOB keeps to case where its LIKE does not. A character that GLOB has a meaning for is a class of itself.
  std::string pattern_text(const std::vector<std::string>& pieces) const {
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
    return text;
  }

  void like(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    std::string pattern = pattern_text(e.pattern);
    if (pattern.find('\0') != std::string::npos ||
        (sqlite_ && (pattern.size() > kLongestSqlitePattern || has_confused_character(pattern)))) {
      return refuse("a pattern on `" + spelt(e.path) + "` is one that the database does not take",
                    "shorten it, or take the characters U+0000 and U+FFFD to U+FFFF out");
    }
    out_ += '(';
    not_null(*found);
    if (sqlite_) {
      out_ += '(' + found->sql + ") GLOB ";
      bind(std::move(pattern));
    } else {
      comparable(found->sql, e.of);
      out_ += " LIKE ";
      bind(std::move(pattern));
      out_ += R"( ESCAPE '\')";
    }
    out_ += ')';
  }

  const SqlMapping& mapping_;
  const bool sqlite_;
  std::string out_;
  std::vector<SqlParameter> parameters_;
  Errors problems_;
};

}  // namespace

Result<SqlCondition> to_sql(const Filter& filter, const SqlMapping& mapping) {
  SqlWriter writer(mapping);
  writer.write(filter.root);
  return writer.finish();
}

}  // namespace quis
