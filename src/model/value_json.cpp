#include "model/value_json.hpp"

#include <cstddef>
#include <utility>

namespace quis {
namespace {

namespace bj = boost::json;

/// What a value is, in the words of a schema.
std::string describe(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::entity: return "an entity";
    case Value::Kind::set: return "a set";
    case Value::Kind::record: return "a record";
    default: return in_backticks(to_text(*Type::of(value.kind())));
  }
}

}  // namespace

std::optional<Value> ValueReader::value(const bj::value& json, const json::Path& path, const Type* type) {
  if (type == nullptr) return untyped(json, path);
  switch (type->kind()) {
    case Value::Kind::entity: return entity(json, path, *type);
    case Value::Kind::set:
      if (!json.is_array()) return refuse_kind(path, to_text(*type), json);
      return set(json.get_array(), path, type->element().get());
    case Value::Kind::record:
      if (!json.is_object()) return refuse_kind(path, to_text(*type), json);
      return record(json.get_object(), path, type);
    case Value::Kind::decimal:
    case Value::Kind::datetime:
    case Value::Kind::duration:
    case Value::Kind::ip: return extension(json, path, type->kind());
    case Value::Kind::boolean:
    case Value::Kind::integer:
    case Value::Kind::string: break;
  }
  const auto read = untyped(json, path);
  if (read && !read->is(type->kind())) return refuse_value(path, to_text(*type), *read);
  return read;
}

std::optional<Value> ValueReader::untyped(const bj::value& json, const json::Path& path) {
  switch (json.kind()) {
    case bj::kind::bool_: return Value::boolean(json.get_bool());
    case bj::kind::int64: return Value::integer(json.get_int64());
    case bj::kind::string: return arena_.string(text_of(json.get_string()));
    case bj::kind::array: return set(json.get_array(), path, nullptr);
    case bj::kind::object: return object(json, path);
    case bj::kind::null:
      return refuse(path, ErrorCode::invalid_value, "Cedar has no `null`", "leave the key out, and ask with `has`");
    case bj::kind::uint64:
    case bj::kind::double_: break;
  }
  return refuse_number(path);
}

std::optional<Value> ValueReader::object(const bj::value& json, const json::Path& path) {
  if (const bj::value* inner = sole_member(json, "__entity")) {
    if (const auto found = as_type_and_id(*inner)) {
      if (!all_numbers_are_whole(*inner)) return refuse_number(path.child("__entity"));
      const auto made = make_uid(*found, path);
      return made ? std::optional(Value::entity(*made)) : std::nullopt;
    }
  } else if (const bj::value* extension = sole_member(json, "__extn")) {
    if (const auto found = as_function_call(*extension)) {
      if (!all_numbers_are_whole(*extension)) return refuse_number(path.child("__extn"));
      return call(*found, path.child("__extn"), false);
    }
  } else if (const bj::value* expression = sole_member(json, "__expr");
             expression != nullptr && expression->is_string()) {
    return refuse_expression(path);
  }
  return record(json.get_object(), path, nullptr);
}

std::optional<Value> ValueReader::set(const bj::array& json, const json::Path& path, const Type* element) {
  std::vector<Value> elements;
  elements.reserve(json.size());
  bool complete = true;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto read = value(json[i], path.child(i), element);
    complete = complete && read;
    if (read) elements.push_back(*read);
  }
  return complete ? std::optional(arena_.set(elements)) : std::nullopt;
}

std::optional<Value> ValueReader::record(const bj::object& json, const json::Path& path, const Type* type) {
  const std::size_t begin = members_.size();
  const bool complete =
      type == nullptr ? fields(json, path, nullptr, members_) : declared_fields(json, path, *type, members_);
  std::optional<Value> made;
  if (complete) {
    const std::span<Field> members = std::span(members_).subspan(begin);
    if (shapes_ == nullptr) {
      made = arena_.record(members);
    } else if (const auto shaped = shapes_->make(members, arena_)) {
      made = Value::record(new (arena_.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(*shaped));
    }
  }
  members_.resize(begin);
  if (made || !complete) return made;
  return refuse(path, ErrorCode::duplicate_key, "a key that stands twice in one object", "remove one of the two");
}

bool ValueReader::fields(const bj::object& json, const json::Path& path, const Type* type_of_each,
                         std::vector<Field>& fields) {
  fields.reserve(fields.size() + json.size());
  bool complete = true;
  for (const bj::key_value_pair& member : json) {
    const std::string_view key = text_of(member.key());
    const auto read = value(member.value(), path.child(key), type_of_each);
    complete = complete && read;
    if (read) fields.emplace_back(names_.symbol(key), *read);
  }
  return complete;
}

bool ValueReader::declared_fields(const bj::object& json, const json::Path& path, const Type& record,
                                  std::vector<Field>& fields) {
  fields.reserve(fields.size() + json.size());
  bool complete = true;
  for (const bj::key_value_pair& member : json) {
    const std::string_view key = text_of(member.key());
    const AttributeType* declared = record.find(find_symbol(key));
    if (declared == nullptr) {
      refuse(path.child(key), ErrorCode::unexpected_attribute, in_backticks(key) + " is not declared",
             "remove it, or declare it in the schema");
      complete = false;
      continue;
    }
    const auto read = value(member.value(), path.child(key), declared->type.get());
    complete = complete && read;
    if (read) fields.emplace_back(declared->name, *read);
  }
  for (const AttributeType& declared : record.attributes()) {
    if (!declared.required) continue;
    const std::string_view name = text_of(declared.name);
    if (json.contains({name.data(), name.size()})) continue;
    refuse(path, ErrorCode::missing_attribute, in_backticks(name) + " is missing",
           "add it, of type " + in_backticks(to_text(*declared.type)) + ", or declare it with `?`");
    complete = false;
  }
  return complete;
}

std::nullopt_t ValueReader::refuse(const json::Path& path, ErrorCode code, std::string message, std::string help) {
  problems_.add(path, code, std::move(message), std::move(help));
  return std::nullopt;
}

std::nullopt_t ValueReader::refuse_number(const json::Path& path) {
  return refuse(path, ErrorCode::invalid_value, "a number that is no 64-bit integer, the only kind that Cedar has",
                R"(write {"__extn": {"fn": "decimal", "arg": "1.5"}} for a decimal, and a string for a large number)");
}

std::nullopt_t ValueReader::refuse_expression(const json::Path& path) {
  return refuse(path, ErrorCode::invalid_value, "Cedar gave up the `__expr` escape",
                "use `__entity` for an entity and `__extn` for an extension value");
}

std::nullopt_t ValueReader::refuse_kind(const json::Path& path, std::string_view expected, const bj::value& found) {
  return refuse_found(path, expected, std::string(json::kind_name(found)));
}

std::nullopt_t ValueReader::refuse_value(const json::Path& path, std::string_view expected, const Value& found) {
  return refuse_found(path, expected, describe(found));
}

std::nullopt_t ValueReader::refuse_found(const json::Path& path, std::string_view expected, const std::string& found) {
  return refuse(path, ErrorCode::type_mismatch, "expected " + in_backticks(expected) + ", found " + found,
                "write a value of the declared type, or declare another");
}

}  // namespace quis
