// Differences in access.
//
// Where the stores are equal, a policy that both worlds have is satisfied by the same requests in both. So a decision
// can differ only where a policy that one world has and the other has not is satisfied; each such policy, evaluated
// partially with principal and resource unknown, says for which of them that can be, as a rectangle (principals ×
// resources) for each action. The union of the rectangles is walked principal by principal, so that no request is
// decided twice, and both engines decide each.
//
// Where the stores differ any condition may come out otherwise, and everything is decided.

#include <quis/engine/diff.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/partial.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/conformance.hpp>
#include <quis/model/schema.hpp>

#include "engine/access_change.hpp"
#include "engine/candidates.hpp"
#include "engine/known_actions.hpp"
#include "engine/membership_index.hpp"
#include "engine/policy_pairing.hpp"
#include "engine/policy_reducer.hpp"
#include "engine/same_entities.hpp"
#include "engine/schema_questions.hpp"

namespace quis {
namespace {

void sort_unique(std::vector<EntityId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

/// Requests that are to be decided for one action: principals × resources. Null: all of the domain.
struct Rectangle {
  std::optional<std::vector<EntityId>> principals;
  std::optional<std::vector<EntityId>> resources;
};

class Comparison {
 public:
  Comparison(const World& before, const World& after, const DiffOptions& options)
      : before_(before),
        after_(after),
        options_(options),
        old_engine_(before),
        new_engine_(after),
        old_index_(before.entities()),
        new_index_(after.entities()),
        pairing_(before.policies().policies(), after.policies().policies()) {}

  Result<AccessDiff> run() {
    const bool same = same_entities(before_.entities(), after_.entities());
    bool any = false;
    for (const EntityId action : actions()) {
      set_domain(action);
      const bool is_empty = principals_.empty() || resources_.empty();
      if (!is_empty && !take_context(action)) continue;
      ++diff_.actions;
      if (is_empty) continue;
      any = true;
      auto done = same ? decide_rectangles(action, rectangles(action)) : decide_rectangles(action, {Rectangle{}});
      if (!done) return tl::unexpected(std::move(done.error()));
    }
    if (!any && !diff_.skipped.empty()) return tl::unexpected(std::move(diff_.skipped.front().reasons));
    return std::move(diff_);
  }

 private:
  /// The entities of both stores that are of the wanted or an allowed type; where none is named, of any but action
  /// types.
  std::vector<EntityId> entities_of(const std::vector<TypeId>* allowed, TypeId wanted) const {
    std::vector<EntityId> ids;
    const auto add = [&](std::span<const EntityId> more) { ids.insert(ids.end(), more.begin(), more.end()); };
    for (const MembershipIndex* index : {&old_index_, &new_index_}) {
      if (wanted.valid()) {
        const bool is_allowed =
            allowed == nullptr || std::find(allowed->begin(), allowed->end(), wanted) != allowed->end();
        if (is_allowed) add(index->of_type(wanted));
      } else if (allowed != nullptr) {
        for (const TypeId type : *allowed) add(index->of_type(type));
      } else {
        add(index->all_but_actions());
      }
    }
    sort_unique(ids);
    return ids;
  }

  std::vector<EntityId> actions() const {
    std::vector<EntityId> actions;
    if (options_.schema != nullptr) {
      for (const ActionDeclaration& action : options_.schema->actions()) actions.push_back(action.uid);
    } else {
      add_known_actions(before_, actions);
      add_known_actions(after_, actions);
    }
    sort_unique(actions);
    if (options_.action.valid()) return {options_.action};
    return actions;
  }

  /// Without a schema the domain is the same for every action.
  void set_domain(EntityId action) {
    if (options_.schema == nullptr && domain_is_set_) return;
    const ActionDeclaration* declared = options_.schema != nullptr ? options_.schema->find(action) : nullptr;
    principals_ = entities_of(declared != nullptr ? &declared->principals : nullptr, options_.principal_type);
    resources_ = entities_of(declared != nullptr ? &declared->resources : nullptr, options_.resource_type);
    domain_is_set_ = true;
  }

  /// Sets the context of an action's requests. False, and noted, when the action may not have it.
  bool take_context(EntityId action) {
    const ActionDeclaration* declared = options_.schema != nullptr ? options_.schema->find(action) : nullptr;
    context_ = context_of(declared, options_.contexts, options_.context);
    if (declared == nullptr) return true;
    auto fits = check_context(context_, *declared, options_.contexts, *options_.schema, options_.names);
    if (!fits) diff_.skipped.push_back({action, std::move(fits.error())});
    return fits.has_value();
  }

  /// What the changed policies can be satisfied by. Both stores are equal, so one index serves both.
  std::vector<Rectangle> rectangles(EntityId action) const {
    PartialRequest request;
    request.action = action;
    request.names = options_.names;
    request.context = context_;
    PolicyReducer reducer(before_.entities(), request, nullptr, PolicyReducer::LocalIds::keep);
    std::vector<Rectangle> all;
    std::size_t listed = 0;
    const auto add = [&](const Policy& policy) {
      const ReducedPolicy reduced = reducer.reduce(policy);
      if (!reduced.may_hold && reducer.within_limits()) return;
      Candidates principals = Candidates::of(reduced.principal);
      Candidates resources = Candidates::of(reduced.resource);
      for (const Condition& condition : reduced.conditions) {
        if (condition.negated || !reducer.within_limits()) continue;
        principals.narrow(Candidates::of(*condition.body, Variable::principal));
        resources.narrow(Candidates::of(*condition.body, Variable::resource));
      }
      all.push_back({list(principals, principals_), list(resources, resources_)});
      listed += all.back().principals ? all.back().principals->size() : 0;
      listed += all.back().resources ? all.back().resources->size() : 0;
    };
    for (const PolicyIndex policy : pairing_.changed_before()) add(before_.policies().policies()[policy]);
    for (const PolicyIndex policy : pairing_.changed_after()) add(after_.policies().policies()[policy]);
    constexpr std::size_t kMaxListed = std::size_t{1} << 24U;  // beyond it, deciding everything is no dearer
    if (listed > kMaxListed || !reducer.within_limits()) return {Rectangle{}};
    return all;
  }

  /// Nothing when it is everything.
  std::optional<std::vector<EntityId>> list(const Candidates& candidates, const std::vector<EntityId>& domain) const {
    std::vector<EntityId> ids;
    if (candidates.is_everything() || !candidates.list(old_index_, ids)) return std::nullopt;
    std::erase_if(ids, [&](EntityId id) { return !std::binary_search(domain.begin(), domain.end(), id); });
    sort_unique(ids);
    return ids;
  }

  /// Walks the union of rectangles principal by principal.
  Result<void> decide_rectangles(EntityId action, const std::vector<Rectangle>& rectangles) {
    std::vector<std::pair<EntityId, std::size_t>> listed;  // principal, rectangle
    std::vector<std::size_t> of_all;                       // rectangles that hold every principal
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
      if (!rectangles[i].principals) {
        of_all.push_back(i);
        continue;
      }
      for (const EntityId principal : *rectangles[i].principals) listed.emplace_back(principal, i);
    }
    std::sort(listed.begin(), listed.end());
    auto next = listed.begin();
    std::vector<std::size_t> holding;
    const auto decide_principal = [&](EntityId principal) {
      holding = of_all;
      for (; next != listed.end() && next->first == principal; ++next) holding.push_back(next->second);
      return decide(principal, action, rectangles, holding);
    };
    if (!of_all.empty()) {
      for (const EntityId principal : principals_) {
        if (auto done = decide_principal(principal); !done) return done;
      }
    } else {
      while (next != listed.end()) {
        if (auto done = decide_principal(next->first); !done) return done;
      }
    }
    return {};
  }

  Result<void> decide(EntityId principal, EntityId action, const std::vector<Rectangle>& rectangles,
                      const std::vector<std::size_t>& holding) {
    const bool all =
        std::any_of(holding.begin(), holding.end(), [&](std::size_t i) { return !rectangles[i].resources; });
    const std::vector<EntityId>* resources = &resources_;
    std::vector<EntityId> joined;
    if (!all && holding.size() == 1) {
      resources = &*rectangles[holding.front()].resources;
    } else if (!all) {
      for (const std::size_t i : holding) {
        joined.insert(joined.end(), rectangles[i].resources->begin(), rectangles[i].resources->end());
      }
      sort_unique(joined);
      resources = &joined;
    }
    if (resources->size() > options_.decisions - diff_.decisions) {
      return failure(ErrorCode::limit_exceeded,
                     "the comparison needs more than " + std::to_string(options_.decisions) + " decisions",
                     "compare one action or one type of principals and resources at a time");
    }
    diff_.decisions += resources->size();
    Request request{principal, action, {}, options_.names, context_};
    for (const EntityId resource : *resources) {
      request.resource = resource;
      const auto [was, is, differ] = teller_.decide(request);
      // The stores may hold what the schema does not declare, an enumerated type's entity say.
      if (!differ || (options_.schema != nullptr && !validate(request, *options_.schema))) continue;
      ++(is == Outcome::permit ? diff_.gained : was == Outcome::permit ? diff_.lost : diff_.step_ups);
      if (diff_.changes.size() < options_.limit) diff_.changes.push_back(teller_.told(request, was, is));
    }
    return {};
  }

  const World& before_;
  const World& after_;
  const DiffOptions& options_;
  const Engine old_engine_;
  const Engine new_engine_;
  const MembershipIndex old_index_;
  const MembershipIndex new_index_;
  const PolicyPairing pairing_;
  bool domain_is_set_ = false;
  Value context_;  ///< of the requests of the action at hand
  std::vector<EntityId> principals_;
  std::vector<EntityId> resources_;
  ChangeTeller teller_{old_engine_, new_engine_, pairing_};
  AccessDiff diff_;
};

Result<void> check(const World& before, const World& after, const DiffOptions& options) {
  if (options.limit == 0 || options.limit > limits::kMaxDiffChanges) {
    return failure(ErrorCode::invalid_argument, "the changes to list are `" + std::to_string(options.limit) + "`",
                   "choose a number from 1 to " + std::to_string(limits::kMaxDiffChanges));
  }
  if (options.decisions == 0 || options.decisions > limits::kMaxDiffDecisions) {
    return failure(ErrorCode::invalid_argument,
                   "the decisions of a comparison are `" + std::to_string(options.decisions) + "`",
                   "choose a number from 1 to " + std::to_string(limits::kMaxDiffDecisions));
  }
  if (options.action.valid() && options.schema != nullptr && options.schema->find(options.action) == nullptr) {
    return undeclared_action(options.action, *options.schema, options.names);
  }
  if (options.action.valid() && options.action.local()) {
    return failure(ErrorCode::unknown_action,
                   "nothing loaded names the action `" + to_text(options.action, options.names) + "`",
                   "check its name");
  }
  for (const auto& [type, role] :
       {std::pair{options.principal_type, "the principal"}, std::pair{options.resource_type, "the resource"}}) {
    if (options.schema == nullptr || !type.valid()) continue;
    if (auto declared = check_declared(type, role, *options.schema, options.names); !declared) return declared;
  }
  if (options.names != nullptr && options.names->generation() < std::max(before.generation(), after.generation())) {
    return failure(ErrorCode::invalid_request, "the context is older than the worlds and has names of its own",
                   "make it after them");
  }
  return {};
}

}  // namespace

Result<AccessDiff> diff_access(const World& before, const World& after, const DiffOptions& options) {
  if (auto valid = check(before, after, options); !valid) return tl::unexpected(std::move(valid.error()));
  return Comparison(before, after, options).run();
}

}  // namespace quis
