// Policies lie in one array and templates in another, so that an engine can walk the policies and name one by its
// position; the index leads from an id to either. What is removed leaves no gap: the last element moves there, and the
// index and the chain of its template's links are told. Sequence numbers remember the order of addition.

#include <quis/policy/policy_set.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "policy/canonical_form.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

/// `again` is the body of what would have the id a second time; null for a link, which has no place of its own.
Result<void> taken(const PolicySet& set, std::string_view id, const PolicyBody* again) {
  const Policy* policy = set.find(id);
  const PolicyBody& first = policy != nullptr ? *policy->body : *set.find_template(id)->body;
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::duplicate_policy_id;
  diagnostic.policy = id;
  diagnostic.message = fmt::format("the id {} is already taken", shown(id));
  if (policy != nullptr && policy->template_id) {
    diagnostic.message += fmt::format(", by a link of the template {}", shown(*policy->template_id));
  } else if (first.source_name != nullptr && first.span.line != 0) {
    diagnostic.message += fmt::format(", at {}:{}:{}", *first.source_name, first.span.line, first.span.column);
  }
  if (again != nullptr) {
    if (again->source_name != nullptr) diagnostic.source = *again->source_name;
    diagnostic.span = again->span;
  }
  diagnostic.help = "give each policy, template and link an id of its own";
  return failure(std::move(diagnostic));
}

/// Whether the values fit the slots, for `?principal` or `?resource`.
Result<void> check_slot(std::string_view slot, bool wanted, EntityId given, std::string_view template_id) {
  if (given.valid() && given.local()) {
    return failure(ErrorCode::invalid_link, fmt::format("the value for `{}` is known to one request only", slot),
                   "name the entity by `intern_entity` or `Engine::entity`");
  }
  if (wanted == given.valid()) return {};
  if (wanted) {
    return failure(ErrorCode::invalid_link, fmt::format("the link gives no value for `{}`", slot),
                   fmt::format("template {} has this slot; name the entity that fills it", shown(template_id)));
  }
  return failure(ErrorCode::invalid_link, fmt::format("the link gives a value for `{}`", slot),
                 fmt::format("template {} has no such slot; leave the value out", shown(template_id)));
}

Result<void> check_slots(const PolicyBody& body, EntityId principal, EntityId resource, std::string_view template_id) {
  auto fits = check_slot("?principal", body.principal.slot, principal, template_id);
  return fits ? check_slot("?resource", body.resource.slot, resource, template_id) : fits;
}

Result<void> no_template(std::string_view id, bool is_policy, std::span<const Template> templates) {
  std::vector<std::string_view> ids;
  ids.reserve(templates.size());
  for (const Template& each : templates) {
    if (const std::string* annotated = each.body->annotation("id"); annotated != nullptr && *annotated == id) {
      return failure(ErrorCode::unknown_template, "there is no template " + shown(id),
                     fmt::format("the template with this `@id` is called {} here", shown(each.id)));
    }
    ids.push_back(each.id);
  }
  return failure(ErrorCode::unknown_template, "there is no template " + shown(id),
                 is_policy ? "only a policy with `?principal` or `?resource` in its scope can be linked"
                           : did_you_mean(id, ids, "add the template before its links"));
}

Result<void> full() {
  return failure(ErrorCode::limit_exceeded, fmt::format("a set holds at most {} policies", PolicySet::kMaxPolicies),
                 "split the set");
}

/// So that the next `push_back` cannot fail.
template <class Kept>
void make_room(std::vector<Kept>& all) {
  constexpr std::size_t kSmallest = 8;
  if (all.size() == all.capacity()) all.reserve(std::max(kSmallest, 2 * all.size()));
}

/// Puts one of a set's elements behind the others and returns its position; whole, or not at all when memory runs out.
/// In the index its place has the `mark`.
template <class Kept, class Node>
std::uint32_t append_to(std::vector<Kept>& all, std::vector<Node>& nodes, detail::IdIndex& index, Kept added,
                        std::uint32_t mark) {
  const auto position = static_cast<std::uint32_t>(all.size());
  make_room(all);
  make_room(nodes);
  index.reserve_one();
  all.push_back(std::move(added));
  nodes.emplace_back();
  index.insert(all.back().id, position | mark);
  return position;
}

