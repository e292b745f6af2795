#include "model/value_json.hpp"

#include <utility>

#include <quis/base/evaluation_error.hpp>
#include <quis/model/schema.hpp>

#include "base/type_name.hpp"

namespace quis {
namespace {

namespace bj = boost::json;

std::string in_backticks(std::string_view text) { return "`" + std::string(text) + "`"; }

/// What a value is, in the words of a schema.
std::string describe(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::entity: return "an entity";
    case Value::Kind::set: return "a set";
    case Value::Kind::record: return "a record";
    default: return in_backticks(to_text(*Type::of(value.kind())));
  }
}

bool is_extension(Value::Kind kind) noexcept {
  return kind == Value::Kind::decimal || kind == Value::Kind::datetime || kind == Value::Kind::duration ||
         kind == Value::Kind::ip;
}

/// The constructor that makes an extension value from one string.
ExtensionFunction constructor_of(Value::Kind kind) noexcept {
  for (const ExtensionSignature& signature : extension_signatures()) {
    if (signature.is_constructor && signature.result == kind) return signature.function;
  }
  return ExtensionFunction::decimal;  // not reached: each extension type has one
}

}  // namespace

std::optional<Value> ValueReader::value(const bj::value& json, const json::Path& path, const Type* type) {
  if (type == nullptr) return untyped(json, path);
  switch (type->kind()) {
    case Value::Kind::entity:
      return entity(json, path, *type);
    case Value::Kind::set:
      if (!json.is_array()) return refuse_kind(path, to_text(*type), json);
      return set(json.get_array(), path, type->element().get());
    case Value::Kind::record:
      if (!json.is_object()) return refuse_kind(path, to_text(*type), json);
      return record(json.get_object(), path, type);
    default:
      break;
  }
  if (is_extension(type->kind())) return extension(json, path, type->kind());
  const auto read = untyped(json, path);
  if (read && !read->is(type->kind())) {
    return refuse(path, ErrorCode::type_mismatch,
                  "expected " + in_backticks(to_text(*type)) + ", found " + describe(*read),
                  "write a value of the declared type, or declare another");
  }
  return read;
}

std::optional<Value> ValueReader::untyped(const bj::value& json, const json::Path& path) {
  switch (json.kind()) {
    case bj::kind::bool_:
      return Value::boolean(json.get_bool());
    case bj::kind::int64:
      return Value::integer(json.get_int64());
    case bj::kind::string:
      return arena_.string(text_of(json.get_string()));
    case bj::kind::array:
      return set(json.get_array(), path, nullptr);
    case bj::kind::object:
      return object(json, path);
    case bj::kind::null:
      return refuse(path, ErrorCode::invalid_value, "Cedar has no `null`", "leave the key out, and ask with `has`");
    case bj::kind::uint64:
    case bj::kind::double_:
      break;
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
  } else if (const bj::value* expression = sole_member(json, "__expr"); expression != nullptr && expression->is_string()) {
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
  std::vector<Field> members;
  const bool complete = type == nullptr ? fields(json, path, nullptr, members) : declared_fields(json, path, *type, members);
  if (!complete) return std::nullopt;
  const auto made = shapes_.make(members, arena_);
  if (!made) {
    return refuse(path, ErrorCode::duplicate_key, "a key that stands twice in one object", "remove one of the two");
  }
  return Value::record(new (arena_.allocate(sizeof(RecordData), alignof(RecordData))) RecordData(*made));
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
           "add a " + in_backticks(to_text(*declared.type)) + ", or declare it with `?`");
    complete = false;
  }
  return complete;
}

std::optional<TypeAndId> ValueReader::type_and_id(const bj::value& json, const json::Path& path) {
  if (const bj::value* expression = member(json, "__expr"); expression != nullptr && expression->is_string()) {
    return refuse_expression(path);
  }
  if (const bj::value* inner = member(json, "__entity")) {
    if (const auto found = as_type_and_id(*inner)) return found;
  }
  if (const auto found = as_type_and_id(json)) return found;
  return refuse(path, ErrorCode::invalid_entity_uid, "expected an entity uid, found " + std::string(json::kind_name(json)),
                R"(write {"type": "User", "id": "alice"} for `User::"alice"`)");
}

std::optional<EntityId> ValueReader::uid(const bj::value& json, const json::Path& path) {
  const auto found = type_and_id(json, path);
  return found ? make_uid(*found, path) : std::nullopt;
}

std::optional<Value> ValueReader::entity(const bj::value& json, const json::Path& path, const Type& type) {
  const auto found = type_and_id(json, path);
  const auto made = found ? make_uid(*found, path) : std::nullopt;
  if (!made) return std::nullopt;
  if (type_name(found->type) != type.entity_type()) {
    return refuse(path, ErrorCode::type_mismatch,
                  "expected " + in_backticks(to_text(type)) + ", found " + in_backticks(found->type),
                  "refer to an entity of the declared type, or declare another");
  }
  return check_exists(*made, path) ? std::optional(Value::entity(*made)) : std::nullopt;
}

