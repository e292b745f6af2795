#include "model/value_json_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>

#include <quis/base/extension.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

void append_call(std::string& out, ExtensionFunction constructor, std::string_view argument) {
  out += R"({"__extn":{"fn":)";
  append_json_string(out, signature_of(constructor).name);
  out += R"(,"arg":)";
  append_json_string(out, argument);
  out += "}}";
}

/// Texts of instants end with the year 9999; `offset` reaches beyond.
void append_datetime(std::string& out, std::int64_t milliseconds) {
  const std::string text = datetime_text(milliseconds);
  if (parse_datetime(text) == milliseconds) return append_call(out, ExtensionFunction::datetime, text);
  out += R"({"__extn":{"fn":"offset","args":[)";
  append_call(out, ExtensionFunction::datetime, datetime_text(0));
  out += ',';
  append_call(out, ExtensionFunction::duration, duration_text(milliseconds));
  out += "]}}";
}

void append_set(std::string& out, const SetData& set) {
  std::vector<std::string> elements;
  elements.reserve(set.size);
  for (const Value& element : set.span()) append_json(elements.emplace_back(), element);
  std::ranges::sort(elements);
  out += '[';
  std::string_view separator;
  for (const std::string& element : elements) {
    out += separator;
    out += element;
    separator = ",";
  }
  out += ']';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

void append_uid_json(std::string& out, EntityId entity) {
  out += R"({"type":)";
  append_json_string(out, text_of(type_of(entity)));
  out += R"(,"id":)";
  append_json_string(out, id_text_of(entity));
  out += '}';
}

void append_json(std::string& out, const RecordData& record) {
  std::vector<std::pair<std::string_view, const Value*>> members;
  members.reserve(record.size);
  for (std::uint32_t i = 0; i < record.size; ++i) members.emplace_back(text_of(record.keys[i]), &record.values[i]);
  std::ranges::sort(members, {}, [](const auto& member) { return member.first; });
  out += '{';
  std::string_view separator;
  for (const auto& [key, value] : members) {
    out += separator;
    separator = ",";
    append_json_string(out, key);
    out += ':';
    append_json(out, *value);
  }
  out += '}';
}

void append_json(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: out += value.as_boolean() ? "true" : "false"; break;
    case Value::Kind::integer: out += std::to_string(value.as_integer()); break;
    case Value::Kind::string: append_json_string(out, value.as_string()); break;
    case Value::Kind::entity:
      out += R"({"__entity":)";
      append_uid_json(out, value.as_entity());
      out += '}';
      break;
    case Value::Kind::set: append_set(out, value.as_set()); break;
    case Value::Kind::record: append_json(out, value.as_record()); break;
    case Value::Kind::decimal: append_call(out, ExtensionFunction::decimal, decimal_text(value.as_integer())); break;
    case Value::Kind::datetime: append_datetime(out, value.as_integer()); break;
    case Value::Kind::duration: append_call(out, ExtensionFunction::duration, duration_text(value.as_integer())); break;
    case Value::Kind::ip: append_call(out, ExtensionFunction::ip, ip_text(value.as_ip())); break;
  }
}

}  // namespace quis