template <class Kept>
std::vector<const Kept*> annotated(std::span<const Kept> all, std::string_view key,
                                   std::optional<std::string_view> value) {
  std::vector<const Kept*> found;
  for (const Kept& each : all) {
    const std::string* actual = each.body->annotation(key);
    if (actual != nullptr && (!value || *actual == *value)) found.push_back(&each);
  }
  return found;
}

}  // namespace

std::string_view PolicySet::id_at(std::uint32_t place) const noexcept {
  return (place & kTemplateBit) != 0 ? templates_[place & ~kTemplateBit].id : policies_[place].id;
}

std::uint32_t PolicySet::place_of(std::string_view id) const noexcept {
  return index_.find(id, [this](std::uint32_t place) { return id_at(place); });
}

const Policy* PolicySet::find(std::string_view id) const noexcept {
  const std::uint32_t place = place_of(id);
  return place == detail::IdIndex::kNone || (place & kTemplateBit) != 0 ? nullptr : &policies_[place];
}

const Template* PolicySet::find_template(std::string_view id) const noexcept {
  const std::uint32_t place = place_of(id);
  return place == detail::IdIndex::kNone || (place & kTemplateBit) == 0 ? nullptr : &templates_[place & ~kTemplateBit];
}

Result<void> PolicySet::add(Policy policy) {
  if (policies_.size() >= kMaxPolicies) return full();
  if (policy.template_id) {
    const std::uint32_t place = place_of(*policy.template_id);
    if (place == detail::IdIndex::kNone || (place & kTemplateBit) == 0) {
      return no_template(*policy.template_id, place != detail::IdIndex::kNone, templates_);
    }
    const Template& from = templates_[place & ~kTemplateBit];
    if (!same_body(policy.body, from.body)) {
      return failure(
          ErrorCode::invalid_link,
          fmt::format("the link {} is of another template than {} is here", shown(policy.id), shown(from.id)),
          "make the link with `link`");
    }
    if (auto fits = check_slots(*from.body, policy.principal_slot, policy.resource_slot, from.id); !fits) return fits;
    if (place_of(policy.id) != detail::IdIndex::kNone) return taken(*this, policy.id, nullptr);
    append(std::move(policy), place);
    return {};
  }
  if (policy.body->is_template()) {
    return failure(ErrorCode::invalid_slot, fmt::format("the policy {} has slots", shown(policy.id)),
                   "add it as a template, and link it");
  }
  if (place_of(policy.id) != detail::IdIndex::kNone) return taken(*this, policy.id, policy.body.get());
  append(std::move(policy), detail::IdIndex::kNone);
  return {};
}

Result<void> PolicySet::add(Template policy_template) {
  if (templates_.size() >= kMaxPolicies) return full();
  if (place_of(policy_template.id) != detail::IdIndex::kNone)
    return taken(*this, policy_template.id, policy_template.body.get());
  append(std::move(policy_template));
  return {};
}

Result<void> PolicySet::link(std::string_view template_id, std::string new_id, EntityId principal, EntityId resource) {
  const Template* from = find_template(template_id);
  if (from == nullptr) return no_template(template_id, find(template_id) != nullptr, templates_);
  return add(Policy{std::move(new_id), from->body, from->id, principal, resource});
}

void PolicySet::append(Policy policy, std::uint32_t template_place) {
  const std::uint32_t position = append_to(policies_, policy_nodes_, index_, std::move(policy), 0);
  PolicyNode& node = policy_nodes_[position];
  node.sequence = next_sequence_++;
  if (template_place == detail::IdIndex::kNone) return;
  TemplateNode& links = template_nodes_[template_place & ~kTemplateBit];
  policies_[position].body = templates_[template_place & ~kTemplateBit].body;
  node.previous_link = std::exchange(links.last_link, position);
  (node.previous_link == kNoLink ? links.first_link : policy_nodes_[node.previous_link].next_link) = position;
}

void PolicySet::append(Template policy_template) {
  const std::uint32_t position =
      append_to(templates_, template_nodes_, index_, std::move(policy_template), kTemplateBit);
  template_nodes_[position].sequence = next_sequence_++;
}

