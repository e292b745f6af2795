#include <quis/policy/policy.hpp>

#include <algorithm>

namespace quis {

namespace {

ScopeConstraint filled(ScopeConstraint constraint, EntityId value) noexcept {
  if (!constraint.slot) return constraint;
  constraint.entity = value;
  constraint.slot = false;
  return constraint;
}

}  // namespace

const std::string* PolicyBody::annotation(std::string_view key) const noexcept {
  const auto found = std::find_if(annotations.begin(), annotations.end(),
                                  [key](const Annotation& candidate) { return candidate.key == key; });
  return found == annotations.end() ? nullptr : &found->value;
}

ScopeConstraint Policy::principal() const noexcept { return filled(body->principal, principal_slot); }

ScopeConstraint Policy::resource() const noexcept { return filled(body->resource, resource_slot); }

}  // namespace quis
