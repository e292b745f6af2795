// Policies from JSON.
//
// Unknown keys are refused in the policy, in its conditions and beside `entity_type`, as Cedar does. In the other scope
// constraints Cedar ignores them, and `entity` wins over `slot` and over `entities`; the same document must not mean
// two things in two engines, so this reader does likewise. Where Cedar's reader takes an array for an object because of
// how it is built, this one does not.
#include "policy/json_reader.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "base/type_name.hpp"
#include "policy/expr_builder.hpp"
#include "policy/json_expression_reader.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

namespace bj = boost::json;
using json::Path;

class Reader {
 public:
  Reader(JsonShape& shape, ValueArena& arena) noexcept : shape_(shape), builder_(arena) {}

  bool policy(const bj::value& value, const Path& path, PolicyBody& body) {
    const bj::object* object =
        shape_.object_of(value, path, {"effect", "principal", "action", "resource", "conditions", "annotations"});
    return object != nullptr && effect(*object, path, body.effect) &&
           scope(*object, path, "principal", "?principal", body.principal) && action(*object, path, body.action) &&
           scope(*object, path, "resource", "?resource", body.resource) && conditions(*object, path, body.conditions) &&
           annotations(*object, path, body.annotations);
  }

 private:
  bool refuse(const Path& path, ErrorCode code, std::string message, std::string help) {
    shape_.refuse(path, code, std::move(message), std::move(help));
    return false;
  }

  bool effect(const bj::object& policy, const Path& path, Effect& effect) {
    const auto name = shape_.string_member(policy, path, "effect");
    if (!name) return false;
    effect = *name == "permit" ? Effect::permit : Effect::forbid;
    if (*name == "permit" || *name == "forbid") return true;
    return refuse(path.child("effect"), ErrorCode::invalid_json, "unknown effect " + shown(*name),
                  "use " + one_of({"permit", "forbid"}));
  }

  bool unknown_operator(const Path& path, std::string_view name, const std::string& known) {
    return refuse(path, ErrorCode::invalid_scope, "unknown scope operator " + shown(name), "use " + known);
  }

  bool scope(const bj::object& policy, const Path& policy_path, std::string_view variable, std::string_view slot,
             ScopeConstraint& constraint) {
    const bj::value* value = shape_.member(policy, policy_path, variable);
    if (value == nullptr) return false;
    const Path path = policy_path.child(variable);
    const bj::object* object = shape_.object(*value, path);
    if (object == nullptr) return false;
    const auto name = shape_.string_member(*object, path, "op");
    if (!name) return false;
    if (*name == "All" || *name == "all") return true;
    if (*name == "is") return is(*value, path, slot, constraint);
    if (*name != "==" && *name != "in") {
      return unknown_operator(path.child("op"), *name, one_of({"All", "==", "in", "is"}));
    }
    constraint.kind = *name == "==" ? ScopeConstraint::Kind::equal : ScopeConstraint::Kind::in;
    return target(*object, path, slot, constraint);
  }

  bool is(const bj::value& value, const Path& path, std::string_view slot, ScopeConstraint& constraint) {
    const bj::object* object = shape_.object_of(value, path, {"op", "entity_type", "in"});
    if (object == nullptr) return false;
    const auto type = shape_.string_member(*object, path, "entity_type");
    if (!type) return false;
    constraint.kind = ScopeConstraint::Kind::is;
    constraint.type = shape_.type_name(*type, path.child("entity_type"));
    if (!constraint.type.valid()) return false;

    const bj::value* parent = object->if_contains("in");
    if (parent == nullptr || parent->is_null()) return true;
    constraint.kind = ScopeConstraint::Kind::is_in;
    const Path in_path = path.child("in");
    const bj::object* in_object = shape_.object(*parent, in_path);
    return in_object != nullptr && target(*in_object, in_path, slot, constraint);
  }

  /// The entity, or the slot that stands for it.
  bool target(const bj::object& object, const Path& path, std::string_view slot, ScopeConstraint& constraint) {
    if (const bj::value* entity = object.if_contains("entity")) {
      constraint.entity = shape_.entity(*entity, path.child("entity"));
      return constraint.entity.valid();
    }
    if (!object.contains("slot")) {
      return refuse(path, ErrorCode::invalid_scope, "the constraint names neither an entity nor a slot",
                    "add " + one_of({"entity", "slot"}));
    }
    const auto name = shape_.string_member(object, path, "slot");
    if (!name) return false;
    constraint.slot = true;
    if (*name == slot) return true;
    return refuse(path.child("slot"), ErrorCode::invalid_slot, "the slot " + shown(*name) + " may not stand here",
                  fmt::format("the slot of this constraint is `{}`", slot));
  }

