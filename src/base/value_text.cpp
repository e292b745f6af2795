#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <quis/base/extension.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

std::string constructor_call(std::string_view name, std::string_view text) {
  std::string result(name);
  result += "(\"";
  result += text;
  result += "\")";
  return result;
}

// Values that `offset` moved far outside the years of the text form are written as Cedar writes them: as that call.
std::string datetime_call(std::int64_t milliseconds) {
  const std::string text = datetime_text(milliseconds);
  if (parse_datetime(text)) {
    return constructor_call("datetime", text);
  }
  const std::string distance = constructor_call("duration", duration_text(milliseconds));
  return constructor_call("datetime", "1970-01-01") + ".offset(" + distance + ")";
}

// Sorted by text, because ids depend on what was loaded first.
std::string sorted_list(char open, std::vector<std::string> parts, char close) {
  std::sort(parts.begin(), parts.end());
  std::string result(1, open);
  for (const std::string& part : parts) {
    if (result.size() > 1) {
      result += ", ";
    }
    result += part;
  }
  result += close;
  return result;
}

std::string key_text(SymbolId key, const LocalNames* local) {
  if (key.local() && local == nullptr) {
    return "<unknown>";
  }
  return quoted(local != nullptr ? local->text(key) : text_of(key));
}

}  // namespace

std::string_view to_string(Value::Kind kind) noexcept {
  switch (kind) {
    case Value::Kind::boolean: return "bool";
    case Value::Kind::integer: return "long";
    case Value::Kind::string: return "string";
    case Value::Kind::entity: return "(entity)";
    case Value::Kind::set: return "set";
    case Value::Kind::record: return "record";
    case Value::Kind::decimal: return "decimal";
    case Value::Kind::datetime: return "datetime";
    case Value::Kind::duration: return "duration";
    case Value::Kind::ip: return "ipaddr";
  }
  return "(unknown)";
}

std::string to_text(const Value& value, const LocalNames* local) {
  switch (value.kind()) {
    case Value::Kind::boolean: return value.as_boolean() ? "true" : "false";
    case Value::Kind::integer: return std::to_string(value.as_integer());
    case Value::Kind::string: return quoted(value.as_string());
    case Value::Kind::entity: return to_text(value.as_entity(), local);
    case Value::Kind::decimal: return constructor_call("decimal", decimal_text(value.as_integer()));
    case Value::Kind::datetime: return datetime_call(value.as_integer());
    case Value::Kind::duration: return constructor_call("duration", duration_text(value.as_integer()));
    case Value::Kind::ip: return constructor_call("ip", ip_text(value.as_ip()));
    case Value::Kind::set: {
      std::vector<std::string> parts;
      for (const Value& element : value.as_set().span()) {
        parts.push_back(to_text(element, local));
      }
      return sorted_list('[', std::move(parts), ']');
    }
    case Value::Kind::record: {
      const RecordData& record = value.as_record();
      std::vector<std::string> parts;
      for (std::uint32_t i = 0; i < record.size; ++i) {
        parts.push_back(key_text(record.keys[i], local) + ": " + to_text(record.values[i], local));
      }
      return sorted_list('{', std::move(parts), '}');
    }
  }
  return {};
}

}  // namespace quis
