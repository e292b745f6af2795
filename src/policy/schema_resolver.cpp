// From names to things.
//
// The order of work: collect what is declared (Scope), expand the common types, then resolve entity types and actions.
// Nothing stops at an error: what cannot be resolved becomes a null type, which was reported where it arose and is
// silent where it is used, so one mistake is one error.
//
// Common types are expanded by sharing. Each is resolved once, after those it mentions (the order comes from the graph
// of mentions, not from recursion), and every mention is a pointer to the one result: `type A = {x: B, y: B}` costs two
// pointers, however large B is. Heights are counted, because what walks a type later recurses over it.
//
// Names of one declaration (`entity A, B {…}`) share what was resolved for the first of them.

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "model/action_cycles.hpp"
#include "model/graph.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_names.hpp"
#include "policy/schema_scope.hpp"

namespace quis::schema_ast {

namespace {

// A resolved type and its height: 1 for what has no parts. Null when there was an error.
struct Resolved {
  TypePtr type;
  std::uint32_t height = 1;
};

// Of a longer cycle of common types the message names the first ones only.
constexpr std::size_t kMaxNamed = 8;

std::string_view described(Wanted wanted) {
  switch (wanted) {
    case Wanted::common:
      return "a common type";
    case Wanted::entity:
      return "an entity type";
    case Wanted::either:
      break;
  }
  return "a common type or an entity type";
}

class Resolver {
 public:
  explicit Resolver(const Document& document)
      : report_(document.source), scope_(document, report_), commons_(scope_.commons().size()) {}

  Result<Schema> run() {
    resolve_commons();
    std::vector<EntityTypeDeclaration> types = resolve_entities();
    std::vector<ActionDeclaration> actions = resolve_actions();
    if (report_.empty()) check_action_cycles(actions);
    if (!report_.empty()) return tl::unexpected(report_.take());
    return Schema::build(std::move(types), std::move(actions));
  }

 private:
  // --- common types ---

  void resolve_commons() {
    const std::vector<DeclaredCommon>& declared = scope_.commons();
    graph::Graph mentions(declared.size());
    for (std::size_t i = 0; i < declared.size(); ++i) {
      collect_mentions(declared[i].declaration->type, declared[i].space->name.text, mentions[i]);
    }
    for (const std::vector<std::uint32_t>& component : graph::components(mentions)) {
      if (graph::is_cyclic(mentions, component)) {
        report_type_cycle(graph::cycle_in(mentions, component));
        continue;
      }
      const DeclaredCommon& common = declared[component.front()];
      commons_[component.front()] = resolve_type(common.declaration->type, common.space->name.text);
    }
  }

  void collect_mentions(const Type& type, std::string_view space, std::vector<std::uint32_t>& out) const {
    if (type.kind == Type::Kind::common || type.kind == Type::Kind::entity_or_common) {
      const Wanted wanted = type.kind == Type::Kind::common ? Wanted::common : Wanted::either;
      const Target target = scope_.find(type.name, wanted, space);
      if (target.kind == Target::Kind::common) out.push_back(target.common);
    }
    if (type.element) collect_mentions(*type.element, space, out);
    for (const Attribute& attribute : type.attributes) collect_mentions(attribute.type, space, out);
  }

  void report_type_cycle(const std::vector<std::uint32_t>& cycle) {
    const auto quoted_name = [&](std::uint32_t i) { return "`" + scope_.commons()[i].full + "`"; };
    std::string message = "common type " + quoted_name(cycle.front()) + " contains itself";
    if (cycle.size() > 1) {
      message += ": ";
      for (std::size_t i = 0; i < cycle.size() && i < kMaxNamed; ++i) message += quoted_name(cycle[i]) + " mentions ";
      if (cycle.size() > kMaxNamed) message += "… mentions ";
      message += quoted_name(cycle.front());
    }
    report_.add(scope_.commons()[cycle.front()].name->place, ErrorCode::cycle, std::move(message),
                "only entities can refer to each other; make one of these types an entity type");
  }

  // --- types ---

  Resolved resolve_type(const Type& type, std::string_view space) {
    switch (type.kind) {
      case Type::Kind::boolean:
        return {quis::Type::of(Value::Kind::boolean)};
      case Type::Kind::integer:
        return {quis::Type::of(Value::Kind::integer)};
      case Type::Kind::string:
        return {quis::Type::of(Value::Kind::string)};
      case Type::Kind::set: {
        const Resolved element = resolve_type(*type.element, space);
        if (element.type == nullptr) return {};
        return checked({quis::Type::set_of(element.type), element.height + 1}, type.place);
      }
      case Type::Kind::record:
        return resolve_record(type, space);
      case Type::Kind::entity_or_common:
        return resolve_name(type, Wanted::either, space);
      case Type::Kind::common:
        return resolve_name(type, Wanted::common, space);
      case Type::Kind::entity:
        return resolve_name(type, Wanted::entity, space);
      case Type::Kind::extension:
        break;
    }
    if (const auto kind = schema_names::extension_type(type.name)) return {quis::Type::of(*kind)};
    report_.add(type.place, ErrorCode::unknown_type, "there is no extension type `" + type.name + "`",
                "the extension types are `ipaddr`, `decimal`, `datetime` and `duration`");
    return {};
  }

