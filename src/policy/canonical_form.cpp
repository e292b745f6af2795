#include "policy/canonical_form.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <quis/policy/policy_set.hpp>

#include "base/sha256.hpp"
#include "policy/json_emitter.hpp"
#include "policy/json_writer.hpp"

namespace quis {
namespace {

constexpr std::string_view kFirstLine = "quis policy set 1\n";

Digest link_digest(const Policy& link) {
  JsonEmitter out(JsonLayout::canonical);
  write_link_json(out, link);
  return sha256(std::move(out).take());
}

}  // namespace

std::string canonical_json(const PolicyBody& body) {
  JsonEmitter out(JsonLayout::canonical);
  write_policy_json(out, body);
  return std::move(out).take();
}

Digest digest(const PolicyBody& body) { return sha256(canonical_json(body)); }

Digest kept_digest(const std::shared_ptr<const PolicyBody>& body) {
  return body->digest_cache.get([&] { return digest(*body); });
}

bool same_body(const std::shared_ptr<const PolicyBody>& a, const std::shared_ptr<const PolicyBody>& b) {
  return a == b || kept_digest(a) == kept_digest(b);
}

Digest PolicySet::digest() const {
  struct Item {
    std::string_view id;
    const Policy* policy = nullptr;  // null for a template
    const std::shared_ptr<const PolicyBody>* body = nullptr;
  };
  std::vector<Item> items;
  items.reserve(size());
  for (const Policy& policy : policies_) items.push_back({policy.id, &policy, &policy.body});
  for (const Template& each : templates_) items.push_back({each.id, nullptr, &each.body});
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.id < b.id; });

  Sha256 hash;
  hash.add(kFirstLine);
  hash.add_number(items.size());
  for (const Item& item : items) {
    const bool is_link = item.policy != nullptr && item.policy->template_id;
    hash.add(item.policy == nullptr ? "T" : is_link ? "L" : "P");
    hash.add_number(item.id.size());
    hash.add(item.id);
    hash.add(is_link ? link_digest(*item.policy) : kept_digest(*item.body));
  }
  return hash.finish();
}

}  // namespace quis
