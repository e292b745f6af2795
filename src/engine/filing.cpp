#include "engine/filing.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <tuple>

namespace quis {
namespace {

using Attribute = std::pair<Variable, SymbolId>;
Attribute attribute_of(const AttributeTest& test) { return {test.variable, test.name}; }

/// Those that many policies begin with; at most `kMostAttributes`.
std::set<Attribute> worth_a_look(std::span<const Policy> policies) {
  std::map<Attribute, std::size_t> uses;
  for (const Policy& policy : policies) {
    const FirstTests tests = first_tests(*policy.body);
    for (const auto& test : {tests.first, tests.second}) {
      if (test) ++uses[attribute_of(*test)];
    }
  }
  std::vector<std::pair<std::size_t, Attribute>> many;
  for (const auto& [attribute, count] : uses) {
    if (count >= Filing::kManyTests) many.emplace_back(count, attribute);
  }
  std::ranges::sort(many, std::greater<>());
  many.resize(std::min(many.size(), Filing::kMostAttributes));
  std::set<Attribute> worth;
  for (const auto& [count, attribute] : many) worth.insert(attribute);
  return worth;
}

}  // namespace

detail::ScopeKey KeyNumbering::key_of(const ScopeConstraint& constraint) {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return detail::ScopeKey::nothing();
    case ScopeConstraint::Kind::is: return assign(types_[constraint.type]);
    case ScopeConstraint::Kind::equal: return detail::ScopeKey::equal(constraint.entity);
    case ScopeConstraint::Kind::in:
    case ScopeConstraint::Kind::is_in:
      groups_.insert(constraint.entity);
      return detail::ScopeKey::in(constraint.entity);
  }
  return detail::ScopeKey::nothing();
}

detail::ScopeKey KeyNumbering::key_of(const AttributeTest& test, TypeId type) {
  return assign(attributes_[attribute_of(test, type)].constants[test.constant]);
}

detail::ScopeKey KeyNumbering::key_without(const AttributeTest& test, TypeId type) {
  return assign(attributes_[attribute_of(test, type)].absent);
}

bool KeyNumbering::takes(const AttributeTest& test, TypeId type) const {
  return attributes_.size() < Filing::kMostAttributes || attributes_.contains(attribute_of(test, type));
}

detail::ScopeKey KeyNumbering::assign(std::uint32_t& number) {
  if (number == 0) {
    if (last_ + 1 == detail::ScopeKey::kMostOthers) std::terminate();  // as where names run out, and memory long before
    number = ++last_;
  }
  return detail::ScopeKey::other(number);
}

detail::KeyDirectory KeyNumbering::directory() const {
  detail::KeyDirectory directory;
  std::vector<detail::NamedEntity> groups;
  for (const EntityId group : groups_) groups.push_back({group});
  directory.groups.build(groups);
  std::vector<detail::TypeKey> types;
  for (const auto& [type, key] : types_) types.push_back({type, key});
  directory.types.build(types);
  for (const auto& [attribute, numbers] : attributes_) {
    detail::AttributeKeys& keys = directory.attributes.emplace_back();
    std::tie(keys.type, keys.variable, keys.name) = attribute;
    keys.absent = numbers.absent;
    keys.constants.build(std::vector<ValueTable::Entry>(numbers.constants.begin(), numbers.constants.end()));
  }
  return directory;
}

Filing::Filing(std::span<const Policy> policies) : attributes_(worth_a_look(policies)) {}

void Filing::file(const Policy& policy, PolicyIndex index, std::vector<Filed>& filed) {
  struct Side {
    KeyNumbering& numbering;
    detail::ScopeKey Filed::*key;
    ScopeConstraint scope;
    bool may_have_test = true;
  };
  Side principal{principals_, &Filed::principal, policy.principal()};
  Side resource{resources_, &Filed::resource, policy.resource()};
  Filed found;
  found.policy = index;
  for (Side* side : {&principal, &resource}) {
    found.*side->key = side->numbering.key_of(side->scope);
    side->may_have_test =
        side->scope.kind == ScopeConstraint::Kind::any || side->scope.kind == ScopeConstraint::Kind::is;
  }
  const FirstTests tests = attributes_.empty() ? FirstTests() : first_tests(*policy.body);
  for (const std::optional<AttributeTest>& test : {tests.first, tests.second}) {
    if (!test || !attributes_.contains({test->variable, test->name})) break;
    const bool is_principals =
        test->variable == Variable::principal || (test->variable == Variable::context && principal.may_have_test);
    Side& side = is_principals ? principal : resource;
    if (!side.may_have_test || !side.numbering.takes(*test, side.scope.type)) break;
    side.may_have_test = false;
    if (!test->guarded) {
      Filed without = found;
      without.*side.key = side.numbering.key_without(*test, side.scope.type);
      filed.push_back(without);
    }
    found.*side.key = side.numbering.key_of(*test, side.scope.type);
  }
  filed.push_back(found);
}

}  // namespace quis
