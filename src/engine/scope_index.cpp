#include "engine/scope_index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <quis/engine/reference.hpp>

#include "engine/filing.hpp"
#include "engine/operations.hpp"

namespace quis {
namespace {

/// Which distinct action constraints hold for an action.
class ActionConstraints {
 public:
  /// The number of the constraint, the same for equal ones. REQUIRES: it names actions.
  std::size_t number(const ActionConstraint& constraint) {
    std::vector<EntityId> entities = constraint.entities;
    std::sort(entities.begin(), entities.end());
    entities.erase(std::unique(entities.begin(), entities.end()), entities.end());
    const auto [found, added] = numbers_.try_emplace({constraint.kind, entities}, numbers_.size());
    if (added) {
      auto& by_entity = constraint.kind == ActionConstraint::Kind::equal ? equal_ : in_;
      for (const EntityId entity : entities) by_entity[entity].push_back(found->second);
    }
    return found->second;
  }

  /// At least as many as `holding` lists for `action`. Costs what the action's ancestors are, however many hold.
  std::size_t bound(EntityId action, const Entities& entities) const {
    const auto count = [](const auto& by_entity, EntityId entity) {
      const auto found = by_entity.find(entity);
      return found == by_entity.end() ? std::size_t{0} : found->second.size();
    };
    std::size_t total = count(equal_, action) + count(in_, action);
    entities.facts_of(action).ancestors.for_each([&](EntityId ancestor) { total += count(in_, ancestor); });
    return total;
  }

  /// Sorted numbers of those that hold for `action`.
  std::vector<std::size_t> holding(EntityId action, const Entities& entities) const {
    std::vector<std::size_t> numbers;
    const auto add = [&](const auto& by_entity, EntityId entity) {
      const auto found = by_entity.find(entity);
      if (found != by_entity.end()) numbers.insert(numbers.end(), found->second.begin(), found->second.end());
    };
    add(equal_, action);
    add(in_, action);
    entities.facts_of(action).ancestors.for_each([&](EntityId ancestor) { add(in_, ancestor); });
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
  }

  /// Every action that may be in a class: those the policies name, and those of an action type in the store.
  std::vector<EntityId> actions(const Entities& entities) const {
    std::vector<EntityId> actions;
    for (const auto& [entity, numbers] : equal_) actions.push_back(entity);
    for (const auto& [entity, numbers] : in_) actions.push_back(entity);
    entities.for_each([&](const EntityRecord& record) {
      if (is_action_type(type_of(record.uid))) actions.push_back(record.uid);
    });
    std::sort(actions.begin(), actions.end());
    actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
    return actions;
  }

 private:
  std::map<std::pair<ActionConstraint::Kind, std::vector<EntityId>>, std::size_t> numbers_;
  std::unordered_map<EntityId, std::vector<std::size_t>> equal_;
  std::unordered_map<EntityId, std::vector<std::size_t>> in_;
};

/// A resource key of a group, and its policies.
struct Entry {
  detail::ScopeKey resource;
  detail::PairTable::Postings postings;
};

/// A table whose parts still grow.
struct Draft {
  detail::PairTable table;
  std::array<std::vector<detail::PairTable::Group>, detail::ScopeKey::kKinds> groups;
  std::vector<detail::PairTable::Bucket> buckets;
  std::vector<detail::PairTable::Postings> postings;

