#include <memory>
#include <utility>

#include <fmt/format.h>

#include <quis/policy/policy_set.hpp>

#include "policy/numbered_policies.hpp"
#include "policy/parser.hpp"

namespace quis {

Result<PolicySet> numbered_policies(std::string_view text, std::string_view source_name, std::string_view prefix) {
  auto bodies = parse_policies(text, source_name);
  if (!bodies) return tl::unexpected(std::move(bodies.error()));
  return numbered_policies(*std::move(bodies), prefix);
}

Result<PolicySet> numbered_policies(std::vector<PolicyBody> bodies, std::string_view prefix) {
  PolicySet set;
  std::size_t position = 0;
  for (PolicyBody& parsed : bodies) {
    std::string id = fmt::format("{}policy{}", prefix, position++);
    auto body = std::make_shared<const PolicyBody>(std::move(parsed));
    auto added = body->is_template() ? set.add(Template{std::move(id), std::move(body)})
                                     : set.add(Policy{std::move(id), std::move(body), std::nullopt, {}, {}});
    if (!added) return tl::unexpected(std::move(added.error()));
  }
  return set;
}

Result<PolicySet> PolicySet::from_text(std::string_view text, std::string_view source_name) {
  return numbered_policies(text, source_name, "");
}

// A template without slots, which JSON allows, decides nothing; as text it would be a policy. So it has no text form
// either.
std::string PolicySet::to_text() const {
  std::string text;
  for (const Entry& entry : in_order()) {
    if (entry.policy != nullptr ? entry.policy->template_id.has_value() : !entry.policy_template->body->is_template()) {
      continue;
    }
    if (!text.empty()) text += "\n\n";
    text += quis::to_text(entry.policy != nullptr ? *entry.policy->body : *entry.policy_template->body);
  }
  return text;
}

}  // namespace quis