std::optional<Value> ValueReader::extension(const bj::value& json, const json::Path& path, Value::Kind kind) {
  std::optional<Value> made;
  if (const bj::value* expression = member(json, "__expr"); expression != nullptr && expression->is_string()) {
    return refuse_expression(path);
  }
  const bj::value* inner = member(json, "__extn");
  const auto explicit_call = inner == nullptr ? std::nullopt : as_function_call(*inner);
  if (explicit_call) {
    made = call(*explicit_call, path.child("__extn"), true);
  } else if (const auto bare_call = as_function_call(json)) {
    made = call(*bare_call, path, true);
  } else if (json.is_string()) {
    const Value text = arena_.string(text_of(json.get_string()));
    made = apply(constructor_of(kind), {&text, 1}, path);
  } else {
    return refuse_kind(path, to_string(kind), json);
  }
  if (made && !made->is(kind)) {
    return refuse(path, ErrorCode::type_mismatch, "expected " + in_backticks(to_string(kind)) + ", found " + describe(*made),
                  "write a value of the declared type, or declare another");
  }
  return made;
}

std::optional<Value> ValueReader::call(const FunctionCall& call, const json::Path& path, bool typed) {
  const ExtensionSignature* signature = find_extension(call.function);
  if (signature == nullptr) {
    return refuse(path, ErrorCode::unknown_function, "no extension function is called " + in_backticks(call.function),
                  "`ip`, `decimal`, `datetime` and `duration` make extension values");
  }
  std::vector<Value> arguments;
  bool complete = true;
  const json::Path list = path.child("args");
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const bool declared = typed && i < signature->arity && is_extension(signature->arguments[i]);
    const json::Path place = call.is_list ? list.child(i) : path.child("arg");
    const auto read = declared ? extension(call.arguments[i], place, signature->arguments[i])
                               : untyped(call.arguments[i], place);
    complete = complete && read;
    if (read) arguments.push_back(*read);
  }
  return complete ? apply(signature->function, arguments, path) : std::nullopt;
}

std::optional<Value> ValueReader::apply(ExtensionFunction function, std::span<const Value> arguments,
                                        const json::Path& path) {
  const auto made = call_extension(function, arguments, arena_);
  if (made) return *made;
  const std::string_view name = signature_of(function).name;
  if (made.error().reason == EvaluationError::Reason::extension_failed && arguments.size() == 1 &&
      arguments[0].is(Value::Kind::string)) {
    return refuse(path, ErrorCode::invalid_value, in_backticks(arguments[0].as_string()) + " is not a valid argument of " +
                                                      in_backticks(name),
                  "see the text forms of Cedar's extension types");
  }
  return refuse(path, ErrorCode::invalid_value, to_text(made.error()), "correct the call of " + in_backticks(name));
}

std::optional<EntityId> ValueReader::make_uid(TypeAndId uid, const json::Path& path) {
  const TypeId type = type_name(uid.type);
  if (type.valid()) return names_.entity(type, uid.id);
  return refuse(path, ErrorCode::invalid_entity_uid, in_backticks(uid.type) + " is not the name of an entity type",
                "write identifiers joined by `::`, without spaces and reserved words");
}

TypeId ValueReader::type_name(std::string_view text) {
  if (last_type_text_ != text || !last_type_.valid()) {
    last_type_ = is_normalized_name(text) ? names_.type(text) : TypeId{};
    last_type_text_ = text;
  }
  return last_type_;
}

bool ValueReader::check_exists(EntityId entity, const json::Path& path) {
  if (schema_ == nullptr) return true;
  const TypeId type = type_of(entity);
  if (is_action_type(type)) {
    if (schema_->find(entity) != nullptr) return true;
    refuse(path, ErrorCode::unknown_action, "the schema declares no action " + in_backticks(to_text(entity)),
           "declare the action, or correct its name");
    return false;
  }
  const EntityTypeDeclaration* declared = schema_->find(type);
  if (declared == nullptr || !declared->choices) return true;
  for (const std::string& choice : *declared->choices) {
    if (choice == id_text_of(entity)) return true;
  }
  refuse(path, ErrorCode::invalid_entity_uid,
         in_backticks(to_text(entity)) + " is none of the entities that its enumerated type declares",
         "use one of those, or add it to the schema");
  return false;
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
  return refuse(path, ErrorCode::type_mismatch,
                "expected " + in_backticks(expected) + ", found " + std::string(json::kind_name(found)),
                "write a value of the declared type, or declare another");
}

}  // namespace quis
