#include "policy/capabilities.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quis {

namespace {

void sort_unique(Capabilities& facts) {
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
}

}  // namespace

Capabilities united(Capabilities a, Capabilities b) {
  if (a.size() < b.size()) std::swap(a, b);
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Capabilities common(Capabilities a, Capabilities b) {
  if (a.empty() || b.empty()) return {};
  sort_unique(a);
  sort_unique(b);
  Capabilities both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::size_t KnownFacts::Hash::operator()(const Fact& fact) const noexcept {
  return (std::size_t{fact.of} * 0x9e37'79b9'7f4a'7c15ULL ^ fact.name) * 2 + fact.is_tag;
}

Capability KnownFacts::fact(const Fact& fact) {
  const auto [found, added] = numbers_.emplace(fact, static_cast<Capability>(counts_.size()));
  if (added) counts_.push_back(0);
  return found->second;
}

void KnownFacts::assume(const Capabilities& facts) {
  for (const Capability fact : facts) ++counts_[fact];
}

void KnownFacts::forget(const Capabilities& facts) {
  for (const Capability fact : facts) --counts_[fact];
}

}  // namespace quis
