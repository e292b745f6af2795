#include <quis/engine/request.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include <quis/model/conformance.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/expression.hpp>

#include "base/json.hpp"
#include "base/type_name.hpp"
#include "engine/plain_request.hpp"
#include "engine/schema_questions.hpp"

namespace quis {
namespace {

std::string names_of(const std::vector<TypeId>& types) {
  std::string text;
  for (const TypeId type : types) {
    text += text.empty() ? "`" : ", `";
    text += text_of(type);
    text += "`";
  }
  return text.empty() ? "nothing" : text;
}

bool is_among(TypeId type, const std::vector<TypeId>& allowed) noexcept {
  return std::find(allowed.begin(), allowed.end(), type) != allowed.end();
}

/// False for an entity of an enumerated type whose id is none of the enumerated ones.
bool is_declared(EntityId entity, const Schema& schema, const LocalNames& names) {
  if (!schema.has_enumerated_types()) return true;
  const EntityTypeDeclaration* declaration = schema.find(names.type_of(entity));
  if (declaration == nullptr || !declaration->choices) return true;
  const auto& choices = *declaration->choices;
  return std::find(choices.begin(), choices.end(), names.id_text(entity)) != choices.end();
}

Result<void> check_entity(const char* role, EntityId entity, const std::vector<TypeId>& allowed,
                          const ActionDeclaration& action, const Schema& schema, const LocalNames& names) {
  const TypeId type = names.type_of(entity);
  if (!is_among(type, allowed)) {
    return failure(ErrorCode::invalid_request,
                   "a " + std::string(role) + " of type `" + std::string(names.text(type)) + "` is not allowed for `" +
                       to_text(action.uid) + "`",
                   "the schema allows " + names_of(allowed));
  }
  if (is_declared(entity, schema, names)) return {};
  return failure(ErrorCode::invalid_request, "the " + std::string(role) + " `" + to_text(entity, &names) +
                                                 "` is not one of its type's enumerated ids");
}

/// An entity in a value that its enumerated type does not declare, or none.
EntityId find_undeclared(const Value& value, const Schema& schema, const LocalNames& names) {
  std::span<const Value> parts;
  switch (value.kind()) {
    case Value::Kind::entity: return is_declared(value.as_entity(), schema, names) ? EntityId{} : value.as_entity();
    case Value::Kind::set: parts = value.as_set().span(); break;
    case Value::Kind::record: parts = {value.as_record().values, value.as_record().size}; break;
    default: break;
  }
  for (const Value& part : parts) {
    if (const EntityId found = find_undeclared(part, schema, names); found.valid()) return found;
  }
  return {};
}

Result<void> check_request(EntityId principal, const ActionDeclaration& action, EntityId resource, const Schema& schema,
                           const LocalNames& names) {
  Result<void> checked = check_entity("principal", principal, action.principals, action, schema, names);
  if (checked) checked = check_entity("resource", resource, action.resources, action, schema, names);
  return checked;
}

/// Whether `make` would take this request: of names that everybody knows, with a context that is empty. False also
/// where only `make` can tell.
bool is_plainly_allowed(const PlainRequest& request, const Schema* schema, bool check) noexcept {
  if (schema == nullptr) return true;
  const ActionDeclaration* const action = schema->find(request.action);
  if (action == nullptr || !action->context->may_be_empty()) return false;
  return !check || (!schema->has_enumerated_types() && is_among(type_of(request.principal), action->principals) &&
                    is_among(type_of(request.resource), action->resources));
}

/// The text of an entity uid in JSON: as policies write it, or type and id apart.
Result<EntityId> read_uid(const boost::json::value& value, const char* role, std::string_view text,
                          std::string_view source_name, const Names& names) {
  const boost::json::value* uid = &value;
  if (const auto* object = value.if_object();
      object != nullptr && object->size() == 1 && object->contains("__entity")) {
    uid = &object->at("__entity");
  }
  if (const auto* string = uid->if_string()) {
    return parse_entity_uid(std::string_view(string->data(), string->size()), names, role);
  }
  if (const auto* object = uid->if_object()) {
    const auto* type = object->if_contains("type");
    const auto* id = object->if_contains("id");
    if (type != nullptr && id != nullptr && type->is_string() && id->is_string()) {
      const auto& type_text = type->get_string();
      const auto& id_text = id->get_string();
      const std::string_view type_name(type_text.data(), type_text.size());
      if (is_normalized_name(type_name)) {
        return names.entity(names.type(type_name), std::string_view(id_text.data(), id_text.size()));
      }
    }
  }
  return failure(json::at(text, source_name, "/" + std::string(role), ErrorCode::invalid_entity_uid,
                          "the " + std::string(role) + " is not an entity uid",
                          R"(write "Type::\"id\"" or {"type": "Type", "id": "id"})"));
}

}  // namespace

Result<OwnedRequest> OwnedRequest::make(EntityId principal, EntityId action, EntityId resource, LocalNames names,
                                        std::string_view context_json, std::string_view context_name,
                                        const Schema* schema, bool check) {
  OwnedRequest request;
  request.principal_ = principal;
  request.action_ = action;
  request.resource_ = resource;
  request.names_ = std::move(names);
  const ActionDeclaration* declaration = nullptr;
  if (schema != nullptr) {
    declaration = schema->find(action);
    if (declaration == nullptr) {
      return undeclared_action(action, *schema, &request.names_);
    }
    if (check) {
      const auto checked = check_request(principal, *declaration, resource, *schema, request.names_);
      if (!checked) return tl::make_unexpected(checked.error());
    }
  }
  auto context = Context::from_json(context_json, request.names_,
                                    declaration != nullptr ? declaration->context.get() : nullptr, context_name);
  if (!context) return tl::make_unexpected(std::move(context.error()));
  if (declaration != nullptr && check) {
    const EntityId undeclared = find_undeclared(context->value(), *schema, request.names_);
    if (undeclared.valid()) {
      return failure(
          ErrorCode::invalid_request,
          "the `" + to_text(undeclared, &request.names_) + "` in the context is not one of its type's enumerated ids",
          "use one of those, or add it to the schema");
    }
  }
  request.context_ = std::move(*context);
  return request;
}

// Made in place: to move a request costs as much as to look its names up.
Result<OwnedRequest> OwnedRequest::of_known(EntityId principal, EntityId action, EntityId resource) {
  Result<OwnedRequest> made;
  made->principal_ = principal;
  made->action_ = action;
  made->resource_ = resource;
  return made;
}

Result<void> validate(const Request& request, const Schema& schema) {
  if (!request.principal.valid() || !request.action.valid() || !request.resource.valid()) {
    return failure(ErrorCode::invalid_request, "a request needs a principal, an action and a resource");
  }
  const LocalNames none;
  const LocalNames& names = request.names != nullptr ? *request.names : none;
  const ActionDeclaration* action = schema.find(request.action);
  if (action == nullptr) return undeclared_action(request.action, schema, &names);
  auto checked = check_request(request.principal, *action, request.resource, schema, names);
  if (checked) checked = validate_context(request.context, *action, schema, &names);
  return checked;
}

Result<OwnedRequest> OwnedRequest::from_text(std::string_view principal, std::string_view action,
                                             std::string_view resource, std::string_view context_json,
                                             const Schema* schema, bool check) {
  if (const auto plain = plain_request(principal, action, resource); plain.known()) {
    // Most requests bring no context.
    if (context_json == "{}" && is_plainly_allowed(plain, schema, check)) {
      return of_known(plain.principal, plain.action, plain.resource);
    }
    return make(plain.principal, plain.action, plain.resource, {}, context_json, "context", schema, check);
  }
  LocalNames local;
  const Names names(local);
  const auto principal_id = parse_entity_uid(principal, names, "principal");
  const auto action_id = parse_entity_uid(action, names, "action");
  const auto resource_id = parse_entity_uid(resource, names, "resource");
  Errors errors;
  for (const auto* id : {&principal_id, &action_id, &resource_id}) {
    if (!*id) errors.insert(errors.end(), id->error().begin(), id->error().end());
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  return make(*principal_id, *action_id, *resource_id, std::move(local), context_json, "context", schema, check);
}

Result<OwnedRequest> OwnedRequest::from_json(std::string_view text, const Schema* schema, bool check,
                                             std::string_view source_name) {
  const auto document = json::parse(text, source_name);
  if (!document) return tl::make_unexpected(document.error());
  const auto* object = document->if_object();
  if (object == nullptr) {
    return failure(json::at(text, source_name, "", ErrorCode::invalid_json, "a request is a JSON object",
                            R"(write {"principal": …, "action": …, "resource": …, "context": {…}})"));
  }
  LocalNames local;
  const Names names(local);
  Errors errors;
  EntityId ids[3];
  const char* const roles[] = {"principal", "action", "resource"};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto* value = object->if_contains(roles[i]);
    if (value == nullptr) {
      errors.push_back(json::at(text, source_name, "", ErrorCode::invalid_json,
                                "the request has no `" + std::string(roles[i]) + "`", "add it"));
      continue;
    }
    const auto id = read_uid(*value, roles[i], text, source_name, names);
    if (id) {
      ids[i] = *id;
    } else {
      errors.insert(errors.end(), id.error().begin(), id.error().end());
    }
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  const auto* context = object->if_contains("context");
  const std::string context_text = context != nullptr ? json::to_compact_text(*context) : "{}";
  return make(ids[0], ids[1], ids[2], std::move(local), context_text, "context", schema, check);
}

}  // namespace quis