  bool action(const bj::object& policy, const Path& policy_path, ActionConstraint& constraint) {
    const bj::value* value = shape_.member(policy, policy_path, "action");
    if (value == nullptr) return false;
    const Path path = policy_path.child("action");
    const bj::object* object = shape_.object(*value, path);
    if (object == nullptr) return false;
    const auto name = shape_.string_member(*object, path, "op");
    if (!name) return false;
    if (*name == "All" || *name == "all") return true;
    if (*name != "==" && *name != "in") return unknown_operator(path.child("op"), *name, one_of({"All", "==", "in"}));

    constraint.kind = *name == "==" ? ActionConstraint::Kind::equal : ActionConstraint::Kind::in;
    if (const bj::value* entity = object->if_contains("entity")) {
      return action_entity(*entity, path.child("entity"), constraint);
    }
    if (constraint.kind == ActionConstraint::Kind::in && object->contains("entities")) {
      return action_list(object->at("entities"), path.child("entities"), constraint);
    }
    if (object->contains("slot")) {
      return refuse(path.child("slot"), ErrorCode::invalid_slot, "an action cannot be a template slot",
                    "only principal and resource have slots");
    }
    return refuse(
        path, ErrorCode::invalid_scope, "the constraint names no action",
        constraint.kind == ActionConstraint::Kind::in ? "add " + one_of({"entity", "entities"}) : "add `entity`");
  }

  bool action_list(const bj::value& value, const Path& path, ActionConstraint& constraint) {
    constraint.is_list = true;
    const bj::array* list = shape_.array(value, path);
    if (list == nullptr) return false;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!action_entity((*list)[i], path.child(i), constraint)) return false;
    }
    return true;
  }

  bool action_entity(const bj::value& value, const Path& path, ActionConstraint& constraint) {
    const EntityId entity = shape_.entity(value, path);
    if (!entity.valid()) return false;
    constraint.entities.push_back(entity);
    if (is_action_type(type_of(entity))) return true;
    return refuse(path, ErrorCode::invalid_scope, shown(to_text(entity)) + " is not an action",
                  "actions have the type `Action`, in any namespace");
  }

  bool conditions(const bj::object& policy, const Path& policy_path, std::vector<Condition>& conditions) {
    const bj::value* value = shape_.member(policy, policy_path, "conditions");
    if (value == nullptr) return false;
    const Path path = policy_path.child("conditions");
    const bj::array* list = shape_.array(*value, path);
    if (list == nullptr) return false;
    conditions.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!condition((*list)[i], path.child(i), conditions)) return false;
    }
    return true;
  }

  bool condition(const bj::value& value, const Path& path, std::vector<Condition>& conditions) {
    const bj::object* object = shape_.object_of(value, path, {"kind", "body"});
    if (object == nullptr) return false;
    const auto kind = shape_.string_member(*object, path, "kind");
    if (!kind) return false;
    if (*kind != "when" && *kind != "unless") {
      return refuse(path.child("kind"), ErrorCode::invalid_json, "unknown kind of condition " + shown(*kind),
                    "use " + one_of({"when", "unless"}));
    }
    const bj::value* body = shape_.member(*object, path, "body");
    if (body == nullptr) return false;
    const Path body_path = path.child("body");
    const BuiltExpr built = read_expression_json(shape_, builder_, *body, body_path);
    if (!built) {
      if (builder_.refusal().empty()) return false;
      return refuse(body_path, ErrorCode::limit_exceeded, std::string(builder_.refusal()), "split the condition");
    }
    conditions.push_back({*kind == "unless", built.expr});
    return true;
  }

  bool annotations(const bj::object& policy, const Path& policy_path, std::vector<Annotation>& annotations) {
    const bj::value* value = policy.if_contains("annotations");
    if (value == nullptr) return true;
    const Path path = policy_path.child("annotations");
    const bj::object* object = shape_.object(*value, path);
    if (object == nullptr) return false;
    for (const auto& member : *object) {
      const std::string_view key = member.key();
      const Path at = path.child(key);
      if (!is_identifier(key)) {
        return refuse(at, ErrorCode::invalid_json, shown(key) + " cannot be the key of an annotation",
                      "use letters, digits and `_`, not starting with a digit");
      }
      if (member.value().is_null()) {
        annotations.push_back({std::string(key), {}, true});
        continue;
      }
      const auto text = shape_.string(member.value(), at);
      if (!text) return false;
      annotations.push_back({std::string(key), std::string(*text)});
    }
    return true;
  }

  JsonShape& shape_;
  ExprBuilder builder_;
};

}  // namespace

std::optional<PolicyBody> read_policy_json(JsonShape& shape, const bj::value& value, const Path& path,
                                           std::shared_ptr<const std::string> source_name) {
  auto arena = std::make_shared<ValueArena>();
  PolicyBody body;
  if (!Reader(shape, *arena).policy(value, path, body)) return std::nullopt;
  body.source_name = std::move(source_name);
  body.arena = std::move(arena);
  return body;
}

}  // namespace quis
