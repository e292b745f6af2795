#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/engine/reference.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/policy.hpp>

#include "base/large_memory.hpp"
#include "engine/compiled_policy.hpp"
#include "engine/id_table.hpp"
#include "engine/pair_table.hpp"
#include "engine/plan.hpp"
#include "engine/scope_keys.hpp"

/// The scope index: finds the policies whose scope can hold for a request without looking at the others.
///
/// Three ideas, one for each part of a scope.
///
/// *Action.* Two actions that satisfy the same action constraints are alike, so actions fall into classes and each
/// class has a table of its own, with only the policies whose action constraint holds for it. Policies that name no
/// action stand once, in a table of their own that every request consults; a few of them stand in every class instead.
///
/// *Principal and resource.* What a scope asks of an entity is one *key*: nothing, `== e`, `in e` or `is T` (`is T in
/// e` is filed under `in e`, and its type is checked by the policy's code). Where it asks nothing more, the comparison
/// of an attribute with a constant that a policy begins with can be its key (see filing.hpp). In a table each principal
/// key leads to a group, and there each resource key to the policies that ask for that pair. A request has few keys:
/// its entity, its ancestors, its type, and its attributes that are keys; it looks up its principal keys, and its
/// resource keys in the groups that it finds.
///
/// *Exactness.* A policy whose scope holds is found through exactly one pair, unless it is certain that its conditions
/// do not hold and do not err; then through none. So none is met twice; a pair is looked up only when both keys hold
/// for the request, so a policy whose scope excludes the request is never met (but for the `is T in e` type check).
///
/// Rejected: one list a principal or a resource (a busy folder has ten thousand policies that concern somebody else);
/// decision trees over all three (they copy policies, and templates make hundreds of thousands);
/// numbers for the entities that policies name (a look-up more for each entity and ancestor, and its cache line).
namespace quis {

namespace detail {

struct ActionClass {
  EntityId action;
  std::uint32_t table = 0;
};

/// An action for which one plan decides every request.
///
/// What comes first is said here: until it is known where the code goes on, the processor guesses, wrongly where
/// actions come in no order, and so it is known two loads sooner.
struct PlannedAction {
  EntityId action;
  Handler first = 0;
  const PairTable* table = nullptr;  ///< the plan's
};

}  // namespace detail

class ScopeIndex {
 public:
  ScopeIndex() = default;
  ScopeIndex(const ScopeIndex&) = delete;  // tables point into lists of their index
  ScopeIndex& operator=(const ScopeIndex&) = delete;
  ScopeIndex(ScopeIndex&&) = default;
  ScopeIndex& operator=(ScopeIndex&&) = default;

  /// Files the policies; `compiled[i]` stands for `policies[i]`. The hierarchy of actions is that of `entities`.
  void build(std::span<const Policy> policies, std::span<const CompiledPolicy> compiled, const Entities& entities);

  /// The plan that alone decides every request for this one's action (see `planned_list`), else null. The quick way,
  /// for most actions of most policy sets: no key is looked up. What a few policies ask of principal and resource is
  /// part of their code there.
  [[nodiscard]] const detail::PlannedAction* planned_action(const Request& request,
                                                            const Entities& entities) const noexcept {
    if (const detail::PlannedAction* const found = planned_.find(request.action)) [[likely]]
      return found;
    return planned_for_any(request, entities);
  }

  /// What a request meets, in two parts: whatever its principal and resource are, and the rest. `found` depends on the
  /// action alone.
  struct Found {
    const detail::PairTable* table = nullptr;       ///< of the action's class, or null
    const detail::PairTable* any_action = nullptr;  ///< what `table` does not hold of the policies that name no action
    bool scan = false;                              ///< see `needs_scan`
    bool has_rest = false;
  };
  [[nodiscard]] Found find(const Request& request, const Entities& entities) const;