  void add_group(detail::ScopeKey principal, std::span<const Entry> entries);
};

/// Lays the entries of one group out.
void Draft::add_group(detail::ScopeKey principal, std::span<const Entry> entries) {
  using Bucket = detail::PairTable::Bucket;
  detail::PairTable::Group& group = groups[static_cast<std::size_t>(principal.kind())].emplace_back();
  group.principal = {principal.number()};
  group.first = static_cast<std::uint32_t>(buckets.size());
  // One bucket as long as that is not full, else one for each key: a search mostly ends where it began.
  if (entries.size() >= Bucket::kSize) group.mask = static_cast<std::uint32_t>(std::bit_ceil(entries.size()) - 1);
  buckets.resize(buckets.size() + group.mask + 1);
  postings.resize(buckets.size() * Bucket::kSize);
  for (const Entry& entry : entries) {
    std::uint32_t at = detail::PairTable::home(entry.resource) & group.mask;
    while (buckets[group.first + at].is_full()) at = (at + 1) & group.mask;
    Bucket& bucket = buckets[group.first + at];
    const auto place = std::ranges::find_if(bucket.keys, [](detail::ScopeKey key) { return !key.valid(); });
    *place = entry.resource;
    const std::size_t of_bucket = (std::size_t{group.first} + at) * Bucket::kSize;
    postings[of_bucket + static_cast<std::size_t>(place - bucket.keys)] = entry.postings;
  }
}

Draft make_table(std::vector<Filed>& filed, std::span<const CompiledPolicy> compiled,
                 std::vector<CompiledPolicy>& postings) {
  std::sort(filed.begin(), filed.end());
  Draft draft;
  detail::PairTable& table = draft.table;
  std::vector<Entry> entries;  // of the group at hand
  for (auto first = filed.begin(); first != filed.end();) {
    const auto begin = static_cast<std::uint32_t>(postings.size());
    auto last = first;
    for (; last != filed.end() && last->same_pair(*first); ++last) postings.push_back(compiled[last->policy]);
    const auto end = static_cast<std::uint32_t>(postings.size());
    if (first->asks_nothing()) {
      table.open_begin = begin;
      table.open_end = end;
    } else {
      entries.push_back({first->resource, {begin, end}});
    }
    if (!entries.empty() && (last == filed.end() || last->principal != first->principal)) {
      draft.add_group(first->principal, entries);
      entries.clear();
    }
    first = last;
  }
  const std::size_t asking = filed.size() - (table.open_end - table.open_begin);
  table.is_keyed = asking != 0;
  if (table.is_keyed && asking <= detail::PairTable::kTried) {
    std::set<PolicyIndex> all;  // a policy may be filed under several pairs
    for (const Filed& each : filed) all.insert(each.policy);
    if (all.size() <= Plan::kMost) {
      table.all_begin = static_cast<std::uint32_t>(postings.size());
      for (const PolicyIndex policy : all) postings.push_back(compiled[policy]);
      table.all_end = static_cast<std::uint32_t>(postings.size());
    }
  }
  return draft;
}

/// The tables, with their parts in `memory`, one behind the other: what one request reads of them lies anywhere. There
/// is room for so many bytes more.
std::vector<detail::PairTable> finish(std::span<const Draft> drafts, std::size_t more, LargeBlock& memory) {
  using Groups = detail::PairTable::Groups;
  std::vector<std::array<Groups, detail::ScopeKey::kKinds>> groups(drafts.size());
  std::size_t bytes = more;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    for (std::size_t kind = 0; kind < detail::ScopeKey::kKinds; ++kind) {
      groups[i][kind].build(drafts[i].groups[kind]);
      bytes += LargeBlock::rounded(groups[i][kind].slots().size_bytes());
    }
    bytes += LargeBlock::rounded(std::span(drafts[i].buckets).size_bytes());
    bytes += LargeBlock::rounded(std::span(drafts[i].postings).size_bytes());
  }
  memory = LargeBlock(bytes);
  std::vector<detail::PairTable> tables;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    detail::PairTable& table = tables.emplace_back(drafts[i].table);
    for (std::size_t kind = 0; kind < detail::ScopeKey::kKinds; ++kind) {
      table.groups[kind] = groups[i][kind].view();
      table.groups[kind].slots = memory.copy_of(groups[i][kind].slots());
    }
    table.buckets = memory.copy_of(std::span(drafts[i].buckets));
    table.postings = memory.copy_of(std::span(drafts[i].postings));
  }
  return tables;
}

}  // namespace

