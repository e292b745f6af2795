// From names to things.
//
// The order of work: collect what is declared (Scope), expand the common types, then resolve entity types and actions.
// Nothing stops at an error: what cannot be resolved becomes a null type, which was reported where it arose and is
// silent where it is used, so one mistake is one error.
//
// Names of one declaration (`entity A, B {…}`) share what was resolved for the first of them.

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "model/action_cycles.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_scope.hpp"
#include "policy/schema_type_resolver.hpp"
#include "policy/spelling.hpp"

namespace quis::schema_ast {

namespace {

class Resolver {
 public:
  explicit Resolver(const Document& document)
      : report_(document.source), scope_(document, report_), types_(scope_, report_) {}

  Result<Schema> run(const Errors& mistakes) {
    report_.add(mistakes);
    scope_.check_shadowing(report_);
    std::vector<EntityTypeDeclaration> types = resolve_entities();
    std::vector<ActionDeclaration> actions = resolve_actions();
    if (report_.empty()) check_action_cycles(actions);
    if (!report_.empty()) return tl::unexpected(report_.take());
    return Schema::build(std::move(types), std::move(actions));
  }

 private:
  // --- entity types ---

  std::vector<EntityTypeDeclaration> resolve_entities() {
    std::vector<EntityTypeDeclaration> types;
    const Entity* previous = nullptr;
    for (const DeclaredEntity& declared : scope_.entities()) {
      if (declared.declaration == previous) {
        types.push_back(types.back());
      } else {
        types.push_back(resolve_entity(*declared.declaration, declared.space->name.text));
        previous = declared.declaration;
      }
      EntityTypeDeclaration& type = types.back();
      type.name = intern_type(declared.full);
      const std::size_t choices = type.choices ? type.choices->size() : 0;
      if (!count_entries(type.member_of.size() + choices, declared.name->place)) break;
    }
    return types;
  }

  EntityTypeDeclaration resolve_entity(const Entity& entity, std::string_view space) {
    EntityTypeDeclaration type;
    type.member_of = resolve_entity_types(entity.member_of, space);
    type.attributes =
        types_.resolve_record_or_name(entity.shape ? &*entity.shape : nullptr, space, "the shape of an entity type");
    if (entity.tags) type.tags = types_.resolve(*entity.tags, space).type;
    if (entity.choices) {
      type.choices.emplace();
      std::unordered_set<std::string_view> seen;
      for (const Name& choice : *entity.choices) {
        if (seen.insert(choice.text).second) type.choices->push_back(choice.text);
      }
    }
    return type;
  }

  std::vector<TypeId> resolve_entity_types(const std::vector<Name>& names, std::string_view space) {
    std::vector<TypeId> types;
    std::unordered_set<TypeId> seen;
    for (const Name& name : names) {
      const Target target = scope_.find(name.text, Wanted::entity, space);
      if (target.kind == Target::Kind::entity) {
        const TypeId type = intern_type(target.name);
        if (seen.insert(type).second) types.push_back(type);
      } else if (target.kind == Target::Kind::action_type) {
        report_.add(name.place, ErrorCode::unknown_type, "`" + name.text + "` is the type of actions",
                    "only declared entity types can stand here");
      } else {
        types_.report_unknown(name.text, name.place, Wanted::entity, space);
      }
    }
    return types;
  }

  // --- actions ---

  std::vector<ActionDeclaration> resolve_actions() {
    std::vector<ActionDeclaration> actions;
    const Action* previous = nullptr;
    for (const DeclaredAction& declared : scope_.actions()) {
      if (declared.declaration == previous) {
        actions.push_back(actions.back());
      } else {
        actions.push_back(resolve_action(*declared.declaration, declared.space->name.text));
        previous = declared.declaration;
      }
      ActionDeclaration& action = actions.back();
      action.uid = declared.full;
      const std::size_t entries = action.parents.size() + action.principals.size() + action.resources.size();
      if (!count_entries(entries, declared.name->place)) break;
    }
    return actions;
  }

  ActionDeclaration resolve_action(const Action& declaration, std::string_view space) {
    ActionDeclaration action;
    std::unordered_set<EntityId> seen;
    for (const ActionGroup& group : declaration.groups) {
      const EntityId parent = scope_.find_action(group, space);
      if (!parent.valid()) {
        const std::string type = group.type ? group.type->text : "Action";
        report_.add(group.id.place, ErrorCode::unknown_action,
                    "there is no action `" + type + "::" + quoted(group.id.text) + "`",
                    did_you_mean(group.id.text, action_names(), "declare it with `action`, or correct the name"));
      } else if (seen.insert(parent).second) {
        action.parents.push_back(parent);
      }
    }
    const auto& applies_to = declaration.applies_to;
    if (applies_to) {
      action.principals = resolve_entity_types(applies_to->principals, space);
      action.resources = resolve_entity_types(applies_to->resources, space);
    }
    const Type* context = applies_to && applies_to->context ? &*applies_to->context : nullptr;
    action.context = types_.resolve_record_or_name(context, space, "the context of an action");
    return action;
  }

  [[nodiscard]] std::vector<std::string_view> action_names() const {
    std::vector<std::string_view> names;
    names.reserve(scope_.actions().size());
    for (const DeclaredAction& action : scope_.actions()) names.emplace_back(action.name->text);
    return names;
  }

  // `Schema::build` would find them too, but not where they stand.
  void check_action_cycles(const std::vector<ActionDeclaration>& actions) {
    std::unordered_map<EntityId, Place> places;
    for (const DeclaredAction& action : scope_.actions()) places.emplace(action.full, action.name->place);
    for (const ActionCycle& cycle : find_action_cycles(actions)) {
      report_.add(places.at(cycle.first), cycle.error.code, cycle.error.message, cycle.error.help);
    }
  }

  bool count_entries(std::size_t count, Place place) {
    entries_ += count;
    if (entries_ <= limits::kMaxSchemaEntries) return true;
    report_.add(place, ErrorCode::limit_exceeded,
                "the declarations up to here have more than " + std::to_string(limits::kMaxSchemaEntries) +
                    " entries in their lists altogether",
                "declare fewer names at once, or shorter lists");
    return false;
  }

  Report report_;
  Scope scope_;
  TypeResolver types_;
  std::size_t entries_ = 0;
};

}  // namespace

Result<Schema> resolve(const Document& document) { return Resolver(document).run(document.mistakes); }

Result<void> check_declarations(const Document& document) {
  Report report(document.source);
  report.add(document.mistakes);
  const Scope scope(document, report);
  if (report.empty()) check_type_cycles(scope, report);
  if (!report.empty()) return tl::unexpected(report.take());
  return {};
}

}  // namespace quis::schema_ast