  /// Together these call `visit` once with every policy whose scope holds for the request (and perhaps some whose
  /// `is T in e` scope fails by its type), in lists of `CompiledPolicy`, none of them empty, each in order of position.
  /// They allocate nothing but, once a thread, the memory of long lists of keys.
  template <class Visit>
  void for_each_open_table(const Found& found, Visit&& visit) const;  ///< `visit(table)`, whose list is `open_list`
  template <class Visit>
  [[gnu::noinline]] void for_each_other_list(const Found& found, const Request& request, const Entities& entities,
                                             Visit&& visit) const;
  /// For many requests that differ in their resource alone: calls `visit` with each of the other lists that the
  /// principal leads to, whatever it asks of the resource, until that returns false. Tells whether it never did.
  /// REQUIRES: not `found.scan`.
  template <class Visit>
  [[nodiscard]] bool for_each_list_of_principal(const Found& found, const Request& request, const Entities& entities,
                                                Visit&& visit) const;
  [[nodiscard]] std::span<const CompiledPolicy> open_list(const detail::PairTable& table) const noexcept {
    return list(table.open_begin, table.open_end);
  }

  /// What the plan of a table decides, or would if it had one.
  [[nodiscard]] std::span<const CompiledPolicy> planned_list(const detail::PairTable& table) const noexcept {
    return table.all_begin != table.all_end ? list(table.all_begin, table.all_end) : open_list(table);
  }

  /// Calls `make` with each list that is to have a plan, and keeps what it returns.
  template <class Make>
  void make_plans(const Make& make);

  /// Calls `visit` with each plan, and its list.
  template <class Visit>
  void for_each_plan(const Visit& visit) const {
    for (const detail::PairTable& table : tables_) {
      if (table.plan.exists()) visit(table.plan, planned_list(table));
    }
  }

  /// How many policies these lists hold, for tests and reports.
  [[nodiscard]] std::size_t count_candidates(const Request& request, const Entities& entities) const;
  /// How many keys are looked up in each group, for tests.
  [[nodiscard]] std::size_t count_resource_keys(const Request& request, const Entities& entities) const;

 private:
  /// Whether an action that is in no class could still be in a group that policies name; then every policy that names
  /// an action is checked in full. So it is for entities of no action type that have ancestors and are used as actions,
  /// and for classes beyond the size budget; real policy sets have neither.
  [[nodiscard]] bool needs_scan(const Request& request, const Entities& entities) const noexcept;
  /// `planned_action` of an action that no policy names.
  [[nodiscard]] const detail::PlannedAction* planned_for_any(const Request& request,
                                                             const Entities& entities) const noexcept;
  [[nodiscard]] std::span<const CompiledPolicy> list(std::uint32_t begin, std::uint32_t end) const noexcept {
    return {postings_ + begin, end - begin};
  }

  /// Calls `visit` with each table and group that a principal key leads to, until that returns false. Tells whether it
  /// never did.
  template <class Visit>
  bool for_each_group(const Found& found, std::span<const detail::ScopeKey> principal, const Visit& visit) const;