  Resolved resolve_name(const Type& type, Wanted wanted, std::string_view space) {
    const Target target = scope_.find(type.name, wanted, space);
    switch (target.kind) {
      case Target::Kind::common:
        return commons_[target.common];
      case Target::Kind::builtin:
        return {quis::Type::of(target.builtin)};
      case Target::Kind::entity:
      case Target::Kind::action_type:
        return {quis::Type::entity(intern_type(target.name))};
      case Target::Kind::nothing:
        break;
    }
    report_unknown(type.name, type.place, wanted, space);
    return {};
  }

  Resolved resolve_record(const Type& type, std::string_view space) {
    if (type.open) {
      report_.add(type.place, ErrorCode::invalid_schema, "`additionalAttributes` cannot be true",
                  "declare every attribute, or use tags");
    }
    Resolved record;
    std::vector<AttributeType> attributes;
    std::unordered_set<std::string_view> seen;
    bool complete = !type.open;
    // Backwards: of an attribute that stands twice, the last one counts and the others do not even have to exist.
    for (auto attribute = type.attributes.rbegin(); attribute != type.attributes.rend(); ++attribute) {
      if (!seen.insert(attribute->name.text).second) continue;
      Resolved part = resolve_type(attribute->type, space);
      complete = complete && part.type != nullptr;
      record.height = std::max(record.height, part.height + 1);
      attributes.push_back({intern_symbol(attribute->name.text), std::move(part.type), attribute->required});
    }
    if (!complete) return {};
    record.type = quis::Type::record(std::move(attributes));
    return checked(std::move(record), type.place);
  }

  Resolved checked(Resolved resolved, Place place) {
    if (resolved.height <= limits::kMaxTypeDepth) return resolved;
    report_.add(place, ErrorCode::limit_exceeded,
                "this type is nested deeper than " + std::to_string(limits::kMaxTypeDepth) + " levels",
                "make the chain of common types shorter");
    return {};
  }

  // A shape or a context. The empty record when nothing was declared.
  TypePtr resolve_record_or_name(const std::optional<Type>& type, std::string_view space, std::string_view what) {
    if (!type) return empty_record_;
    Resolved resolved = resolve_type(*type, space);
    if (resolved.type == nullptr || resolved.type->kind() == Value::Kind::record) return resolved.type;
    report_.add(type->place, ErrorCode::invalid_schema,
                std::string(what) + " must be a record, not `" + to_text(*resolved.type) + "`",
                "put it into a record: `{ name: … }`");
    return nullptr;
  }

  void report_unknown(const std::string& name, Place place, Wanted wanted, std::string_view space) {
    std::string help = "no such name is declared";
    if (!space.empty() && name.find("::") == std::string::npos) {
      help += ", neither in namespace `" + std::string(space) + "` nor outside every namespace";
    }
    if (wanted == Wanted::entity && scope_.find(name, Wanted::common, space).kind != Target::Kind::nothing) {
      help = "`" + name + "` is a common type, and only entity types can stand here";
    } else if (wanted == Wanted::common && scope_.find(name, Wanted::entity, space).kind != Target::Kind::nothing) {
      help = "`" + name + "` is an entity type, and only common types can stand here";
    } else if (wanted == Wanted::either && name == "Boolean") {
      help = "the type of `true` and `false` is `Bool`";
    } else {
      help += "; declare it or correct the name";
    }
    report_.add(place, ErrorCode::unknown_type, "`" + name + "` is not " + std::string(described(wanted)),
                std::move(help));
  }

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
    type.attributes = resolve_record_or_name(entity.shape, space, "the shape of an entity type");
    if (entity.tags) type.tags = resolve_type(*entity.tags, space).type;
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
        report_unknown(name.text, name.place, Wanted::entity, space);
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
                    "declare it with `action`, or correct the name");
      } else if (seen.insert(parent).second) {
        action.parents.push_back(parent);
      }
    }
    action.context = empty_record_;
    if (declaration.applies_to) {
      action.principals = resolve_entity_types(declaration.applies_to->principals, space);
      action.resources = resolve_entity_types(declaration.applies_to->resources, space);
      action.context = resolve_record_or_name(declaration.applies_to->context, space, "the context of an action");
    }
    return action;
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
  std::vector<Resolved> commons_;  // as in scope_.commons(); null types of those that are wrong
  TypePtr empty_record_ = quis::Type::record({});
  std::size_t entries_ = 0;
};

}  // namespace

Result<Schema> resolve(const Document& document) { return Resolver(document).run(); }

}  // namespace quis::schema_ast
