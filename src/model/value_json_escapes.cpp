// The names in JSON values: entity uids and calls of extension functions, with and without their escapes.
#include "model/value_json.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/evaluation_error.hpp>
#include <quis/model/schema.hpp>

#include "base/extension_forms.hpp"
#include "base/type_name.hpp"

namespace quis {
namespace {

namespace bj = boost::json;

bool is_extension(Value::Kind kind) noexcept {
  return kind == Value::Kind::decimal || kind == Value::Kind::datetime || kind == Value::Kind::duration ||
         kind == Value::Kind::ip;
}

/// The constructor that makes a value of an extension type from one string.
ExtensionFunction constructor_of(Value::Kind kind) noexcept {
  const auto signatures = extension_signatures();
  return std::ranges::find_if(
             signatures,
             [&](const ExtensionSignature& signature) { return signature.is_constructor && signature.result == kind; })
      ->function;
}

bool is_expression_escape(const bj::value& json) noexcept {
  const bj::value* expression = member(json, "__expr");
  return expression != nullptr && expression->is_string();
}

}  // namespace

std::optional<TypeAndId> ValueReader::type_and_id(const bj::value& json, const json::Path& path) {
  if (is_expression_escape(json)) return refuse_expression(path);
  if (const bj::value* inner = member(json, "__entity")) {
    if (const auto found = as_type_and_id(*inner)) return found;
  }
  if (const auto found = as_type_and_id(json)) return found;
  return refuse(path, ErrorCode::invalid_entity_uid,
                "expected an entity uid, found " + std::string(json::kind_name(json)),
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
  if (is_expression_escape(json)) return refuse_expression(path);
  std::optional<Value> made;
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
  if (made && !made->is(kind)) return refuse_value(path, to_string(kind), *made);
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
    const auto read =
        declared ? extension(call.arguments[i], place, signature->arguments[i]) : untyped(call.arguments[i], place);
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
    return refuse(path, ErrorCode::invalid_value,
                  in_backticks(arguments[0].as_string()) + " is not a valid argument of " + in_backticks(name),
                  std::string(written_form_of(signature_of(function).result)));
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
  if (std::ranges::find(*declared->choices, id_text_of(entity)) != declared->choices->end()) return true;
  refuse(path, ErrorCode::invalid_entity_uid,
         in_backticks(to_text(entity)) + " is none of the entities that its enumerated type declares",
         "use one of those, or add it to the schema");
  return false;
}

}  // namespace quis
