#include "policy/schema_scope.hpp"

#include <utility>

#include <quis/base/vocabulary.hpp>

#include "policy/schema_names.hpp"

namespace quis::schema_ast {

using schema_names::qualified;

namespace {

constexpr std::string_view kCedarPrefix = "__cedar::";
constexpr std::string_view kAction = "Action";

// The names that are tried for `name` where `space` is the current namespace, best first.
std::vector<std::string> candidates(std::string_view name, std::string_view space) {
  std::vector<std::string> names;
  if (!space.empty() && name.find("::") == std::string_view::npos) names.push_back(qualified(space, name));
  names.emplace_back(name);
  return names;
}

}  // namespace

struct Scope::Builder {
  Scope& scope;
  Report& report;
  std::unordered_set<std::string> spaces = {};

  void collect(const Document& document) {
    for (const Namespace& space : document.namespaces) declare_space(space);
    for (const Namespace& space : document.namespaces) {
      for (const Declaration& declaration : space.declarations) {
        std::visit([&](const auto& what) { declare(space, what); }, declaration.what);
      }
    }
  }

  void declare_space(const Namespace& space) {
    const Name& name = space.name;
    if (name.text.empty()) return;
    check_not_cedar(name);
    if (!spaces.insert(name.text).second) duplicate(name, "namespace `" + name.text + "`");
  }

  void declare(const Namespace& space, const CommonType& common) {
    const Name& name = common.name;
    check_not_cedar(name);
    if (schema_names::is_common_type_keyword(name.text)) {
      report.add(name.place, ErrorCode::reserved_word, "no common type can be named `" + name.text + "`",
                 "the schema language gives this name a meaning of its own; choose another");
    }
    std::string full = qualified(space.name.text, name.text);
    const auto index = static_cast<std::uint32_t>(scope.commons_.size());
    if (!scope.common_index_.emplace(full, index).second) return duplicate(name, "common type `" + full + "`");
    scope.commons_.push_back({&space, &common, &name, std::move(full)});
  }

  void declare(const Namespace& space, const Entity& entity) {
    for (const Name& name : entity.names) {
      check_not_cedar(name);
      if (name.text == kAction) {
        report.add(name.place, ErrorCode::reserved_word, "no entity type can be named `Action`",
                   "actions are declared with `action`, and their types are implied");
        continue;
      }
      std::string full = qualified(space.name.text, name.text);
      if (!scope.entity_names_.insert(full).second) {
        duplicate(name, "entity type `" + full + "`");
        continue;
      }
      scope.entities_.push_back({&space, &entity, &name, std::move(full)});
    }
  }

  void declare(const Namespace& space, const Action& action) {
    std::string type = qualified(space.name.text, kAction);
    for (const Name& name : action.names) {
      const EntityId uid = intern_entity(type, name.text);
      if (!scope.action_uids_.insert(uid).second) {
        duplicate(name, "action `" + to_text(uid) + "`");
        continue;
      }
      scope.actions_.push_back({&space, &action, &name, uid});
    }
    scope.action_types_.insert(std::move(type));
  }

  void duplicate(const Name& name, const std::string& what) {
    report.add(name.place, ErrorCode::duplicate_type, what + " is declared twice", "remove one of the declarations");
  }

  void check_not_cedar(const Name& name) {
    if (!schema_names::mentions_cedar(name.text)) return;
    report.add(name.place, ErrorCode::reserved_word, "`" + name.text + "` cannot be declared",
               "`__cedar` is the namespace of the built-in types; choose another name");
  }
};

Scope::Scope(const Document& document, Report& report) { Builder{*this, report}.collect(document); }

void Scope::check_shadowing(Report& report) const {
  static constexpr const char* kHelp = "rename one of them, so that no name can mean two things";
  // Names within the empty namespace are full names, and actions of it have the type `Action`.
  const auto check_type = [&](const Namespace& space, const Name& name) {
    if (space.name.text.empty()) return;
    if (!common_index_.contains(name.text) && !entity_names_.contains(name.text)) return;
    report.add(name.place, ErrorCode::invalid_schema,
               "`" + qualified(space.name.text, name.text) + "` shadows `" + name.text + "` of the empty namespace",
               kHelp);
  };
  for (const DeclaredCommon& common : commons_) check_type(*common.space, *common.name);
  for (const DeclaredEntity& entity : entities_) check_type(*entity.space, *entity.name);
  for (const DeclaredAction& action : actions_) {
    if (action.space->name.text.empty()) continue;
    const EntityId global = intern_entity(kAction, action.name->text);
    if (!action_uids_.contains(global)) continue;
    report.add(action.name->place, ErrorCode::invalid_schema,
               "`" + to_text(action.full) + "` shadows `" + to_text(global) + "` of the empty namespace", kHelp);
  }
}

Target Scope::find(std::string_view name, Wanted wanted, std::string_view space) const {
  for (const std::string& candidate : candidates(name, space)) {
    Target target = find_exactly(candidate, wanted);
    if (target.kind != Target::Kind::nothing) return target;
  }
  return {};
}

Target Scope::find_exactly(const std::string& name, Wanted wanted) const {
  Target target;
  if (wanted != Wanted::entity) {
    if (const auto found = common_index_.find(name); found != common_index_.end()) {
      target.kind = Target::Kind::common;
      target.common = found->second;
      return target;
    }
    const bool in_cedar = name.starts_with(kCedarPrefix);
    const std::string_view bare = in_cedar ? std::string_view(name).substr(kCedarPrefix.size()) : name;
    const auto builtin = schema_names::builtin_type(bare);
    if (builtin && (in_cedar || !entity_names_.contains(name))) {
      target.kind = Target::Kind::builtin;
      target.builtin = *builtin;
      return target;
    }
  }
  if (wanted != Wanted::common) {
    if (entity_names_.contains(name)) {
      target.kind = Target::Kind::entity;
      target.name = name;
    } else if (action_types_.contains(name)) {
      target.kind = Target::Kind::action_type;
      target.name = name;
    }
  }
  return target;
}

EntityId Scope::find_action(const ActionGroup& group, std::string_view space) const {
  for (const std::string& type : candidates(group.type ? std::string_view(group.type->text) : kAction, space)) {
    const TypeId known = find_type(type);
    const EntityId uid = known.valid() ? find_entity(known, group.id.text) : EntityId{};
    if (uid.valid() && action_uids_.contains(uid)) return uid;
  }
  return {};
}

}  // namespace quis::schema_ast