Result<void> PolicySet::remove(std::string_view id) {
  const std::uint32_t place = place_of(id);
  if (place == detail::IdIndex::kNone) {
    return failure(ErrorCode::unknown_policy, "there is no policy or template " + shown(id), "check the id");
  }
  if ((place & kTemplateBit) != 0) {
    const std::uint32_t position = place & ~kTemplateBit;
    if (const std::uint32_t link = template_nodes_[position].first_link; link != kNoLink) {
      return failure(ErrorCode::template_in_use,
                     fmt::format("the template {} has links, {} among them", shown(id), shown(policies_[link].id)),
                     "unlink them first");
    }
    erase_template(position);
    return {};
  }
  if (policies_[place].template_id) {
    return failure(ErrorCode::unknown_policy, fmt::format("{} is a link, not a static policy", shown(id)),
                   "use `unlink`");
  }
  erase_policy(place);
  return {};
}

Result<void> PolicySet::unlink(std::string_view id) {
  const Policy* policy = find(id);
  if (policy == nullptr || !policy->template_id) {
    const bool exists = policy != nullptr || find_template(id) != nullptr;
    return failure(ErrorCode::unknown_policy, "there is no link " + shown(id),
                   exists ? "it is no link of a template: use `remove`" : "check the id");
  }
  const auto position = static_cast<std::uint32_t>(policy - policies_.data());
  detach(position);
  erase_policy(position);
  return {};
}

/// Takes a link out of the chain of its template's links.
void PolicySet::detach(std::uint32_t position) {
  const PolicyNode node = policy_nodes_[position];
  TemplateNode& links = template_nodes_[place_of(*policies_[position].template_id) & ~kTemplateBit];
  (node.previous_link == kNoLink ? links.first_link : policy_nodes_[node.previous_link].next_link) = node.next_link;
  (node.next_link == kNoLink ? links.last_link : policy_nodes_[node.next_link].previous_link) = node.previous_link;
}

/// REQUIRES: it is in no chain.
void PolicySet::erase_policy(std::uint32_t position) {
  const auto last = static_cast<std::uint32_t>(policies_.size() - 1);
  index_.erase(policies_[position].id, position);
  if (position != last) {
    const PolicyNode node = policy_nodes_[last];
    if (policies_[last].template_id) {
      TemplateNode& links = template_nodes_[place_of(*policies_[last].template_id) & ~kTemplateBit];
      (node.previous_link == kNoLink ? links.first_link : policy_nodes_[node.previous_link].next_link) = position;
      (node.next_link == kNoLink ? links.last_link : policy_nodes_[node.next_link].previous_link) = position;
    }
    index_.move(policies_[last].id, last, position);
    policies_[position] = std::move(policies_[last]);
    policy_nodes_[position] = node;
  }
  policies_.pop_back();
  policy_nodes_.pop_back();
}

/// REQUIRES: it has no links.
void PolicySet::erase_template(std::uint32_t position) {
  const auto last = static_cast<std::uint32_t>(templates_.size() - 1);
  index_.erase(templates_[position].id, position | kTemplateBit);
  if (position != last) {
    index_.move(templates_[last].id, last | kTemplateBit, position | kTemplateBit);
    templates_[position] = std::move(templates_[last]);
    template_nodes_[position] = template_nodes_[last];
  }
  templates_.pop_back();
  template_nodes_.pop_back();
}

std::vector<const Policy*> PolicySet::links_of(std::string_view template_id) const {
  std::vector<const Policy*> links;
  const std::uint32_t place = place_of(template_id);
  if (place == detail::IdIndex::kNone || (place & kTemplateBit) == 0) return links;
  for (std::uint32_t i = template_nodes_[place & ~kTemplateBit].first_link; i != kNoLink;
       i = policy_nodes_[i].next_link) {
    links.push_back(&policies_[i]);
  }
  return links;
}

std::vector<const Policy*> PolicySet::policies_annotated(std::string_view key,
                                                         std::optional<std::string_view> value) const {
  return annotated(policies(), key, value);
}

std::vector<const Template*> PolicySet::templates_annotated(std::string_view key,
                                                            std::optional<std::string_view> value) const {
  return annotated(templates(), key, value);
}

std::vector<PolicySet::Entry> PolicySet::in_order() const {
  std::vector<Entry> entries;
  entries.reserve(size());
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    entries.push_back({policy_nodes_[i].sequence, &policies_[i], nullptr});
  }
  for (std::size_t i = 0; i < templates_.size(); ++i) {
    entries.push_back({template_nodes_[i].sequence, nullptr, &templates_[i]});
  }
  const auto earlier = [](const Entry& a, const Entry& b) { return a.sequence < b.sequence; };
  if (!std::is_sorted(entries.begin(), entries.end(), earlier)) std::sort(entries.begin(), entries.end(), earlier);
  return entries;
}

}  // namespace quis
