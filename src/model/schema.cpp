#include <quis/model/schema.hpp>

#include <algorithm>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "model/action_cycles.hpp"
#include "model/graph.hpp"

namespace quis {

namespace {

// The graph of declared parents. Parents that nobody declared are left out: they have no ancestors to add.
template <class Declaration, class Index, class Parents>
graph::Graph graph_of(const std::vector<Declaration>& declarations, const Index& index, Parents parents_of) {
  graph::Graph edges(declarations.size());
  for (std::size_t i = 0; i < declarations.size(); ++i) {
    for (const auto parent : parents_of(declarations[i])) {
      const auto found = index.find(parent);
      if (found != index.end()) edges[i].push_back(static_cast<std::uint32_t>(found->second));
    }
  }
  return edges;
}

// The ids of what was reached and of the direct parents, which need not be declared; sorted, each once.
template <class Declaration, class Id, class Name>
std::vector<Id> ancestor_ids(const std::vector<Declaration>& declarations, const std::vector<std::uint32_t>& reached,
                             const std::vector<Id>& parents, Name name_of) {
  std::vector<Id> ids(parents);
  for (const std::uint32_t i : reached) ids.push_back(name_of(declarations[i]));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Diagnostic duplicate(const std::string& what) {
  Diagnostic error;
  error.code = ErrorCode::duplicate_type;
  error.message = what + " is declared twice";
  return error;
}

tl::unexpected<Errors> too_many_ancestors(std::string_view what) {
  return failure(
      ErrorCode::limit_exceeded,
      std::string(what) + " have more than " + std::to_string(limits::kMaxSchemaEntries) + " ancestors altogether",
      "make the hierarchy flatter");
}

}  // namespace

bool EntityTypeDeclaration::may_have_ancestor(TypeId type) const noexcept {
  return std::binary_search(ancestors.begin(), ancestors.end(), type);
}

Result<Schema> Schema::build(std::vector<EntityTypeDeclaration> types, std::vector<ActionDeclaration> actions) {
  Schema schema;
  schema.types_ = std::move(types);
  schema.actions_ = std::move(actions);
  schema.has_enumerated_types_ =
      std::ranges::any_of(schema.types_, [](const EntityTypeDeclaration& type) { return type.choices.has_value(); });
  for (ActionDeclaration& action : schema.actions_) {
    if (action.context == nullptr) action.context = Type::record({});
  }
  Errors errors;
  for (std::size_t i = 0; i < schema.types_.size(); ++i) {
    const TypeId name = schema.types_[i].name;
    if (schema.type_index_.emplace(name, i).second) continue;
    errors.push_back(duplicate("entity type `" + std::string(text_of(name)) + "`"));
  }
  for (std::size_t i = 0; i < schema.actions_.size(); ++i) {
    const EntityId uid = schema.actions_[i].uid;
    if (schema.action_index_.emplace(uid, i).second) continue;
    errors.push_back(duplicate("action `" + to_text(uid) + "`"));
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));

  for (ActionCycle& cycle : find_action_cycles(schema.actions_)) errors.push_back(std::move(cycle.error));
  if (!errors.empty()) return tl::unexpected(std::move(errors));

  const graph::Graph groups =
      graph_of(schema.actions_, schema.action_index_, [](const auto& action) { return action.parents; });
  const auto action_closure = graph::closure(groups, limits::kMaxSchemaEntries);
  if (!action_closure) return too_many_ancestors("the actions");
  for (std::size_t i = 0; i < schema.actions_.size(); ++i) {
    ActionDeclaration& action = schema.actions_[i];
    action.ancestors = ancestor_ids(schema.actions_, (*action_closure)[i], action.parents,
                                    [](const ActionDeclaration& declaration) { return declaration.uid; });
  }

  const graph::Graph members =
      graph_of(schema.types_, schema.type_index_, [](const auto& type) { return type.member_of; });
  const auto type_closure = graph::closure(members, limits::kMaxSchemaEntries);
  if (!type_closure) return too_many_ancestors("the entity types");
  for (std::size_t i = 0; i < schema.types_.size(); ++i) {
    EntityTypeDeclaration& type = schema.types_[i];
    type.ancestors = ancestor_ids(schema.types_, (*type_closure)[i], type.member_of,
                                  [](const EntityTypeDeclaration& declaration) { return declaration.name; });
  }
  return schema;
}

const EntityTypeDeclaration* Schema::find(TypeId type) const noexcept {
  const auto found = type_index_.find(type);
  return found == type_index_.end() ? nullptr : &types_[found->second];
}

const ActionDeclaration* Schema::find(EntityId action) const noexcept {
  const auto found = action_index_.find(action);
  return found == action_index_.end() ? nullptr : &actions_[found->second];
}

}  // namespace quis
