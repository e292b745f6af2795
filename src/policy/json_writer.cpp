#include "policy/json_writer.hpp"

#include <string_view>

#include <quis/base/vocabulary.hpp>

#include "policy/json_expression_writer.hpp"

namespace quis {
namespace {

/// `"entity": …` or `"slot": …`.
void write_target(JsonEmitter& out, const ScopeConstraint& constraint, std::string_view slot) {
  if (constraint.slot) {
    out.key("slot");
    out.string(slot);
  } else {
    out.key("entity");
    write_entity_json(out, constraint.entity);
  }
}

void write_operator(JsonEmitter& out, std::string_view name) {
  out.key("op");
  out.string(name);
}

void write_scope(JsonEmitter& out, const ScopeConstraint& constraint, std::string_view slot) {
  out.begin_object();
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: write_operator(out, "All"); break;
    case ScopeConstraint::Kind::equal:
      write_operator(out, "==");
      write_target(out, constraint, slot);
      break;
    case ScopeConstraint::Kind::in:
      write_operator(out, "in");
      write_target(out, constraint, slot);
      break;
    case ScopeConstraint::Kind::is:
    case ScopeConstraint::Kind::is_in:
      write_operator(out, "is");
      out.key("entity_type");
      out.string(text_of(constraint.type));
      if (constraint.kind == ScopeConstraint::Kind::is_in) {
        out.key("in");
        out.begin_object();
        write_target(out, constraint, slot);
        out.end_object();
      }
      break;
  }
  out.end_object();
}

// Cedar writes a list of one action as that action, so brackets around a single one do not survive.
void write_action(JsonEmitter& out, const ActionConstraint& constraint) {
  out.begin_object();
  if (constraint.kind == ActionConstraint::Kind::any) {
    write_operator(out, "All");
  } else {
    write_operator(out, constraint.kind == ActionConstraint::Kind::equal ? "==" : "in");
    if (constraint.entities.size() == 1) {
      out.key("entity");
      write_entity_json(out, constraint.entities.front());
    } else {
      out.key("entities");
      out.begin_array();
      for (const EntityId entity : constraint.entities) write_entity_json(out, entity);
      out.end_array();
    }
  }
  out.end_object();
}

// To Cedar an annotation without a value has the empty one, so in the canonical form it is that.
void write_annotations(JsonEmitter& out, const std::vector<Annotation>& annotations) {
  if (annotations.empty()) return;
  out.key("annotations");
  out.begin_object();
  for (const Annotation& annotation : annotations) {
    out.key(annotation.key);
    if (annotation.bare && !out.canonical()) {
      out.null();
    } else {
      out.string(annotation.value);
    }
  }
  out.end_object();
}

void write_slot_value(JsonEmitter& out, std::string_view slot, EntityId entity) {
  if (!entity.valid()) return;
  out.key(slot);
  out.begin_object();
  out.key("__entity");
  write_entity_json(out, entity);
  out.end_object();
}

}  // namespace

void write_entity_json(JsonEmitter& out, EntityId entity) {
  out.begin_object();
  out.key("type");
  out.string(text_of(type_of(entity)));
  out.key("id");
  out.string(id_text_of(entity));
  out.end_object();
}

void write_policy_json(JsonEmitter& out, const PolicyBody& body) {
  out.begin_object();
  out.key("effect");
  out.string(body.effect == Effect::permit ? "permit" : "forbid");
  out.key("principal");
  write_scope(out, body.principal, "?principal");
  out.key("action");
  write_action(out, body.action);
  out.key("resource");
  write_scope(out, body.resource, "?resource");
  out.key("conditions");
  out.begin_array();
  for (const Condition& condition : body.conditions) {
    out.begin_object();
    out.key("kind");
    out.string(condition.negated ? "unless" : "when");
    out.key("body");
    write_expression_json(out, *condition.body);
    out.end_object();
  }
  out.end_array();
  write_annotations(out, body.annotations);
  out.end_object();
}

void write_link_json(JsonEmitter& out, const Policy& link) {
  out.begin_object();
  out.key("templateId");
  out.string(*link.template_id);
  out.key("newId");
  out.string(link.id);
  out.key("values");
  out.begin_object();
  write_slot_value(out, "?principal", link.principal_slot);
  write_slot_value(out, "?resource", link.resource_slot);
  out.end_object();
  out.end_object();
}

}  // namespace quis
