// Searches.
//
// A hit must be permitted, so some permit must be satisfied by it. Each permit that can hold for the known parts is
// evaluated partially with the other part unknown; what is left of it says which entities it can be satisfied by, at
// least roughly. The union over the permits is a superset of the hits, and the engine decides each of its members: the
// answer is exact however rough the superset is, and forbids need not be looked at to find it.

#include <quis/engine/search.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include <quis/engine/partial.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/conformance.hpp>
#include <quis/model/schema.hpp>

#include "engine/candidates.hpp"
#include "engine/known_actions.hpp"
#include "engine/membership_index.hpp"
#include "engine/operations.hpp"
#include "engine/policy_reducer.hpp"
#include "engine/schema_questions.hpp"

namespace quis {
namespace {

Result<void> check(const World& world, std::span<const EntityId> known, const SearchOptions& options) {
  if (options.limit == 0 || options.limit > limits::kMaxSearchHits) {
    return failure(ErrorCode::invalid_argument, "the limit of a search is `" + std::to_string(options.limit) + "`",
                   "choose one from 1 to " + std::to_string(limits::kMaxSearchHits) + " and ask for the next page");
  }
  if (options.decisions == 0 || options.decisions > limits::kMaxSearchDecisions) {
    return failure(ErrorCode::invalid_argument,
                   "the decisions of a search are `" + std::to_string(options.decisions) + "`",
                   "choose a number from 1 to " + std::to_string(limits::kMaxSearchDecisions));
  }
  for (const EntityId id : known) {
    if (!id.valid()) {
      return failure(ErrorCode::invalid_request, "a known part of the search names nobody", "pass a valid id");
    }
    if (id.local() && options.names == nullptr) {
      return failure(ErrorCode::invalid_request, "the search has names of its own and does not bring them",
                     "set `names`");
    }
  }
  if (options.names != nullptr && options.names->generation() < world.generation()) {
    return failure(ErrorCode::invalid_request, "the search is older than the world and has names of its own",
                   "make the ids after the world");
  }
  return {};
}

bool holds(const std::vector<TypeId>& types, TypeId type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Which types a searched entity may be of. Null: any.
using AllowedTypes = const std::vector<TypeId>*;

void sort_unique(std::vector<EntityId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

/// Decides the candidates, which are sorted, from the page's beginning to its end.
template <class MakeRequest>
SearchPage decide(const Engine& engine, std::span<const EntityId> candidates, const SearchOptions& options,
                  MakeRequest&& make_request) {
  constexpr std::size_t kBatch = 256;
  if (options.after.valid()) {
    candidates = candidates.subspan(static_cast<std::size_t>(
        std::upper_bound(candidates.begin(), candidates.end(), options.after) - candidates.begin()));
  }
  SearchPage page;
  std::vector<Request> requests;
  std::vector<Decision> decisions(kBatch);
  while (!candidates.empty()) {
    const std::size_t count = std::min({kBatch, candidates.size(), options.decisions - page.decisions});
    if (count == 0) {
      page.end = SearchPage::End::exhausted;
      return page;
    }
    requests.clear();
    for (const EntityId candidate : candidates.first(count)) requests.push_back(make_request(candidate));
    engine.authorize_many(requests, std::span(decisions).first(count));
    page.decisions += count;
    for (std::size_t i = 0; i < count; ++i) {
      page.next = candidates[i];
      if (!decisions[i].permitted()) continue;
      // The store may hold what the schema does not declare, an enumerated type's entity say.
      if (options.schema != nullptr && !validate(requests[i], *options.schema)) continue;
      page.hits.push_back(candidates[i]);
      if (page.hits.size() == options.limit && i + 1 < candidates.size()) {
        page.end = SearchPage::End::full;
        return page;
      }
    }
    candidates = candidates.subspan(count);
  }
  page.next = {};
  return page;
}

/// Where the permits of a world leave an entity to be searched; everything when that cannot be told within limits.
Candidates candidates_of(const World& world, const PartialRequest& request, Variable unknown) {
  // Without the schema: the store may hold what does not conform to it.
  PolicyReducer reducer(world.entities(), request, nullptr, PolicyReducer::LocalIds::keep);
  Candidates all;
  for (const Policy& policy : world.policies().policies()) {
    if (policy.body->effect != Effect::permit) continue;
    const ReducedPolicy reduced = reducer.reduce(policy);
    if (!reducer.within_limits()) return Candidates::everything();
    if (reduced.verdict == PartialVerdict::satisfied) return Candidates::everything();
    if (!reduced.may_hold) continue;
    Candidates least = Candidates::of(unknown == Variable::principal ? reduced.principal : reduced.resource);
    for (const Condition& condition : reduced.conditions) {
      if (!condition.negated) least.narrow(Candidates::of(*condition.body, unknown));
    }
    all.add(least);
    if (all.is_everything()) break;
  }
  return all;
}

/// Who can and what can are one search with the sides exchanged.
struct Sides {
  Variable unknown = Variable::principal;
  EntityId known;
  EntityId action;
};

template <class Index>
Result<SearchPage> search_side(const Engine& engine, Index& index, const Sides& sides, const SearchOptions& options) {
  const World& world = engine.world();
  const EntityId ids[] = {sides.known, sides.action};
  if (auto valid = check(world, ids, options); !valid) return tl::unexpected(std::move(valid.error()));
  const bool principal = sides.unknown == Variable::principal;
  AllowedTypes allowed = nullptr;
  Value context = options.context;
  if (options.schema != nullptr) {
    const ActionDeclaration* action = options.schema->find(sides.action);
    if (action == nullptr) return undeclared_action(sides.action, *options.schema, options.names);
    const char* const role = principal ? "the resource" : "the principal";
    auto fits = check_declared(type_of(sides.known, options.names), role, *options.schema, options.names);
    if (fits && options.type.valid()) {
      fits = check_declared(options.type, "what is searched", *options.schema, options.names);
    }
    context = context_of(action, options.contexts, options.context);
    if (fits) fits = check_context(context, *action, options.contexts, *options.schema, options.names);
    if (!fits) return tl::unexpected(std::move(fits.error()));
    allowed = principal ? &action->principals : &action->resources;
    const auto& other = principal ? action->resources : action->principals;
    if (!holds(other, type_of(sides.known, options.names))) {
      SearchPage none;
      none.domain = index.domain(world, options.type, allowed);
      return none;
    }
  }
  PartialRequest partial;
  partial.principal = principal ? PartialEntity::of_type(options.type) : PartialEntity::known(sides.known);
  partial.action = sides.action;
  partial.resource = principal ? PartialEntity::known(sides.known) : PartialEntity::of_type(options.type);
  partial.names = options.names;
  partial.context = context;
  const std::vector<EntityId> candidates =
      index.list(world, candidates_of(world, partial, sides.unknown), options.type, allowed);
  Request request{sides.known, sides.action, sides.known, options.names, context};
  SearchPage page = decide(engine, candidates, options, [&](EntityId candidate) {
    (principal ? request.principal : request.resource) = candidate;
    return request;
  });
  page.domain = index.domain(world, options.type, allowed);
  return page;
}

}  // namespace

struct Search::Index {
  std::once_flag once;
  std::unique_ptr<const MembershipIndex> members;
  std::once_flag actions_once;
  std::vector<EntityId> actions;  ///< without a schema

  const MembershipIndex& of(const World& world) {
    std::call_once(once, [&] { members = std::make_unique<const MembershipIndex>(world.entities()); });
    return *members;
  }

  std::span<const EntityId> actions_of(const World& world) {
    std::call_once(actions_once, [&] {
      add_known_actions(world, actions);
      sort_unique(actions);
    });
    return actions;
  }

  /// How many entities of the store are of an allowed type, or of no action type where all are allowed.
  std::size_t domain(const World& world, TypeId type, AllowedTypes allowed) {
    const MembershipIndex& index = of(world);
    if (type.valid()) return allowed == nullptr || holds(*allowed, type) ? index.of_type(type).size() : 0;
    if (allowed == nullptr) return index.all_but_actions().size();
    std::size_t count = 0;
    for (const TypeId each : *allowed) count += index.of_type(each).size();
    return count;
  }

  /// Those among them that `candidates` describes, sorted.
  std::vector<EntityId> list(const World& world, const Candidates& candidates, TypeId type, AllowedTypes allowed) {
    const MembershipIndex& index = of(world);
    std::vector<EntityId> ids;
    if (!candidates.is_everything() && candidates.list(index, ids)) {
      std::erase_if(ids, [&](EntityId id) {
        if (id.local() || world.entities().find(id) == nullptr) return true;
        if (allowed != nullptr && !holds(*allowed, type_of(id))) return true;
        return type.valid() ? type_of(id) != type : allowed == nullptr && is_action_type(type_of(id));
      });
    } else {
      ids.clear();
      const auto add = [&](std::span<const EntityId> more) { ids.insert(ids.end(), more.begin(), more.end()); };
      if (type.valid()) {
        if (allowed == nullptr || holds(*allowed, type)) add(index.of_type(type));
      } else if (allowed != nullptr) {
        for (const TypeId each : *allowed) add(index.of_type(each));
      } else {
        add(index.all_but_actions());
      }
    }
    sort_unique(ids);
    return ids;
  }
};

Search::Search(Engine engine) : engine_(std::move(engine)), index_(std::make_shared<Index>()) {}

Result<SearchPage> Search::who_can(EntityId action, EntityId resource, const SearchOptions& options) const {
  return search_side(engine_, *index_, {Variable::principal, resource, action}, options);
}

Result<SearchPage> Search::what_can(EntityId principal, EntityId action, const SearchOptions& options) const {
  return search_side(engine_, *index_, {Variable::resource, principal, action}, options);
}

Result<SearchPage> Search::actions(EntityId principal, EntityId resource, const SearchOptions& options) const {
  const EntityId known[] = {principal, resource};
  if (auto valid = check(engine_.world(), known, options); !valid) return tl::unexpected(std::move(valid.error()));
  std::vector<EntityId> candidates;
  std::vector<SkippedAction> skipped;
  if (options.schema != nullptr) {
    const TypeId principal_type = type_of(principal, options.names);
    const TypeId resource_type = type_of(resource, options.names);
    auto known_types = check_declared(principal_type, "the principal", *options.schema, options.names);
    if (known_types) known_types = check_declared(resource_type, "the resource", *options.schema, options.names);
    if (!known_types) return tl::unexpected(std::move(known_types.error()));
    for (const ActionDeclaration& action : options.schema->actions()) {
      if (!holds(action.principals, principal_type) || !holds(action.resources, resource_type)) continue;
      if (options.type.valid() && type_of(action.uid) != options.type) continue;
      const Value& context = context_of(&action, options.contexts, options.context);
      auto fits = check_context(context, action, options.contexts, *options.schema, options.names);
      if (!fits) {
        skipped.push_back({action.uid, std::move(fits.error())});
      } else {
        candidates.push_back(action.uid);
      }
    }
    if (candidates.empty() && !skipped.empty()) return tl::unexpected(std::move(skipped.front().reasons));
    sort_unique(candidates);
  } else {
    const auto named = index_->actions_of(engine_.world());
    candidates.assign(named.begin(), named.end());
  }
  if (options.type.valid()) std::erase_if(candidates, [&](EntityId action) { return type_of(action) != options.type; });
  SearchPage page = decide(engine_, candidates, options, [&](EntityId action) {
    const ActionDeclaration* declared = options.schema != nullptr ? options.schema->find(action) : nullptr;
    return Request{principal, action, resource, options.names, context_of(declared, options.contexts, options.context)};
  });
  page.domain = candidates.size();
  page.skipped = std::move(skipped);
  return page;
}

}  // namespace quis
