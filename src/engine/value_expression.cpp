#include "engine/value_expression.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <quis/base/extension.hpp>

namespace quis {

bool ValueExpressions::spend(std::size_t nodes) noexcept {
  if (nodes > left_) spent_ = true;
  left_ -= spent_ ? left_ : nodes;
  return !spent_;
}

EntityId ValueExpressions::interned(EntityId entity) const {
  if (!entity.local() || names_ == nullptr) return entity;
  return intern_entity(names_->text(names_->type_of(entity)), names_->id_text(entity));
}

BuiltExpr ValueExpressions::text(std::string_view text) {
  constexpr std::size_t kBytesOfNode = 64;
  return spend(1 + text.size() / kBytesOfNode) ? builder_.string(text) : BuiltExpr{};
}

BuiltExpr ValueExpressions::constructed(ExtensionFunction function, std::string_view argument) {
  const BuiltExpr arguments[] = {text(argument)};
  return builder_.call(function, arguments);
}

/// Instants beyond the years that datetime texts can write are an offset from one that is not.
BuiltExpr ValueExpressions::instant(std::int64_t milliseconds) {
  const std::string direct = datetime_text(milliseconds);
  if (parse_datetime(direct) == milliseconds) return constructed(ExtensionFunction::datetime, direct);
  const BuiltExpr arguments[] = {constructed(ExtensionFunction::datetime, datetime_text(0)),
                                 constructed(ExtensionFunction::duration, duration_text(milliseconds))};
  return builder_.call(ExtensionFunction::offset, arguments);
}

BuiltExpr ValueExpressions::set(const SetData& set) {
  std::vector<BuiltExpr> elements;
  for (const Value& element : set.span()) {
    if (spent_) return {};
    elements.push_back(of(element));
  }
  return builder_.set(elements);
}

BuiltExpr ValueExpressions::record(const RecordData& record) {
  std::vector<SymbolId> keys;
  std::vector<BuiltExpr> values;
  for (std::uint32_t i = 0; i < record.size; ++i) {
    if (spent_) return {};
    const SymbolId key = record.keys[i];
    keys.push_back(key.local() && names_ != nullptr ? intern_symbol(names_->text(key)) : key);
    values.push_back(of(record.values[i]));
  }
  return builder_.record(keys, values);
}

BuiltExpr ValueExpressions::of(const Value& value) {
  if (!spend(1)) return {};
  switch (value.kind()) {
    case Value::Kind::boolean: return builder_.boolean(value.as_boolean());
    case Value::Kind::integer: return builder_.integer(value.as_integer());
    case Value::Kind::string: return text(value.as_string());
    case Value::Kind::entity: return builder_.entity(interned(value.as_entity()));
    case Value::Kind::set: return set(value.as_set());
    case Value::Kind::record: return record(value.as_record());
    case Value::Kind::decimal: return constructed(ExtensionFunction::decimal, decimal_text(value.as_integer()));
    case Value::Kind::datetime: return instant(value.as_integer());
    case Value::Kind::duration: return constructed(ExtensionFunction::duration, duration_text(value.as_integer()));
    case Value::Kind::ip: return constructed(ExtensionFunction::ip, ip_text(value.as_ip()));
  }
  return {};
}

}  // namespace quis
