// Which sets are alike, and how one takes the other in.
//
// Cedar keeps static policies among the templates as well as among the policies, and looks for conflicts in four
// passes; the names that it gives follow from the order of the passes, so the same order is kept here.

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <quis/base/limits.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/canonical_form.hpp"
#include "policy/spelling.hpp"

namespace quis {

bool PolicySet::identical(const Entry& entry, const PolicySet& other) const {
  if (entry.policy_template != nullptr) {
    const Template* same = other.find_template(entry.policy_template->id);
    return same != nullptr && same_body(same->body, entry.policy_template->body);
  }
  const Policy& policy = *entry.policy;
  const Policy* same = other.find(policy.id);
  return same != nullptr && same->template_id == policy.template_id && same->principal_slot == policy.principal_slot &&
         same->resource_slot == policy.resource_slot && same_body(same->body, policy.body);
}

bool operator==(const PolicySet& a, const PolicySet& b) {
  if (a.policies_.size() != b.policies_.size() || a.templates_.size() != b.templates_.size()) return false;
  const std::vector<PolicySet::Entry> entries = a.in_order();
  return std::all_of(entries.begin(), entries.end(),
                     [&](const PolicySet::Entry& entry) { return a.identical(entry, b); });
}

Result<std::map<std::string, std::string>> PolicySet::merge(const PolicySet& other, IdConflict on_conflict) {
  if (size() + other.size() > kMaxPolicies) {
    return failure(ErrorCode::limit_exceeded, fmt::format("a set holds at most {} policies", kMaxPolicies),
                   "keep the two sets apart");
  }
  const std::vector<Entry> entries = other.in_order();
  const auto id_of = [](const Entry& entry) -> const std::string& {
    return entry.policy != nullptr ? entry.policy->id : entry.policy_template->id;
  };
  const auto is_link = [](const Policy* policy) { return policy != nullptr && policy->template_id.has_value(); };

  std::array<std::vector<const std::string*>, 4> passes;
  for (const Entry& entry : entries) {
    const std::string& id = id_of(entry);
    if (place_of(id) == detail::IdIndex::kNone || identical(entry, *this)) continue;
    const Policy* mine = find(id);
    const bool links = is_link(entry.policy) || is_link(mine);
    const std::size_t pass = !links ? 0 : entry.policy != nullptr && mine != nullptr ? 1 : mine != nullptr ? 2 : 3;
    passes[pass].push_back(&id);
  }

  std::map<std::string, std::string> renamed;
  Errors errors;
  std::size_t next_number = 0;
  const auto fresh_id = [&] {
    while (true) {
      std::string id = fmt::format("policy{}", next_number++);
      if (place_of(id) == detail::IdIndex::kNone && other.place_of(id) == detail::IdIndex::kNone) return id;
    }
  };
  for (const auto& pass : passes) {
    for (const std::string* id : pass) {
      if (on_conflict == IdConflict::rename) {
        renamed.emplace(*id, fresh_id());
      } else if (errors.size() < limits::kMaxReportedErrors) {
        Diagnostic conflict;
        conflict.code = ErrorCode::duplicate_policy_id;
        conflict.policy = *id;
        conflict.message = fmt::format("the id {} means something else in the other set", shown(*id));
        conflict.help = "rename one of the two, or merge with `IdConflict::rename`";
        errors.push_back(std::move(conflict));
      }
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));

  const auto new_id = [&](const std::string& id) {
    const auto found = renamed.find(id);
    return found == renamed.end() ? id : found->second;
  };
  for (const Entry& entry : entries) {
    std::string id = new_id(id_of(entry));
    if (place_of(id) != detail::IdIndex::kNone) continue;  // identical, else it would have been renamed
    if (entry.policy_template != nullptr) {
      append(Template{std::move(id), entry.policy_template->body});
      continue;
    }
    Policy policy = *entry.policy;
    policy.id = std::move(id);
    std::uint32_t template_place = detail::IdIndex::kNone;
    if (policy.template_id) {
      policy.template_id = new_id(*policy.template_id);
      template_place = place_of(*policy.template_id);
    }
    append(std::move(policy), template_place);
  }
  return renamed;
}

}  // namespace quis
