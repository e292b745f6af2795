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
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "engine/sql_text.hpp"

namespace quis {
namespace {

using Kind = FilterExpr::Kind;

constexpr const char* kTrue = SqlText::kTrue;
constexpr const char* kFalse = SqlText::kFalse;

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
  explicit SqlWriter(const SqlMapping& mapping) : mapping_(mapping), out_(mapping.dialect) {}

  void write(const FilterExpr& e) {
    if (depth_ == kDeepest) {
      return out_.refuse("the condition nests too deeply", "make the policies simpler, or decide the rows one by one");
    }
    ++depth_;
    write_kind(e);
    --depth_;
  }

  [[nodiscard]] Result<SqlCondition> finish() { return out_.finish(); }

 private:
  /// Conditions within conditions: far more than any database reads, and no danger to the stack.
  static constexpr std::size_t kDeepest = 200;

  void write_kind(const FilterExpr& e) {
    switch (e.kind) {
      case Kind::constant: out_ += e.value ? kTrue : kFalse; break;
      case Kind::all: tree(e, " AND "); break;
      case Kind::any: tree(e, " OR "); break;
      case Kind::none:
        out_ += "(NOT ";
        write(e.operands.front());
        out_ += ")";
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
    out_ += "(";
    tree(operands.first(half), ends.first(half), before, separator);
    out_ += separator;
    tree(operands.subspan(half), ends.subspan(half), ends[half - 1], separator);
    out_ += ")";
  }

  void refuse_path(const FilterPath& path, const char* what) {
    out_.refuse(
        "`" + (path.empty() ? std::string("the row itself") : spelt(path)) + "` has no " + what + " in the mapping",
        "map it, or decide the rows one by one");
  }

  const SqlColumn* column(const FilterPath& path) {
    const auto found = mapping_.columns.find(path);
    if (found != mapping_.columns.end()) return &found->second;
    refuse_path(path, "column");
    return nullptr;
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
        return out_.refuse("`" + spelt(e.path) + "` and `" + spelt(e.other) + "` hold entities in different forms",
                           "map both as ids or both as uids");
      }
    } else if (!fits(e.values.front(), e, left->entity)) {
      out_ += e.comparison == FilterExpr::Comparison::not_equal ? "((" + left->sql + ") IS NOT NULL)" : kFalse;
      return;
    }
    out_ += "(";
    out_.not_null(*left);
    if (right != nullptr) out_.not_null(*right);
    out_.comparable(left->sql, e.of);
    out_ += kSigns[static_cast<std::size_t>(e.comparison)];
    if (right != nullptr) {
      out_.comparable(right->sql, e.of);
    } else {
      out_.bind(e.values.front(), left->entity);
    }
    out_ += ")";
  }

  void one_of(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    const std::vector<Value> values = fitting(e, found->entity);
    if (values.empty()) {
      out_ += kFalse;
      return;
    }
    out_ += "(";
    out_.not_null(*found);
    out_.comparable(found->sql, e.of);
    out_ += " IN ";
    out_.list(values, found->entity);
    out_ += ")";
  }

  void is_in(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    const auto membership = mapping_.memberships.find(e.path);
    if (membership == mapping_.memberships.end()) return refuse_path(e.path, "membership");
    const SqlMembership& members = membership->second;
    out_ += "(";
    one_of(e);
    out_ += " OR (";
    out_.not_null(*found);
    out_ += "EXISTS (SELECT 1 FROM " + members.table + " AS quis_members WHERE ";
    out_.comparable("quis_members." + members.member_column, e.of);
    out_ += " = ";
    out_.comparable(found->sql, e.of);
    out_ += " AND ";
    out_.comparable("quis_members." + members.ancestor_column, e.of);
    out_ += " IN ";
    out_.list(e.values, SqlEntity::uid);
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
    out_ += "(";
    if (!set.presence.empty()) out_ += "(" + set.presence + ") AND ";
    out_ += wants_element ? "EXISTS" : "NOT EXISTS";
    out_ += " (SELECT 1 FROM " + set.table + " AS quis_elements WHERE quis_elements." + set.owner_column + " = (" +
            set.row + ')';
    if (wants_element) {
      out_ += " AND ";
      out_.comparable("quis_elements." + set.value_column, e.of);
      out_ += " IN ";
      out_.list(values, set.entity);
    }
    out_ += "))";
  }

  void like(const FilterExpr& e) {
    const SqlColumn* found = column(e.path);
    if (found == nullptr) return;
    std::optional<std::string> pattern = out_.pattern(e.pattern);
    if (!pattern) {
      return out_.refuse("a pattern on `" + spelt(e.path) + "` is one that the database does not take",
                         "shorten it, or take the characters U+0000 and U+FFFD to U+FFFF out");
    }
    out_ += "(";
    out_.not_null(*found);
    out_.like(found->sql, e.of, std::move(*pattern));
    out_ += ")";
  }

  const SqlMapping& mapping_;
  SqlText out_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<SqlCondition> to_sql(const Filter& filter, const SqlMapping& mapping) {
  SqlWriter writer(mapping);
  writer.write(filter.root);
  return writer.finish();
}

}  // namespace quis
