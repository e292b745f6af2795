#include <quis/model/conformance.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <quis/base/limits.hpp>

#include "base/json.hpp"
#include "model/json_problems.hpp"

namespace quis {

namespace {

class Conformance {
 public:
  Conformance(const Schema& schema, const LocalNames* local) noexcept : schema_(schema), local_(local) {}

  void check_entity(const EntityRecord& entity) {
    subject_ = entity.uid;
    const json::Path place;
    if (is_action_type(type_of(entity.uid))) return check_action(entity);
    const EntityTypeDeclaration* type = schema_.find(type_of(entity.uid));
    if (type == nullptr) {
      return refuse(place, ErrorCode::unknown_entity_type,
                    "the schema declares no entity type " + in_backticks(text_of(type_of(entity.uid))),
                    "declare the type, or correct its name");
    }
    check_exists(entity.uid, place);
    const json::Path attributes = place.child("attrs");
    check_fields(entity.attributes, *type->attributes, attributes);
    const json::Path tags = place.child("tags");
    if (entity.tags != nullptr) check_tags(*entity.tags, *type, tags);
    const json::Path parents = place.child("parents");
    entity.ancestors.for_each([&](EntityId ancestor) {
      check_exists(ancestor, parents);
      if (type->may_have_ancestor(type_of(ancestor))) return;
      refuse(parents, ErrorCode::type_mismatch,
             in_backticks(text_of(type->name)) + " is not a member of " + in_backticks(text_of(type_of(ancestor))) +
                 " in the schema",
             "remove the parent, or declare the type `in` it");
    });
  }

  void check_fields(const RecordData& fields, const Type& record, const json::Path& place) {
    for (std::uint32_t i = 0; i < fields.size; ++i) {
      const std::string_view name = text(fields.keys[i]);
      const AttributeType* declared = record.find(fields.keys[i]);
      const json::Path at = place.child(name);
      if (declared == nullptr) {
        refuse(at, ErrorCode::unexpected_attribute, in_backticks(name) + " is not declared",
               "remove it, or declare it in the schema");
      } else {
        check(fields.values[i], *declared->type, at);
      }
    }
    for (const AttributeType& declared : record.attributes()) {
      if (!declared.required || fields.find(declared.name) != nullptr) continue;
      refuse(place, ErrorCode::missing_attribute, in_backticks(text_of(declared.name)) + " is missing",
             "add it, of type " + in_backticks(to_text(*declared.type)) + ", or declare it with `?`");
    }
  }

  [[nodiscard]] bool full() const noexcept { return found_.size() >= limits::kMaxReportedErrors; }

  [[nodiscard]] Result<void> take() {
    if (found_.empty()) return {};
    return tl::unexpected(std::move(found_));
  }

 private:
  /// Recursion follows the type, whose height is bounded.
  void check(const Value& value, const Type& type, const json::Path& place) {
    const bool same_kind = value.is(type.kind()) &&
                           (!value.is(Value::Kind::entity) || type_of_entity(value.as_entity()) == type.entity_type());
    if (!same_kind) {
      return refuse(place, ErrorCode::type_mismatch,
                    "expected " + in_backticks(to_text(type)) + ", found " + in_backticks(quis::to_text(value, local_)),
                    "use a value of the declared type, or declare another");
    }
    switch (value.kind()) {
      case Value::Kind::entity: return check_exists(value.as_entity(), place);
      case Value::Kind::record: return check_fields(value.as_record(), type, place);
      case Value::Kind::set: {
        std::size_t index = 0;
        for (const Value& element : value.as_set().span()) {
          if (full()) return;
          const json::Path at = place.child(index++);
          check(element, *type.element(), at);
        }
        return;
      }
      default: return;
    }
  }

  void check_tags(const RecordData& tags, const EntityTypeDeclaration& type, const json::Path& place) {
    for (std::uint32_t i = 0; i < tags.size; ++i) {
      const json::Path at = place.child(text(tags.keys[i]));
      if (type.tags != nullptr) {
        check(tags.values[i], *type.tags, at);
      } else {
        refuse(at, ErrorCode::unexpected_attribute, in_backticks(text_of(type.name)) + " has no tags",
               "remove them, or declare `tags` in the schema");
      }
    }
  }

  void check_action(const EntityRecord& action) {
    const ActionDeclaration* declared = schema_.find(action.uid);
    const json::Path place;
    if (declared == nullptr) {
      return refuse(place, ErrorCode::unknown_action, "the schema declares no such action",
                    "declare the action, or correct its name");
    }
    const bool same_ancestors = action.ancestors.size() == declared->ancestors.size() &&
                                std::ranges::all_of(declared->ancestors, [&](EntityId ancestor) {
                                  return action.ancestors.contains(ancestor);
                                });
    if (same_ancestors && action.attributes.size == 0 && action.tags == nullptr) return;
    refuse(place, ErrorCode::type_mismatch, "the action differs from the one that the schema declares",
           "leave it out: the schema's actions and their groups are added by themselves");
  }

  /// Members of enumerated types and actions are declared one by one.
  void check_exists(EntityId entity, const json::Path& place) {
    const TypeId type = type_of_entity(entity);
    if (type.local()) return;
    if (is_action_type(type)) {
      if (entity.local() || schema_.find(entity) == nullptr) {
        refuse(place, ErrorCode::unknown_action,
               "the schema declares no action " + in_backticks(to_text(entity, local_)),
               "declare the action, or correct its name");
      }
      return;
    }
    const EntityTypeDeclaration* declared = schema_.find(type);
    if (declared == nullptr || !declared->choices) return;
    const std::string_view id = local_ != nullptr ? local_->id_text(entity) : id_text_of(entity);
    if (std::ranges::find(*declared->choices, id) != declared->choices->end()) return;
    refuse(place, ErrorCode::invalid_entity_uid,
           in_backticks(to_text(entity, local_)) + " is none of the entities that its enumerated type declares",
           "use one of those, or add it to the schema");
  }

  [[nodiscard]] TypeId type_of_entity(EntityId entity) const noexcept {
    return local_ != nullptr ? local_->type_of(entity) : type_of(entity);
  }

  [[nodiscard]] std::string_view text(SymbolId symbol) const noexcept {
    return local_ != nullptr ? local_->text(symbol) : text_of(symbol);
  }

  void refuse(const json::Path& place, ErrorCode code, std::string message, std::string help) {
    if (full()) return;
    Diagnostic wrong;
    wrong.code = code;
    wrong.message = subject_.valid() ? in_backticks(to_text(subject_)) + ": " + message : std::move(message);
    wrong.path = place.to_string();
    wrong.help = std::move(help);
    found_.push_back(std::move(wrong));
  }

  const Schema& schema_;
  const LocalNames* local_;
  EntityId subject_;
  Errors found_;
};

}  // namespace

Result<void> validate(const Entities& entities, const Schema& schema) {
  Conformance conformance(schema, nullptr);
  entities.for_each([&conformance](const EntityRecord& entity) {
    if (!conformance.full()) conformance.check_entity(entity);
  });
  return conformance.take();
}

Result<void> validate_context(const Value& context, const ActionDeclaration& action, const Schema& schema,
                              const LocalNames* local) {
  Conformance conformance(schema, local);
  const json::Path place;
  if (!context.is(Value::Kind::record)) return failure(ErrorCode::type_mismatch, "a context is a record");
  conformance.check_fields(context.as_record(), *action.context, place);
  return conformance.take();
}

}  // namespace quis