void ScopeIndex::build(std::span<const Policy> policies, std::span<const CompiledPolicy> compiled,
                       const Entities& entities) {
  policies_ = policies;
  Filing filing(policies);
  ActionConstraints constraints;
  std::vector<std::vector<Filed>> by_constraint;
  std::vector<Filed> any_action;
  for (PolicyIndex i = 0; i < policies.size(); ++i) {
    const Policy& policy = policies[i];
    if (policy.body->action.kind == ActionConstraint::Kind::any) {
      filing.file(policy, i, any_action);
      continue;
    }
    const std::size_t constraint = constraints.number(policy.body->action);
    by_constraint.resize(std::max(by_constraint.size(), constraint + 1));
    filing.file(policy, i, by_constraint[constraint]);
    scanned_.push_back(compiled[i]);
  }
  principals_ = filing.principals();
  resources_ = filing.resources();
  std::vector<CompiledPolicy> postings;
  std::vector<Draft> drafts;
  drafts.push_back(make_table(any_action, compiled, postings));
  constexpr std::size_t kFew = 64;
  has_any_action_ = any_action.size() <= kFew;
  if (!has_any_action_) any_action.clear();

  // Overlapping action groups can put one policy into many classes, and one action into many constraints. Past these
  // budgets the remaining classes are not built and their actions are scanned: slower, and still exact.
  const std::vector<EntityId> actions = constraints.actions(entities);
  const std::size_t budget = policies.size() * 64 + (std::size_t{1} << 20U);
  std::size_t constraints_left = budget + actions.size() * 64;
  std::map<std::vector<std::size_t>, std::uint32_t> classes;
  std::vector<detail::ActionClass> members;
  for (const EntityId action : actions) {
    const std::size_t bound = constraints.bound(action, entities);
    if (bound > constraints_left) {
      over_budget_.push_back(action);
      continue;
    }
    constraints_left -= bound;
    std::vector<std::size_t> holding = constraints.holding(action, entities);
    const auto known = classes.find(holding);
    if (known != classes.end()) {
      members.push_back({action, known->second});
      continue;
    }
    std::size_t cost = postings.size() + any_action.size();
    for (const std::size_t constraint : holding) cost += by_constraint[constraint].size();
    if (cost > budget) {
      over_budget_.push_back(action);
      continue;
    }
    std::vector<Filed> of_class = any_action;
    for (const std::size_t constraint : holding) {
      of_class.insert(of_class.end(), by_constraint[constraint].begin(), by_constraint[constraint].end());
    }
    const auto number = static_cast<std::uint32_t>(drafts.size());
    drafts.push_back(make_table(of_class, compiled, postings));
    members.push_back({action, number});
    classes.emplace(std::move(holding), number);
  }
  std::sort(over_budget_.begin(), over_budget_.end());
  classes_.build(members);
  tables_ = finish(drafts, LargeBlock::rounded(std::span(postings).size_bytes()), memory_);
  postings_ = memory_.copy_of(std::span<const CompiledPolicy>(postings));
}

bool ScopeIndex::needs_scan(const Request& request, const Entities& entities) const noexcept {
  if (scanned_.empty()) return false;  // no policy names an action
  if (std::binary_search(over_budget_.begin(), over_budget_.end(), request.action)) return true;
  return entities.facts_of(request.action).ancestors.size() != 0 && !is_action_type(type_of(request.action));
}

[[gnu::noinline]] const detail::PlannedAction* ScopeIndex::planned_for_any(const Request& request,
                                                                           const Entities& entities) const noexcept {
  const bool is_named = classes_.find(request.action) != nullptr;
  if (planned_any_.table == nullptr || is_named || needs_scan(request, entities)) return nullptr;
  return &planned_any_;
}

std::size_t ScopeIndex::count_resource_keys(const Request& request, const Entities& entities) const {
  detail::RequestKeys<struct OfResource> resource;
  resources_.collect(request.resource, request, entities, resource);
  return resource.span().size();
}

std::size_t ScopeIndex::count_candidates(const Request& request, const Entities& entities) const {
  std::size_t count = 0;
  const Found found = find(request, entities);
  for_each_open_table(found, [&](const detail::PairTable& table) { count += open_list(table).size(); });
  if (found.has_rest) {
    for_each_other_list(found, request, entities, [&](std::span<const CompiledPolicy> list) { count += list.size(); });
  }
  return count;
}

}  // namespace quis