  detail::KeyDirectory principals_;
  detail::KeyDirectory resources_;
  IdTable<detail::ActionClass, &detail::ActionClass::action> classes_;
  IdTable<detail::PlannedAction, &detail::PlannedAction::action> planned_;
  std::vector<detail::PairTable> tables_{1};  ///< first the policies that name no action, then one a class of actions
  LargeBlock memory_;                         ///< what they point to
  detail::PlannedAction planned_any_;         ///< their plan, if it is the whole answer; no table else
  bool has_any_action_ = false;               ///< whether the tables of classes hold those too
  const CompiledPolicy* postings_ = nullptr;  ///< the lists that all tables point into; in `memory_`
  std::vector<CompiledPolicy> scanned_;       ///< policies that name actions; see `needs_scan`
  std::vector<EntityId> over_budget_;         ///< sorted; actions whose class was too large to build
  std::span<const Policy> policies_;          ///< borrowed from the policy set of the same world
};

inline ScopeIndex::Found ScopeIndex::find(const Request& request, const Entities& entities) const {
  Found found;
  if (const detail::ActionClass* action_class = classes_.find(request.action)) [[likely]] {
    found.table = &tables_[action_class->table];
    found.has_rest = found.table->is_keyed;
    if (has_any_action_) return found;
  } else {
    found.scan = found.has_rest = needs_scan(request, entities);
  }
  found.any_action = &tables_.front();
  found.has_rest |= found.any_action->is_keyed;
  return found;
}

template <class Visit>
inline void ScopeIndex::for_each_open_table(const Found& found, Visit&& visit) const {
  for (const detail::PairTable* table : {found.table, found.any_action}) {
    if (table != nullptr && table->open_begin != table->open_end) visit(*table);
  }
}

template <class Make>
void ScopeIndex::make_plans(const Make& make) {
  for (detail::PairTable& table : tables_) {
    table.plan = make(planned_list(table));
    table.planned = planned_list(table).data();
  }
  // Whether no policy of the table is found by a key alone.
  const auto is_whole = [](const detail::PairTable& table) {
    return table.plan.exists() && (!table.is_keyed || table.all_begin != table.all_end);
  };
  if (is_whole(tables_.front())) planned_any_ = {{}, tables_.front().plan.first, &tables_.front()};
  std::vector<detail::PlannedAction> planned;
  for (const detail::ActionClass& member : classes_.slots()) {
    if (!member.action.valid()) continue;
    const detail::PairTable& table = tables_[member.table];
    if (has_any_action_ && is_whole(table)) planned.push_back({member.action, table.plan.first, &table});
  }
  planned_.build(planned);
}

template <class Visit>
void ScopeIndex::for_each_other_list(const Found& found, const Request& request, const Entities& entities,
                                     Visit&& visit) const {
  if (found.scan) {
    for (const CompiledPolicy& policy : scanned_) {
      if (scope_matches(policies_[policy.index], request, entities)) visit(std::span(&policy, 1));
    }
  }
  detail::RequestKeys<struct OfPrincipal> principal;
  detail::RequestKeys<struct OfResource> resource;
  principals_.collect(request.principal, request, entities, principal);
  resources_.collect(request.resource, request, entities, resource);
  for_each_group(found, principal.span(), [&](const detail::PairTable& table, const detail::PairTable::Group& group) {
    table.for_each(group, resource.span(), [&](detail::PairTable::Postings of) { visit(list(of.begin, of.end)); });
    return true;
  });
}

template <class Visit>
bool ScopeIndex::for_each_list_of_principal(const Found& found, const Request& request, const Entities& entities,
                                            Visit&& visit) const {
  detail::RequestKeys<struct OfPrincipal> principal;
  principals_.collect(request.principal, request, entities, principal);
  return for_each_group(found, principal.span(),
                        [&](const detail::PairTable& table, const detail::PairTable::Group& group) {
                          using Bucket = detail::PairTable::Bucket;
                          const std::size_t first = std::size_t{group.first} * Bucket::kSize;
                          const std::size_t places = (std::size_t{group.mask} + 1) * Bucket::kSize;
                          for (const detail::PairTable::Postings of : std::span(table.postings + first, places)) {
                            if (of.begin != of.end && !visit(list(of.begin, of.end))) return false;
                          }
                          return true;
                        });
}

template <class Visit>
bool ScopeIndex::for_each_group(const Found& found, std::span<const detail::ScopeKey> principal,
                                const Visit& visit) const {
  constexpr std::size_t kBlock = 64;
  for (const detail::PairTable* table : {found.table, found.any_action}) {
    if (table == nullptr || !table->is_keyed) continue;
    for (std::size_t begin = 0; begin < principal.size(); begin += kBlock) {
      const detail::PairTable::Group* groups[kBlock];
      std::size_t count = 0;
      for (const detail::ScopeKey key : principal.subspan(begin, std::min(kBlock, principal.size() - begin))) {
        const detail::PairTable::Group& group = table->group_of(key);
        groups[count] = &group;
        count += static_cast<std::size_t>(group.principal.value == key.number());
      }
      for (const detail::PairTable::Group* group : std::span(groups, count)) {
        if (!visit(*table, *group)) return false;
      }
    }
  }
  return true;
}

}  // namespace quis
